/** The map: bays and streets in metres, north up, with a bar for scale; bays' corners catch a point that comes near. */

import { corners, h, middle, replaceKeepingFocus, s } from "./elements.js";
import { label, point } from "./marks.js";
import { t } from "./phrases.js";
import { Stage, zoomButtons } from "./stage.js";

const CATCH_PX = 14;
const ROOM_M = 8;
const STREET_M = { main: 8, street: 5.5, river: 9 };
const ROUND_M = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const LABELS_UNIT = 0.45;

const drawn = ([east, north]) => [east, -north];

export class Plan {
  /** `actions` as for `Picture`, in metres east and north. */
  constructor(kerb, near, actions) {
    this.kerb = kerb;
    const snapped = (at) => this.caught(at).point;
    this.stage = new Stage(t("plan.name"), {
      tap: (at) => actions.tap(snapped(at)),
      drag: (handle, at) => actions.drag(handle, snapped(at)),
      drop: actions.drop,
      press: (handle, at) => actions.press(handle, snapped(at)),
      remove: actions.remove,
      look: (at) => this.near(at),
    });
    this.streets = s("g", { "aria-hidden": "true" }, streetLines(kerb.streets));
    this.bays = s("g");
    this.marks = s("g");
    this.names = s("g", { "aria-hidden": "true" }, streetNames(kerb.streets));
    this.stage.layer.append(this.streets, this.bays, this.names, this.marks);
    this.stage.svg.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.near(this.stage.at(event)));
    this.stage.svg.addEventListener("pointerleave", () => this.near(null));
    this.scale = h("div", { class: "scale-bar", "aria-hidden": "true" });
    this.ask = h("p", { class: "ask", hidden: true });
    this.pane = h("section", { class: "pane plan", "aria-label": t("plan.title") },
      this.stage.svg, northMark(), this.scale, this.ask, zoomButtons(h, t, this.stage));
    this.stage.drawn = () => this.drawScale();
    this.stage.setWhole(around(near.length ? near : kerb.bays));
  }

  draw({ pairs, pending, fit, watched, asks }) {
    replaceKeepingFocus(this.bays, ...this.kerb.bays.flatMap((bay) => this.bay(bay, watched)));
    replaceKeepingFocus(this.marks,
      ...pairs.map((pair, i) => point(drawn(pair.ground), { label: String(i + 1), handle: `ground:${i}`,
        name: t("point.ground", { i: i + 1 }), wrong: fit?.worst === i })),
      pending?.side === "ground" && point(drawn(pending.at), { label: String(pairs.length + 1), pending: true }));
    this.stage.svg.dataset.aims = "true";
    this.pane.dataset.asks = String(asks);
    this.ask.hidden = !asks;
    this.ask.textContent = t("points.ask_ground", { i: pairs.length + 1 });
    this.stage.refresh();
  }

  bay(bay, watched) {
    const ring = bay.ring.map(drawn);
    const is = watched === null || watched.has(bay.bay_id);
    return [
      s("polygon", { class: "plan-bay", points: corners(ring), "data-watched": String(is) }),
      ...ring.map((at) => s("circle", { class: "corner", r: 3, "data-fixed": "true", "data-at": at.join(",") })),
      label(middle(ring), bay.bay_id, "bay-name", 14),
    ];
  }

  /** Return the corner that lies within reach of a place, or the place itself, in metres east and north. */
  caught(at) {
    const reach = CATCH_PX * this.stage.unit;
    let best = { gap: reach, point: [at[0], -at[1]], corner: null };
    for (const bay of this.kerb.bays) {
      for (const corner of bay.ring) {
        const gap = Math.hypot(corner[0] - at[0], -corner[1] - at[1]);
        if (gap < best.gap) best = { gap, point: corner, corner };
      }
    }
    return best;
  }

  near(at) {
    const corner = at && this.caught(at).corner;
    const key = corner ? drawn(corner).join(",") : "";
    for (const mark of this.bays.querySelectorAll(".corner")) mark.dataset.near = String(mark.dataset.at === key);
  }

  drawScale() {
    const room = 90 * this.stage.unit;
    const metres = ROUND_M.filter((one) => one <= room).pop() ?? ROUND_M[0];
    this.scale.style.width = `${metres / this.stage.unit}px`;
    this.scale.textContent = `${metres} m`;
    this.names.setAttribute("visibility", this.stage.unit > LABELS_UNIT ? "hidden" : "visible");
  }
}

function around(bays) {
  const points = bays.flatMap((bay) => bay.ring.map(drawn));
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs) - ROOM_M, Math.min(...ys) - ROOM_M];
  return [left, top, Math.max(...xs) + ROOM_M - left, Math.max(...ys) + ROOM_M - top];
}

function streetLines(streets) {
  const line = (kind, extra) => (street) =>
    s("polyline", { class: kind, points: corners(street.line.map(drawn)), "stroke-width": (STREET_M[street.kind] ?? STREET_M.street) + extra });
  return [...streets.map(line("street-edge", 0.8)), ...streets.map(line("street-bed", 0))];
}

/** A street's name at the middle of each of its lines. */
function streetNames(streets) {
  return streets.filter((street) => street.name).map((street) => {
    const { line } = street;
    const i = Math.max(1, Math.floor(line.length / 2));
    return label(middle([drawn(line[i - 1]), drawn(line[i])]), street.name, "street-name");
  });
}

function northMark() {
  return s("svg", { class: "north", viewBox: "0 0 26 32", "aria-hidden": "true" },
    s("path", { d: "M13 12L18 30L13 26L8 30Z" }), s("text", { x: 13, y: 10 }, t("plan.north")));
}
