/** Second step: what the pairs are worth, pair by pair, and what the view is worth, bay by bay. */

import { canBeWatched } from "./desk.js";
import { h, s } from "./elements.js";
import { distance, number, t } from "./phrases.js";

const GAUGE_TO_M = 1;

export function pointsPanel(desk, next) {
  if (!desk.kerb) return [drawnBays(desk, next)];
  return [
    h("section", { "aria-live": "polite" }, verdict(desk), actions(desk, next)),
    h("section", null, h("h3", null, t("points.pairs", { n: desk.draft.pairs.length })), pairTable(desk)),
    h("section", null, h("h3", null, t("points.bays")), bayTable(desk)),
  ];
}

function verdict(desk) {
  const { fit } = desk;
  const n = desk.draft.pairs.length;
  const name = fit?.verdict ?? "few";
  const isWrong = name === "refused" || name === "degenerate";
  const missing = 4 - n;
  return [
    h("h2", { class: isWrong ? "wrong" : null, id: "verdict", "data-verdict": name }, t(`verdict.${name}`)),
    name === "refused" && h("p", { class: "notice", "data-wrong": "true" },
      t(fit.is_blamed ? "points.blamed" : "points.farthest", { i: fit.worst + 1 })),
    fit?.residual_m !== null && fit?.residual_m !== undefined && h("p", { class: "figure" }, distance(fit.residual_m), " ", h("small", null, t("points.residual"))),
    fit?.residual_m !== null && fit?.residual_m !== undefined && gauge(fit),
    h("p", { class: "soft" }, name === "few" && missing > 0 ? t("points.missing", { n: missing }) : t(`advice.${name}`)),
  ];
}

function gauge(fit) {
  const part = Math.min(fit.residual_m / GAUGE_TO_M, 1) * 100;
  const limit = (fit.limit_m / GAUGE_TO_M) * 100;
  return s("svg", { class: "gauge", role: "img", "aria-label": t("points.gauge", { value: distance(fit.residual_m) }),
    "data-wrong": String(fit.verdict === "refused") },
    s("rect", { class: "rail", y: 2, width: "100%", height: 7, rx: 2 }),
    s("rect", { class: "value", y: 2, width: `${Math.max(part, 0.8)}%`, height: 7, rx: 2 }),
    s("line", { class: "limit", x1: `${limit}%`, x2: `${limit}%`, y1: 0, y2: 14 }),
    s("text", { x: `${limit}%`, y: 28, "text-anchor": "middle" }, t("points.limit")),
    s("text", { x: 0, y: 28 }, "0"),
    s("text", { x: "100%", y: 28, "text-anchor": "end" }, "1 m"));
}

function actions(desk, next) {
  return h("div", { class: "row" }, next,
    h("button", { type: "button", class: "button", id: "undo", disabled: !desk.canUndo, onclick: () => desk.undo() }, t("undo")),
    desk.kerb && h("button", { type: "button", class: "button", id: "clear", disabled: !desk.draft.pairs.length, onclick: () => desk.change({ pairs: [] }) }, t("points.clear")));
}

function pairTable(desk) {
  const { pairs } = desk.draft;
  if (!pairs.length) return h("p", { class: "soft" }, t("points.how"));
  const known = (desk.fit?.errors_m ?? []).filter((one) => one !== null);
  const most = Math.max(0.5, ...known.map((one) => Math.min(one, 2)));
  const rows = pairs.map((_, i) => {
    const error = desk.fit?.errors_m[i] ?? null;
    return h("tr", { "data-worst": String(desk.fit?.worst === i) },
      h("th", { scope: "row" }, t("pair", { i: i + 1 })),
      h("td", null, error === null ? "–" : [bar(Math.min(error / most, 1)), h("span", { class: "amount" }, distance(error))]),
      h("td", null, h("button", { type: "button", class: "small", id: `remove-${i}`, "aria-label": t("points.remove", { i: i + 1 }),
        title: t("points.remove", { i: i + 1 }), onclick: () => desk.remove(`image:${i}`) }, "×")));
  });
  return scrolled(t("points.pairs_caption"), h("table", { class: "table" },
    h("thead", null, h("tr", null, h("th", { scope: "col" }, t("column.pair")), h("th", { scope: "col" }, t("column.error")),
      h("th", { scope: "col" }, h("span", { class: "sr-only" }, t("column.remove"))))),
    h("tbody", null, rows)));
}

