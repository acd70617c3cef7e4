/** The door on a network: asks for the code that stands on the device's terminal. */

import { post } from "./api.js";
import { h } from "./elements.js";
import { failureText, t } from "./phrases.js";

export function gate(opened) {
  const code = h("input", { id: "code", autocomplete: "one-time-code", autocapitalize: "characters", spellcheck: "false", maxlength: "12", required: true });
  const said = h("p", { class: "wrong", role: "alert" });
  const enter = async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      await post("/api/enter", { code: code.value });
      await opened();
    } catch (error) {
      said.textContent = failureText(error);
      code.select();
    }
  };
  document.body.replaceChildren(h("main", { id: "content" }, h("form", { class: "gate", onsubmit: enter },
    h("h1", null, t("gate.title")), h("p", { class: "soft" }, t("gate.advice")),
    h("label", { class: "field" }, h("span", null, t("gate.code")), code), said,
    h("button", { class: "button primary" }, t("gate.enter")))));
  code.focus();
}
