/** The camera's picture: points, bays with their boxes, mask and what the try-out finds, drawn over it. */

import { corners, h, middle, replaceKeepingFocus, s } from "./elements.js";
import { label, point, vertex } from "./marks.js";
import { t } from "./phrases.js";
import { Stage, zoomButtons } from "./stage.js";

const WIDTH = 1000;
const LOUPE_PX = 132;
const LOUPE_ZOOM = 3.5;

export class Picture {
  /** `actions.tap`, `drag`, `drop`, `press`, `remove`; points are 0..1 of the frame. */
  constructor(actions) {
    this.height = (WIDTH * 9) / 16;
    this.loaded = new Image();
    this.image = s("image", { width: WIDTH, height: this.height, preserveAspectRatio: "none" });
    this.under = s("g");
    this.marks = s("g");
    this.loupe = h("canvas", { class: "loupe", width: LOUPE_PX, height: LOUPE_PX, hidden: true, "aria-hidden": "true" });
    this.empty = h("div", { class: "empty" });
    this.ask = h("p", { class: "ask", hidden: true });
    this.stage = new Stage(t("picture.name"), {
      tap: (at) => actions.tap(this.share(at)),
      drag: (handle, at) => actions.drag(handle, this.share(at)),
      drop: actions.drop,
      press: (handle, at) => actions.press(handle, this.share(at)),
      remove: actions.remove,
      look: (at) => this.magnify(at),
    });
    this.stage.layer.append(this.image, this.under, this.marks);
    this.pane = h("section", { class: "pane picture", "aria-label": t("picture.title") },
      this.stage.svg, this.empty, this.loupe, this.ask, zoomButtons(h, t, this.stage));
    this.stage.setWhole([0, 0, WIDTH, this.height]);
  }

  setSize([width, height]) {
    const fitted = (WIDTH * height) / width;
    this.stage.svg.style.aspectRatio = `${width} / ${height}`;
    if (fitted === this.height) return;
    this.height = fitted;
    this.image.setAttribute("height", fitted);
    this.stage.setWhole([0, 0, WIDTH, fitted]);
  }

  /** Show a picture by its address; none where that is null. */
  show(address) {
    if (address) {
      this.image.setAttribute("href", address);
      this.loaded.src = address;
    } else this.image.removeAttribute("href");
    this.empty.hidden = Boolean(address);
  }

  share([x, y]) {
    return [clamp(x / WIDTH), clamp(y / this.height)];
  }

  place([x, y]) {
    return [x * WIDTH, y * this.height];
  }

  draw(view) {
    const bays = view.look ? this.triedBays(view) : (view.fit?.bays ?? []).flatMap((bay) => this.bay(bay, view));
    this.under.setAttribute("data-verdict", view.fit?.verdict ?? "");
    replaceKeepingFocus(this.under, ...this.masks(view), ...bays, ...this.found(view));
    replaceKeepingFocus(this.marks, ...this.points(view), ...this.handles(view), ...this.drawing(view));
    this.stage.svg.dataset.aims = String(view.aims);
    this.pane.dataset.asks = String(view.asks);
    this.ask.hidden = !view.ask;
    this.ask.textContent = view.ask ?? "";
    this.stage.refresh();
  }

  bay(bay, { watched, step }) {
    if (!bay.outline.length) return [];
    const foot = bay.outline.map((one) => this.place(one));
    const top = step === "mask" ? [] : bay.top.map((one) => this.place(one));
    const edges = foot.map((one, i) => top.length && s("path", { class: "photo-box", d: `M${one}L${top[i]}` }));
    return [s("g", { "data-watched": String(watched.has(bay.bay_id)), "data-bay": bay.bay_id },
      s("polygon", { class: "casing", points: corners(foot) }),
      s("polygon", { class: "photo-bay", points: corners(foot) }),
      top.length && s("polygon", { class: "photo-box", points: corners(top) }), edges,
      label(middle(foot), bay.bay_id, "photo-name"))];
  }