function bar(share) {
  return s("svg", { class: "bar", "aria-hidden": "true" },
    s("rect", { width: "100%", height: 5, rx: 2 }), s("rect", { width: `${share * 100}%`, height: 5, rx: 2 }));
}

function bayTable(desk) {
  const judged = desk.fit?.bays ?? [];
  if (!judged.length) return h("p", { class: "soft" }, t("points.bays_later"));
  const order = ["readable", "too_small", "outside", "crossed", "absent"];
  const bays = judged.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const rows = bays.map((bay) => h("tr", null,
    h("th", { scope: "row" }, bay.bay_id),
    h("td", { class: "said" }, bayWords(bay)),
    h("td", null, h("input", { type: "checkbox", id: `watch-${bay.bay_id}`, "aria-label": t("points.watch", { bay: bay.bay_id }),
      checked: desk.watched.has(bay.bay_id) && canBeWatched(bay), disabled: !canBeWatched(bay),
      onchange: (event) => desk.watch(bay.bay_id, event.target.checked) })),
    h("td", null, drawButton(desk, bay))));
  return scrolled(t("points.bays_caption"), h("table", { class: "table" },
    h("thead", null, h("tr", null, h("th", { scope: "col" }, t("column.bay")), h("th", { scope: "col", class: "said" }, t("column.seen")),
      h("th", { scope: "col" }, t("column.watch")), h("th", { scope: "col" }, h("span", { class: "sr-only" }, t("column.outline"))))),
    h("tbody", null, rows)));
}

function bayWords(bay) {
  const values = { px: number(bay.vehicle_px), share: number(bay.seen_share * 100) };
  const words = t(`bay.${bay.verdict}`, values);
  return bay.is_drawn ? `${words}, ${t("bay.drawn")}` : words;
}

function drawButton(desk, bay) {
  const act = bay.is_drawn
    ? ["erase", () => desk.erase(bay.bay_id)]
    : ["draw", () => desk.draw("bay", { bay_id: bay.bay_id, capacity: bay.capacity })];
  return h("button", { type: "button", class: "link", id: `outline-${bay.bay_id}`, "aria-label": t(`points.${act[0]}_bay`, { bay: bay.bay_id }),
    onclick: act[1] }, t(`points.${act[0]}`));
}

/** Without a map the bays themselves are drawn into the picture. */
function drawnBays(desk, next) {
  const name = h("input", { id: "bay-name", maxlength: "100", autocomplete: "off" });
  const capacity = h("input", { id: "bay-capacity", type: "number", min: "1", max: "50", value: "1" });
  const begin = (event) => {
    event.preventDefault();
    const bay = { bay_id: name.value.trim(), capacity: Number(capacity.value) || 1 };
    if (bay.bay_id) desk.draw("bay", bay);
    else name.focus();
  };
  return h("section", null,
    h("h2", null, t("drawn.title")), h("p", { class: "soft" }, t("drawn.advice")),
    desk.drawing
      ? drawingRow(desk)
      : h("form", { class: "row", onsubmit: begin },
        h("label", { class: "field" }, h("span", null, t("drawn.name")), name),
        h("label", { class: "field" }, h("span", null, t("drawn.capacity")), capacity),
        h("button", { class: "button" }, t("points.draw"))),
    bayTable(desk), actions(desk, next));
}

export function drawingRow(desk) {
  return h("div", { class: "row" },
    h("button", { type: "button", class: "button primary", id: "close-outline", disabled: desk.drawing.points.length < 3, onclick: () => desk.close() }, t("drawing.close")),
    h("button", { type: "button", class: "button", id: "corner-back", onclick: () => desk.undo() }, t("drawing.back")));
}

/** A table in a box that scrolls is reached by the keyboard. */
function scrolled(name, table) {
  return h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": name, "data-key": name }, table);
}
