/** The other steps' panels: picture, mask, try-out, saving. */

import { h } from "./elements.js";
import { distance, instant, number, t } from "./phrases.js";
import { drawingRow } from "./points-panel.js";

export function picturePanel(page, next) {
  const { state, picture } = page;
  const latest = state.latest_moment_s;
  const moment = h("input", { type: "range", id: "moment", min: "0", max: String(latest ?? 0), step: "0.2", value: String(picture?.offset_s ?? 0),
    onchange: (event) => page.takePicture(Number(event.target.value)) });
  return [h("section", null,
    h("h2", null, t("picture.heading")), h("p", { class: "soft" }, t("picture.advice")),
    latest > 0 && h("label", { class: "field" }, h("span", null, t("picture.moment", { at: clock(picture?.offset_s ?? 0) })), moment),
    h("div", { class: "row" },
      h("button", { type: "button", class: "button", id: "take", disabled: page.isBusy, onclick: () => page.takePicture(nextMoment(page)) },
        t(page.isBusy ? "picture.taking" : "picture.take")),
      next),
    h("dl", { class: "facts soft" },
      fact("picture.camera", state.camera_id),
      state.source && fact("picture.source", state.source),
      picture && fact("picture.size", `${number(picture.size[0])} × ${number(picture.size[1])} px`),
      fact("picture.valid", state.valid_from ? instant(state.valid_from) : t("picture.never"))),
    h("p", { class: "notice soft" }, t("picture.privacy")))];
}

const STEP_S = 10;

function nextMoment({ state, picture }) {
  const latest = state.latest_moment_s;
  if (!latest) return 0;
  const next = (picture?.offset_s ?? 0) + (picture ? STEP_S : 0);
  return next > latest ? 0 : next;
}

const fact = (key, value) => [h("dt", null, t(key)), h("dd", null, value)];

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export function maskPanel(page, next) {
  const { desk } = page;
  const items = desk.draft.mask.map((outline, i) => h("li", { class: "row apart" },
    h("span", null, t("mask.item", { i: i + 1, corners: outline.length })),
    h("button", { type: "button", class: "link", id: `unmask-${i}`, onclick: () => desk.change({ mask: desk.draft.mask.toSpliced(i, 1) }) },
      t("mask.remove"), h("span", { class: "sr-only" }, ` ${i + 1}`))));
  return [h("section", null,
    h("h2", null, t("mask.heading")), h("p", { class: "soft" }, t("mask.advice")),
    desk.drawing
      ? drawingRow(desk)
      : h("div", { class: "row" },
        h("button", { type: "button", class: "button", id: "draw-mask", onclick: () => desk.draw("mask") }, t("mask.draw")),
        h("button", { type: "button", class: "button", id: "undo", disabled: !desk.canUndo, onclick: () => desk.undo() }, t("undo"))),
    items.length ? h("ul", { class: "masks" }, items) : h("p", null, t("mask.none")),
    h("div", { class: "row" }, next))];
}

export function trialPanel(page, next) {
  const { trial, desk } = page;
  const isRunning = Boolean(trial?.running);
  const total = page.state.trial_s;
  return [h("section", null,
    h("h2", null, t("trial.heading")), h("p", { class: "soft" }, t("trial.advice", { s: number(total) })),
    !desk.isUsable && h("p", { class: "notice", "data-wrong": "true" }, t("trial.not_yet")),
    h("div", { class: "row" },
      isRunning
        ? h("button", { type: "button", class: "button", id: "stop", onclick: () => page.stopTrial() }, t("trial.stop"))
        : h("button", { type: "button", class: "button primary", id: "try", disabled: !desk.isUsable, onclick: () => page.startTrial() }, t("trial.start")),
      next),
    isRunning && h("label", { class: "field" }, h("span", null, trial.look ? t("trial.left", { s: number(trial.remaining_s) }) : t("trial.loading")),
      h("progress", { class: "progress", max: String(total), value: total - trial.remaining_s })),
    trial?.look && h("table", { class: "table", id: "states" },
      h("caption", { class: "sr-only" }, t("trial.caption")),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, t("column.bay")), h("th", { scope: "col", class: "said" }, t("column.state")),
        h("th", { scope: "col" }, t("column.vehicles")))),
      h("tbody", null, trial.look.bays.map(stateRow))),
    trial?.look && h("p", { class: "soft" }, t("trial.seen", { n: trial.look.boxes.length })))];
}

function stateRow(bay) {
  const reason = bay.reason ? ` – ${t(`reason.${bay.reason}`)}` : "";
  const kind = bay.vehicle_class ? ` ${t(`class.${bay.vehicle_class}`)}` : "";
  return h("tr", null,
    h("th", { scope: "row" }, bay.bay_id),
    h("td", { class: "said" }, h("span", { class: "state", "data-state": bay.state }, h("i", { "aria-hidden": "true" }), `${t(`state.${bay.state}`)}${reason}`)),
    h("td", null, bay.state === "unknown" ? "–" : `${number(bay.vehicles)}${kind}`));
}

export function savePanel(page) {
  const { desk, saved } = page;
  if (saved) return [savedSection(page)];
  const { fit } = desk;
  return [h("section", null,
    h("h2", null, t("save.heading")),
    h("dl", { class: "facts" },
      fact("save.file", page.state.scene),
      desk.kerb && fact("save.pairs", t("points.pairs", { n: desk.draft.pairs.length })),
      desk.kerb && fact("save.residual", fit?.residual_m === null || fit?.residual_m === undefined ? t("save.unmeasured") : distance(fit.residual_m)),
      fact("save.bays", [...desk.watched].join(", ") || t("save.no_bay")),
      fact("save.mask", t("save.masks", { n: desk.draft.mask.length }))),
    !desk.isUsable && h("p", { class: "notice", "data-wrong": "true" }, t("trial.not_yet")),
    h("p", { class: "soft" }, t("save.history")),
    h("label", { class: "check" },
      h("input", { type: "checkbox", id: "keep", checked: page.keepsBlurred, disabled: !page.picture, onchange: (event) => page.keep(event.target.checked) }),
      h("span", null, t("save.keep"), h("br"), h("span", { class: "soft" }, t("save.keep_how")))),
    h("div", { class: "row" },
      h("button", { type: "button", class: "button primary", id: "save", disabled: !desk.isUsable || page.isBusy, onclick: () => page.save() }, t("save.do"))))];
}

function savedSection(page) {
  const { saved } = page;
  return h("section", { "aria-live": "polite" },
    h("h2", { id: "saved" }, t(saved.is_new ? "saved.new" : "saved.same")),
    h("p", null, t(saved.is_new ? "saved.since" : "saved.still", { at: instant(saved.valid_from), file: saved.scene })),
    saved.kept > 0 && h("p", { class: "soft" }, t("saved.kept", { n: saved.kept })),
    h("p", { class: "notice" }, saved.blurred ? t("saved.blurred", { file: saved.blurred }) : t("saved.deleted")),
    saved.mask_toml && [h("p", { class: "soft" }, t("saved.mask")), h("pre", { tabindex: "0" }, saved.mask_toml)],
    h("p", { class: "soft" }, t("saved.next")),
    h("div", { class: "row" }, h("button", { type: "button", class: "button", id: "again", onclick: () => page.goOn() }, t("saved.again"))));
}
