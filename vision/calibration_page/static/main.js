/** The calibration page: five steps over one picture and one map. */

import { get, pictureAt, post } from "./api.js";
import { Desk } from "./desk.js";
import { h, replaceKeepingFocus } from "./elements.js";
import { header, stepList } from "./frame.js";
import { gate } from "./gate.js";
import { maskPanel, picturePanel, savePanel, trialPanel } from "./panels.js";
import { failureText, speak, t } from "./phrases.js";
import { Picture } from "./picture.js";
import { Plan } from "./plan.js";
import { pointsPanel } from "./points-panel.js";

const STEPS = ["picture", "points", "mask", "try", "save"];
const CLOSE_REACH = 0.015;
const TRIAL_POLL_MS = 400;

class Page {
  constructor(state) {
    this.state = state;
    this.picture = state.picture;
    this.desk = new Desk(state, () => this.render(), (error) => this.fail(error));
    this.step = "picture";
    this.trial = null;
    this.saved = null;
    this.keepsBlurred = false;
    this.isBusy = false;
    this.problem = null;
    this.address = null;
    this.shownLook = 0;
  }

  /** Build the page's fixed parts, in the language of now. */
  build() {
    const act = (side) => ({
      tap: (at) => this.tap(side, at),
      drag: (handle, at) => this.desk.drag(handle, at),
      drop: () => this.desk.drop(),
      press: (handle, at) => (handle === "drawing:0:0" ? this.desk.close() : this.tap(side, at)),
      remove: (handle) => this.desk.remove(handle),
    });
    this.photo = new Picture(act("image"));
    const { kerb, draft } = this.state;
    const near = kerb ? kerb.bays.filter((bay) => (draft.watched ?? []).includes(bay.bay_id)) : [];
    this.plan = kerb ? new Plan(kerb, near, act("ground")) : null;
    this.panel = h("div", { class: "panel" });
    this.problemBox = h("div", { role: "alert" });
    this.steps = h("ol", { class: "steps" });
    this.work = h("div", { class: "work" }, this.photo.pane, this.plan?.pane ?? null, this.panel);
    document.body.replaceChildren(
      h("a", { class: "skip", href: "#content" }, t("skip")),
      header(this.state, () => this.rebuild()),
      h("nav", { "aria-label": t("steps.label") }, this.steps),
      h("main", { id: "content", tabindex: "-1" }, h("h1", { class: "sr-only" }, t("page.heading", { camera: this.state.camera_id })), this.problemBox, this.work));
    if (this.picture) this.photo.setSize(this.picture.size);
    this.photo.show(this.address);
    this.render();
  }

  rebuild() {
    this.state = { ...this.state, draft: this.desk.draft };
    this.build();
  }

  async begin() {
    this.build();
    if (this.picture) await this.showPicture("/api/picture");
    else await this.takePicture(0);
    if (this.picture) await this.desk.ask();
  }

  goTo(step) {
    if (step === "save" || step === "picture") this.saved = this.step === "save" ? this.saved : null;
    if (this.step === "try" && step !== "try") this.leaving = this.leaveTrial();
    this.step = step;
    this.desk.pending = null;
    this.desk.drawing = null;
    this.problem = null;
    if (step === "mask" && !this.desk.draft.mask.length) this.desk.draw("mask");
    this.render();
  }

  render() {
    const { desk, step } = this;
    const isMapped = step === "points" && Boolean(this.plan);
    this.work.dataset.step = step;
    this.work.dataset.plan = String(isMapped);
    replaceKeepingFocus(this.steps, ...stepList(STEPS, this, (to) => this.goTo(to)));
    if (this.plan) this.plan.pane.hidden = !isMapped;
    const look = step === "try" ? this.trial?.look : null;
    const view = { ...desk.draft, step, look, fit: step === "picture" || !this.picture ? null : desk.fit, pending: desk.pending, drawing: desk.drawing,
      mask: this.picture ? desk.draft.mask : [], watched: desk.watched, ...this.asking(isMapped) };
    this.photo.empty.textContent = this.isBusy ? t("picture.taking") : t(this.saved ? "saved.no_picture" : "picture.none");
    this.photo.draw(view);
    if (isMapped) {
      this.plan.draw({ ...desk.draft, pending: desk.pending, fit: desk.fit, watched: desk.fit?.bays.length ? desk.watched : null, asks: desk.pending?.side === "image" });
    }
    replaceKeepingFocus(this.panel, ...this.panelOf());
    this.problemBox.replaceChildren(...(this.problem ? [h("p", { class: "notice", "data-wrong": "true" }, this.problem)] : []));
  }

  /** What the picture asks for now. */
  asking(isMapped) {
    const { desk } = this;
    if (desk.drawing) {
      const key = desk.drawing.points.length < 3 ? "drawing.corner" : "drawing.end";
      return { aims: true, asks: false, ask: t(key, { what: desk.drawing.kind === "mask" ? t("drawing.mask") : desk.drawing.bay.bay_id }) };
    }
    if (!isMapped) return { aims: false, asks: false, ask: null };
    const i = desk.draft.pairs.length + 1;
    const asks = desk.pending?.side === "ground";
    const first = i === 1 && !desk.pending ? t("points.ask_first") : null;
    return { aims: true, asks, ask: asks ? t("points.ask_image", { i }) : first };
  }

