/** A drawing that pans and zooms by mouse, fingers and keys, and tells where it was tapped or what was dragged. */

import { s } from "./elements.js";

const SLOP_PX = 6;
const HOLD_MS = 280;
const MOST_ZOOM = 24;
const KEY_STEP_PX = 8;

export class Stage {
  /**
   * `actions.tap(point)`, `actions.drag(handle, point)` and `actions.drop(handle)` are called in the drawing's own units;
   * `actions.press(handle, point)` where a handle was tapped and not dragged; `actions.remove(handle)` where a handle is to go; `actions.look(point | null)` while a finger or a handle aims.
   */
  constructor(name, actions) {
    this.actions = actions;
    this.layer = s("g");
    this.cursorMark = s("path", { class: "aim", d: "M-14 0H-3M3 0H14M0 -14V-3M0 3V14", "data-fixed": "true", visibility: "hidden" });
    this.svg = s("svg", { class: "stage", tabindex: "0", role: "application", "aria-label": name }, this.layer, this.cursorMark);
    this.whole = [0, 0, 1, 1];
    this.box = null;
    this.chosen = null;
    this.cursor = null;
    this.pointers = new Map();
    this.drawn = () => {};
    this.listen();
    new ResizeObserver(() => this.resized()).observe(this.svg);
  }

  /** Show a part of the drawing: x, y, width, height; the whole that zooming out returns to. */
  setWhole(whole) {
    this.whole = whole;
    this.reset();
  }

