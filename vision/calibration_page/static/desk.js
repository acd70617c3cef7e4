/** What has been clicked so far and what the device said of it: changes ask for a new answer, and can be undone. */

import { post } from "./api.js";

const UNDO_STEPS = 50;

/** A bay of which the picture shows something. */
export const canBeWatched = (bay) => bay.verdict !== "absent" && bay.verdict !== "crossed";

export class Desk {
  /** `changed()` is called after each change and each answer; `failed(error)` where the device refuses. */
  constructor(state, changed, failed) {
    this.changed = changed;
    this.failed = failed;
    this.kerb = state.kerb;
    this.draft = state.draft;
    this.fit = null;
    this.pending = null;
    this.drawing = null;
    this.past = [];
    this.asked = 0;
    this.isDirty = false;
  }

  /** Bays to watch: the chosen ones, or those that the picture shows well enough. */
  get watched() {
    const readable = () => (this.fit?.bays ?? []).filter((bay) => bay.verdict === "readable").map((bay) => bay.bay_id);
    return new Set(this.draft.watched ?? readable());
  }

  get isUsable() {
    if (!this.fit) return false;
    const byPoints = this.fit.verdict === "good" || this.fit.verdict === "unverified";
    const byHand = this.draft.drawn.length > 0 && (!this.kerb || this.draft.pairs.length === 0);
    const shown = this.fit.bays.some((bay) => canBeWatched(bay) && this.watched.has(bay.bay_id));
    return (byPoints || byHand) && shown;
  }

  /** Put a new draft in place; `isStep` where undoing should come back to the former one. */
  change(part, isStep = true) {
    if (isStep) this.remember();
    this.draft = { ...this.draft, ...part };
    this.isDirty = true;
    this.changed();
    this.ask();
  }

  remember() {
    this.past = [...this.past.slice(-UNDO_STEPS), this.draft];
  }

  undo() {
    if (this.pending || this.drawing) {
      this.pending = null;
      this.drawing = this.drawing?.points.length ? { ...this.drawing, points: this.drawing.points.slice(0, -1) } : null;
      this.changed();
      return;
    }
    const former = this.past.pop();
    if (former) {
      this.draft = former;
      this.changed();
      this.ask();
    }
  }

  get canUndo() {
    return this.past.length > 0 || this.pending !== null || this.drawing !== null;
  }

  /** Ask the device what the draft is worth; only the answer to the latest question counts. */
  async ask() {
    const question = (this.asked += 1);
    try {
      const fit = await post("/api/fit", this.draft);
      if (question !== this.asked) return;
      this.fit = fit;
      this.changed();
    } catch (error) {
      this.failed(error);
    }
  }

  /** One half of a pair was tapped: the other half completes it. */
  tap(side, at) {
    if (this.pending && this.pending.side !== side) {
      const other = this.pending.at;
      const pair = side === "image" ? { image: at, ground: other } : { image: other, ground: at };
      this.pending = null;
      this.change({ pairs: [...this.draft.pairs, pair] });
      return;
    }
    this.pending = { side, at };
    this.changed();
  }

  /** A point or corner was dragged; `handle` is its kind and its place in the draft. */
  drag(handle, at) {
    const [kind, i, j] = handle.split(":");
    if (this.dragged !== handle) {
      this.dragged = handle;
      this.remember();
    }
    if (kind === "image" || kind === "ground") {
      this.change({ pairs: this.draft.pairs.with(Number(i), { ...this.draft.pairs[i], [kind]: at }) }, false);
    } else if (kind === "mask") {
      this.change({ mask: this.draft.mask.with(Number(i), this.draft.mask[i].with(Number(j), at)) }, false);
    } else if (kind === "bay") {
      const bay = this.draft.drawn[i];
      this.change({ drawn: this.draft.drawn.with(Number(i), { ...bay, outline: bay.outline.with(Number(j), at) }) }, false);
    } else if (this.drawing) {
      this.drawing = { ...this.drawing, points: this.drawing.points.with(Number(j), at) };
      this.changed();
    }
  }

  drop() {
    this.dragged = null;
  }

  /** Remove a pair, or a corner of a polygon that keeps three. */
  remove(handle) {
    const [kind, i, j] = handle.split(":");
    if (kind === "image" || kind === "ground") this.change({ pairs: this.draft.pairs.toSpliced(Number(i), 1) });
    if (kind === "mask" && this.draft.mask[i].length > 3) {
      this.change({ mask: this.draft.mask.with(Number(i), this.draft.mask[i].toSpliced(Number(j), 1)) });
    }
    if (kind === "bay" && this.draft.drawn[i].outline.length > 3) {
      const bay = this.draft.drawn[i];
      this.change({ drawn: this.draft.drawn.with(Number(i), { ...bay, outline: bay.outline.toSpliced(Number(j), 1) }) });
    }
  }

  watch(bayId, isWatched) {
    const watched = this.watched;
    if (isWatched) watched.add(bayId);
    else watched.delete(bayId);
    this.change({ watched: [...watched] });
  }

  draw(kind, bay = null) {
    this.pending = null;
    this.drawing = { kind, bay, points: [] };
    this.changed();
  }

  addCorner(at, reach) {
    const { points } = this.drawing;
    const first = points[0];
    if (points.length >= 3 && first && Math.hypot(first[0] - at[0], first[1] - at[1]) < reach) this.close();
    else {
      this.drawing = { ...this.drawing, points: [...points, at] };
      this.changed();
    }
  }

  /** The polygon is whole. */
  close() {
    const { kind, bay, points } = this.drawing;
    if (points.length < 3) return;
    this.drawing = null;
    if (kind === "mask") {
      this.change({ mask: [...this.draft.mask, points] });
      return;
    }
    const others = this.draft.drawn.filter((one) => one.bay_id !== bay.bay_id);
    const watched = this.draft.watched && [...new Set([...this.draft.watched, bay.bay_id])];
    this.change({ drawn: [...others, { ...bay, outline: points }], watched });
  }

  erase(bayId) {
    this.change({ drawn: this.draft.drawn.filter((one) => one.bay_id !== bayId) });
  }
}
