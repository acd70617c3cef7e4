/** The page's head: name, camera, language, theme, and the list of steps. */

import { h, s } from "./elements.js";
import { otherLanguage, speak, t } from "./phrases.js";

const KEPT_THEME = "airelib.theme";

export function header(state, rebuild) {
  const other = otherLanguage();
  const change = async () => {
    await speak(other);
    rebuild();
    document.getElementById("language").focus();
  };
  return h("header", null, h("div", { class: "top" },
    h("div", { class: "brand" }, mark(), h("span", null, "Airelib")),
    h("p", { class: "where" }, h("span", null, `${t("page.name")} · `), h("strong", null, state.camera_id)),
    h("div", { class: "tools" },
      h("button", { type: "button", class: "tool", id: "language", lang: other, onclick: change }, other === "fr" ? "Français" : "English"),
      h("button", { type: "button", class: "tool", id: "theme", "aria-label": t("theme"), title: t("theme"), onclick: turnTheme }, half()))));
}

/** The steps; one that cannot be used yet may be looked at all the same, and says why. */
export function stepList(steps, page, goTo) {
  const done = { picture: Boolean(page.picture), points: page.desk.isUsable, mask: page.desk.draft.mask.length > 0, try: false, save: Boolean(page.saved) };
  return steps.map((step, i) => h("li", null,
    h("button", { type: "button", id: `step-${step}`, "aria-current": step === page.step ? "step" : null, "data-done": String(done[step]),
      onclick: () => goTo(step) }, h("span", { class: "number" }, String(i + 1)), t(`step.${step}`))));
}

function turnTheme() {
  const root = document.documentElement;
  const isDark = (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem(KEPT_THEME, root.dataset.theme);
}

function mark() {
  return s("svg", { viewBox: "0 0 32 32", width: 24, height: 24, "aria-hidden": "true" },
    s("rect", { class: "mark", width: 32, height: 32, rx: 7 }),
    s("path", { class: "mark-on", d: "M7 22.5h18", "stroke-width": 2.6, "stroke-linecap": "round" }),
    s("rect", { class: "mark-full", x: 7, y: 10, width: 7, height: 8, rx: 1.5 }),
    s("rect", { class: "mark-on", x: 16.8, y: 10.8, width: 8, height: 6.6, rx: 1.4, fill: "none", "stroke-width": 1.7, "stroke-dasharray": "2.6 1.9" }));
}

function half() {
  return s("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" },
    s("circle", { cx: 10, cy: 10, r: 7, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }),
    s("path", { d: "M10 3a7 7 0 0 1 0 14z", fill: "currentColor" }));
}