  resized() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width || !height) return;
    this.box ??= this.whole;
    const [x, y, across, down] = this.whole;
    const { centre, zoom } = this.chosen ?? { centre: [x + across / 2, y + down / 2], zoom: 1 };
    this.show(centre, this.wholeUnit / zoom);
  }

  /** Go where a person wants to: kept when the window changes its size. */
  goTo(centre, unit) {
    this.chosen = { centre, zoom: this.wholeUnit / unit };
    this.show(centre, unit);
  }

  show([x, y], unit) {
    const { width, height } = this.svg.getBoundingClientRect();
    this.box = [x - (unit * width) / 2, y - (unit * height) / 2, unit * width, unit * height];
    this.svg.setAttribute("viewBox", this.box.join(" "));
    this.refresh();
    this.drawn();
  }

  /** Units of the drawing in one pixel of the screen. */
  get unit() {
    if (!this.box) this.resized();
    return this.box ? this.box[2] / (this.svg.clientWidth || 1) : 1;
  }

  get wholeUnit() {
    return Math.max(this.whole[2] / (this.svg.clientWidth || 1), this.whole[3] / (this.svg.clientHeight || 1));
  }

  /** Keep what is marked `data-fixed` at its size on the screen. */
  refresh() {
    for (const mark of this.svg.querySelectorAll("[data-fixed]")) {
      const [x, y] = (mark.dataset.at ?? "0,0").split(",");
      mark.setAttribute("transform", `translate(${x} ${y}) scale(${this.unit})`);
    }
  }

  zoom(factor, around = this.centre) {
    const unit = Math.min(Math.max(this.unit / factor, this.wholeUnit / MOST_ZOOM), this.wholeUnit * 1.5);
    const ratio = unit / this.unit;
    const [x, y] = this.centre;
    this.goTo([around[0] + (x - around[0]) * ratio, around[1] + (y - around[1]) * ratio], unit);
  }

  reset() {
    this.chosen = null;
    this.resized();
  }

  get centre() {
    if (!this.box) this.resized();
    return [this.box[0] + this.box[2] / 2, this.box[1] + this.box[3] / 2];
  }

  at(event) {
    if (!this.box) this.resized();
    const frame = this.svg.getBoundingClientRect();
    return [
      this.box[0] + ((event.clientX - frame.left) / frame.width) * this.box[2],
      this.box[1] + ((event.clientY - frame.top) / frame.height) * this.box[3],
    ];
  }

  listen() {
    const on = (kind, act) => this.svg.addEventListener(kind, act, { passive: false });
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.end(event));
    on("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * 0.0016), this.at(event));
    });
    on("keydown", (event) => this.key(event));
    on("blur", () => this.aimAt(null));
  }

  down(event) {
    if (event.button !== 0) return;
    this.aimAt(null);
    this.svg.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    clearTimeout(this.holding);
    if (this.pointers.size > 1) {
      this.gesture = { kind: "pinch" };
      this.actions.look?.(null);
      return;
    }
    const handle = event.target.closest("[data-handle]")?.dataset.handle;
    this.gesture = { kind: handle ? "handle" : "tap", handle, from: [event.clientX, event.clientY], moved: false };
    if (!handle && event.pointerType !== "mouse") {
      this.holding = setTimeout(() => this.hold(event), HOLD_MS);
    }
  }

  /** A finger that rests aims with the loupe, and places where it is lifted. */
  hold(event) {
    if (this.gesture?.kind !== "tap") return;
    this.gesture.kind = "aim";
    this.actions.look?.(this.at(event));
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before || !this.gesture) return;
    const now = [event.clientX, event.clientY];
    if (this.gesture.kind === "pinch") this.pinch(event.pointerId, now);
    this.pointers.set(event.pointerId, now);
    if (this.gesture.kind === "pinch") return;
    const far = Math.hypot(now[0] - this.gesture.from[0], now[1] - this.gesture.from[1]) > SLOP_PX;
    if (this.gesture.kind === "tap" && far) {
      clearTimeout(this.holding);
      this.gesture.kind = "pan";
    }
    if (this.gesture.kind === "pan") this.pan(before, now);
    if (this.gesture.kind === "aim") this.actions.look?.(this.at(event));
    if (this.gesture.kind === "handle" && (far || this.gesture.moved)) {
      this.gesture.moved = true;
      this.actions.drag?.(this.gesture.handle, this.at(event));
      this.actions.look?.(this.at(event));
    }
  }

  up(event) {
    const gesture = this.gesture;
    this.end(event);
    if (!gesture) return;
    if (gesture.kind === "tap" || gesture.kind === "aim") this.actions.tap?.(this.at(event));
    if (gesture.kind === "handle" && gesture.moved) this.actions.drop?.(gesture.handle);
    if (gesture.kind === "handle" && !gesture.moved) this.actions.press?.(gesture.handle, this.at(event));
  }

  end(event) {
    clearTimeout(this.holding);
    this.pointers.delete(event.pointerId);
    this.actions.look?.(null);
    if (this.pointers.size === 0) this.gesture = null;
  }

  pan(before, now) {
    const [x, y] = this.centre;
    this.goTo([x - (now[0] - before[0]) * this.unit, y - (now[1] - before[1]) * this.unit], this.unit);
  }

  pinch(id, now) {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    const before = this.pointers.get(id);
    if (!other || !before) return;
    const spread = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
    const middle = { clientX: (now[0] + other[0]) / 2, clientY: (now[1] + other[1]) / 2 };
    this.zoom(spread(now, other) / spread(before, other), this.at(middle));
    this.pan([before[0] / 2, before[1] / 2], [now[0] / 2, now[1] / 2]);
  }

  key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const arrow = arrows[event.key];
    const handle = event.target.closest?.("[data-handle]");
    if (arrow && handle) this.nudge(handle, arrow, event.shiftKey ? KEY_STEP_PX : 1);
    else if (arrow) this.aim(arrow, event.shiftKey ? 1 : KEY_STEP_PX);
    else if (handle && (event.key === "Delete" || event.key === "Backspace")) this.actions.remove?.(handle.dataset.handle);
    else if (event.key === "+" || event.key === "=") this.zoom(1.5, this.cursor ?? this.centre);
    else if (event.key === "-") this.zoom(1 / 1.5, this.cursor ?? this.centre);
    else if (event.key === "0") this.reset();
    else if ((event.key === "Enter" || event.key === " ") && this.cursor && !handle) this.actions.tap?.(this.cursor);
    else return;
    event.preventDefault();
  }

  nudge(handle, [dx, dy], step) {
    const [x, y] = handle.dataset.at.split(",").map(Number);
    this.actions.drag?.(handle.dataset.handle, [x + dx * step * this.unit, y + dy * step * this.unit]);
    this.actions.drop?.(handle.dataset.handle);
  }

  aim([dx, dy], step) {
    const [x, y] = this.cursor ?? this.centre;
    const point = [x + dx * step * this.unit, y + dy * step * this.unit];
    this.aimAt(point);
    const [left, top, width, height] = this.box;
    const inside = point[0] > left && point[0] < left + width && point[1] > top && point[1] < top + height;
    if (!inside) this.goTo(point, this.unit);
  }

  aimAt(point) {
    this.cursor = point;
    this.cursorMark.setAttribute("visibility", point ? "visible" : "hidden");
    if (point) this.cursorMark.dataset.at = point.join(",");
    this.refresh();
  }
}

/** Buttons that do what wheel and pinch do. */
export function zoomButtons(h, t, stage) {
  return h("div", { class: "pane-tools" },
    h("button", { type: "button", "aria-label": t("zoom.in"), title: t("zoom.in"), onclick: () => stage.zoom(1.6) }, "+"),
    h("button", { type: "button", "aria-label": t("zoom.out"), title: t("zoom.out"), onclick: () => stage.zoom(1 / 1.6) }, "−"),
    h("button", { type: "button", "aria-label": t("zoom.all"), title: t("zoom.all"), onclick: () => stage.reset() }, "◱"),
  );
}
