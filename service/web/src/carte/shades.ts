/** From the selection to what the map draws and says. */

import { percent } from "../figures/format";
import { shadeOf } from "../figures/scale";
import type { Shade } from "../figures/scale";
import type { Figure } from "../figures/weighted";
import type { Shades, Target } from "../map/carte-map";
import type { Tip } from "../map/MapPane";
import type { Lang, Words } from "../phrases/phrases";
import type { Selection } from "./selection";

export function shadesOf(lang: Lang, selection: Selection, enough: number): Shades {
  const shade = (row: Figure & { id: string }): [string, Shade] => [
    row.id,
    shadeOf(row.occupancy, row.coverage, enough),
  ];
  return {
    bays: new Map(selection.bays.map(shade)),
    communes: new Map(selection.communes.map(shade)),
    communeText: new Map(selection.communes.map((row) => [row.id, percent(lang, row.occupancy)])),
  };
}

/** The words beside the bay or commune that is pointed at. */
export function tipFor(words: Words, selection: Selection, { kind, id }: Target): Tip | null {
  const rows = kind === "bay" ? selection.bays : selection.communes;
  const row = rows.find((one) => one.id === id);
  return row ? { title: row.name, lines: figureLines(words, row) } : null;
}

export function figureLines({ lang, t }: Words, row: Figure): string[] {
  if (row.occupancy === null) return [t("tip.unseen")];
  return [
    t("tip.occupancy", { value: percent(lang, row.occupancy) }),
    t("tip.coverage", { value: percent(lang, row.coverage) }),
  ];
}