  panelOf() {
    const at = STEPS.indexOf(this.step);
    const next = h("button", { type: "button", class: "button primary", id: "next", onclick: () => this.goTo(STEPS[at + 1]) },
      t(`next.${STEPS[at + 1] ?? "save"}`));
    if (this.step === "picture") return picturePanel(this, this.picture && next);
    if (this.step === "points") return this.desk.drawing && this.desk.kerb ? [this.drawingSection()] : pointsPanel(this.desk, next);
    if (this.step === "mask") return maskPanel(this, next);
    if (this.step === "try") return trialPanel(this, h("button", { type: "button", class: "button", id: "next", onclick: () => this.goTo("save") }, t("next.save")));
    return savePanel(this);
  }

  drawingSection() {
    const { desk } = this;
    return h("section", null, h("h2", null, t("drawing.title", { bay: desk.drawing.bay.bay_id })), h("p", { class: "soft" }, t("drawing.advice")),
      h("div", { class: "row" },
        h("button", { type: "button", class: "button primary", id: "close-outline", disabled: desk.drawing.points.length < 3, onclick: () => desk.close() }, t("drawing.close")),
        h("button", { type: "button", class: "button", id: "corner-back", onclick: () => desk.undo() }, t("drawing.back"))));
  }

  tap(side, at) {
    if (this.desk.drawing) {
      if (side === "image") this.desk.addCorner(at, CLOSE_REACH);
    } else if (this.step === "points" && this.plan) this.desk.tap(side, at);
  }

  keep(keeps) {
    this.keepsBlurred = keeps;
  }

  async takePicture(moment_s) {
    await this.during(async () => {
      const { picture } = await post("/api/look", { moment_s });
      this.picture = picture;
      await this.showPicture("/api/picture");
    });
    if (this.picture && !this.desk.fit) await this.desk.ask();
  }

  async showPicture(path) {
    const former = this.address;
    this.address = await pictureAt(path);
    if (this.picture) this.photo.setSize(this.picture.size);
    this.photo.show(this.address);
    if (former) URL.revokeObjectURL(former);
    this.render();
  }

  /** Work on something that takes a while: its failure is shown in place. */
  async during(work) {
    this.isBusy = true;
    this.problem = null;
    this.render();
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
    this.isBusy = false;
    this.render();
  }

  fail(error) {
    this.problem = failureText(error);
    this.render();
  }

  async startTrial() {
    await this.during(async () => {
      await this.leaving;
      this.trial = await post("/api/trial", this.desk.draft);
      this.shownLook = 0;
    });
    if (this.trial?.running) this.following = this.followTrial();
  }

  /** Ask for looks until the minute is over or somebody stops; a picture and what was found in it are shown together. */
  async followTrial() {
    const run = (this.run = Symbol("trial"));
    while (this.run === run) {
      await new Promise((resolve) => setTimeout(resolve, TRIAL_POLL_MS));
      if (this.run !== run) return;
      try {
        const trial = await get("/api/trial");
        if (trial.look && trial.look.number !== this.shownLook) {
          this.shownLook = trial.look.number;
          await this.showPicture(`/api/trial/picture?look=${trial.look.number}`);
        }
        if (this.run !== run) return;
        this.trial = trial;
        if (!trial.running) this.run = null;
      } catch (error) {
        this.run = null;
        this.trial = null;
        this.fail(error);
      }
      this.render();
    }
  }

  async stopTrial() {
    this.run = null;
    this.trial = { ...this.trial, running: false };
    this.render();
    try {
      await this.following;
      await post("/api/trial/stop");
    } catch (error) {
      this.fail(error);
    }
  }

  async leaveTrial() {
    const wasTried = Boolean(this.trial);
    this.run = null;
    this.trial = null;
    if (!wasTried) return;
    try {
      await this.following;
      await post("/api/trial/stop");
      await this.showPicture("/api/picture");
    } catch (error) {
      this.fail(error);
    }
  }

  async save() {
    await this.during(async () => {
      await this.leaving;
      this.saved = await post("/api/save", { draft: this.desk.draft, keep_blurred: this.keepsBlurred });
      this.state = { ...this.state, valid_from: this.saved.valid_from };
      this.picture = null;
      this.keepsBlurred = false;
      if (this.address) URL.revokeObjectURL(this.address);
      this.address = null;
      this.photo.show(null);
    });
  }

  goOn() {
    this.saved = null;
    this.step = "picture";
    this.takePicture(0);
  }
}

async function open() {
  await speak(new URLSearchParams(location.search).get("lang") ?? undefined);
  const { is_open } = await get("/api/door");
  if (!is_open) {
    gate(open);
    return;
  }
  const page = new Page(await get("/api/state"));
  window.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.target.matches("input")) page.desk.undo();
    if (event.key === "Escape" && (page.desk.drawing || page.desk.pending)) {
      page.desk.drawing = null;
      page.desk.pending = null;
      page.render();
    }
  });
  await page.begin();
}

open();