  triedBays({ look, fit }) {
    const said = new Map(look.bays.map((bay) => [bay.bay_id, bay]));
    return (fit?.bays ?? []).filter((bay) => said.has(bay.bay_id)).flatMap((bay) => {
      const foot = bay.outline.map((one) => this.place(one));
      const { state } = said.get(bay.bay_id);
      return [
        s("polygon", { class: "casing", points: corners(foot) }),
        s("polygon", { class: "state-bay", points: corners(foot), "data-state": state, "data-bay": bay.bay_id }),
        label(lowest(foot), t(`state.${state}`), "photo-name", -14),
      ];
    });
  }

  found({ look }) {
    return (look?.boxes ?? []).flatMap(({ box, vehicle_class: kind, score }) => {
      const [x, y] = this.place(box.slice(0, 2));
      const [right, bottom] = this.place(box.slice(2));
      const size = { x, y, width: right - x, height: bottom - y };
      return [s("rect", { class: "found-edge", ...size }), s("rect", { class: "found", ...size }),
        label([(x + right) / 2, y], `${t(`class.${kind}`)} ${Math.round(score * 100)} %`, "photo-name", 9)];
    });
  }

  points({ step, pairs, pending, fit }) {
    if (step !== "points") return [];
    return [
      ...pairs.map((pair, i) => point(this.place(pair.image), { label: String(i + 1), handle: `image:${i}`,
        name: t("point.image", { i: i + 1 }), wrong: fit?.worst === i })),
      pending?.side === "image" && point(this.place(pending.at), { label: String(pairs.length + 1), pending: true }),
    ];
  }

  masks({ step, mask, look }) {
    if (look || step === "try") return [];
    return mask.map((outline) => s("polygon", { class: "photo-mask", points: corners(outline.map((one) => this.place(one))) }));
  }

  handles({ step, mask, drawn }) {
    const of = (kind, outline, i) => outline.map((one, j) =>
      vertex(this.place(one), `${kind}:${i}:${j}`, t("vertex.name", { j: j + 1, i: i + 1 })));
    if (step === "mask") return mask.flatMap((outline, i) => of("mask", outline, i));
    return step === "points" ? drawn.flatMap((bay, i) => of("bay", bay.outline, i)) : [];
  }

  drawing({ drawing }) {
    if (!drawing?.points.length) return [];
    const points = drawing.points.map((one) => this.place(one));
    return [s("polygon", { class: "photo-draft", points: corners(points) }),
      ...points.map((one, j) => vertex(one, `drawing:0:${j}`, t("vertex.name", { j: j + 1, i: 0 })))];
  }

  /** Show the surroundings of a place enlarged, on the side away from the finger. */
  magnify(at) {
    this.loupe.hidden = !at || !this.loaded.complete || !this.loaded.naturalWidth;
    if (this.loupe.hidden) return;
    this.loupe.dataset.side = at[0] < this.stage.centre[0] ? "right" : "left";
    const scale = this.loaded.naturalWidth / WIDTH;
    const side = (LOUPE_PX / LOUPE_ZOOM) * this.stage.unit * scale;
    const paint = this.loupe.getContext("2d");
    paint.fillStyle = "#000";
    paint.fillRect(0, 0, LOUPE_PX, LOUPE_PX);
    paint.drawImage(this.loaded, at[0] * scale - side / 2, at[1] * scale - side / 2, side, side, 0, 0, LOUPE_PX, LOUPE_PX);
    paint.strokeStyle = "#fff";
    paint.beginPath();
    for (const [x, y, dx, dy] of [[0.5, 0.28, 0, 0.17], [0.5, 0.55, 0, 0.17], [0.28, 0.5, 0.17, 0], [0.55, 0.5, 0.17, 0]]) {
      paint.moveTo(x * LOUPE_PX, y * LOUPE_PX);
      paint.lineTo((x + dx) * LOUPE_PX, (y + dy) * LOUPE_PX);
    }
    paint.stroke();
  }
}

const clamp = (value) => Math.min(1, Math.max(0, value));

function lowest(points) {
  const bottom = Math.max(...points.map(([, y]) => y));
  return [middle(points)[0], bottom];
}
