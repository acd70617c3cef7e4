/** Numbered points and polygons' corners, the same on the picture and on the map. */

import { s } from "./elements.js";

/** A point of a pair: a ring around the very place, its number beside it. */
export function point(at, { label, name, handle, wrong = false, pending = false }) {
  return s("g", { class: "point", "data-fixed": "true", "data-at": at.join(","), "data-handle": handle, "data-key": handle,
    "data-wrong": String(wrong), "data-pending": String(pending), tabindex: handle ? "0" : null, role: handle ? "button" : null,
    "aria-label": name, "aria-hidden": handle ? null : "true" },
    s("circle", { class: "reach", r: 12 }),
    s("path", { class: "cross", d: "M-11 0H-4M4 0H11M0 -11V-4M0 4V11" }),
    s("circle", { class: "ring", r: 6.5 }),
    label && s("circle", { class: "tag", cx: 13, cy: -13, r: 9 }),
    label && s("text", { x: 13, y: -9 }, label),
  );
}

/** A corner of a drawn polygon. */
export function vertex(at, handle, name) {
  return s("circle", { class: "vertex", r: 6, "data-fixed": "true", "data-at": at.join(","), "data-handle": handle, "data-key": handle,
    tabindex: "0", role: "button", "aria-label": name });
}

export function label(at, text, kind, lift = 0) {
  return s("g", { "data-fixed": "true", "data-at": at.join(",") }, s("text", { class: kind, y: 4 - lift }, text));
}
