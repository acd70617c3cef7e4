/** From figures and filters to what is shown: rows of bays, rows of communes, hours and one total. */

import { DAYS } from "../api/types";
import type { BayFeature, CommuneFeature, Slot, Week } from "../api/types";
import { weighted } from "../figures/weighted";
import type { Figure } from "../figures/weighted";
import type { CarteState, Sort } from "./state";

export interface BayRow extends Figure {
  id: string;
  name: string;
  commune: string;
  size: number;
}

export interface CommuneRow extends Figure {
  id: string;
  name: string;
  /** Bays in the selection. */
  size: number;
}

export interface Facts {
  bays: readonly BayFeature[];
  communes: readonly CommuneFeature[];
  week: Week | null;
  slot: Slot | null;
}

export interface Selection {
  bays: readonly BayRow[];
  communes: readonly CommuneRow[];
  /** All selected bays together, at the chosen time. */
  total: Figure;
  /** The 24 hours of the chosen day, all selected bays together. */
  hours: readonly Figure[];
}

const NOTHING: Figure = { occupancy: null, coverage: 0, full: null, capacity: 0 };

/** Index in the 168 hours of the local week. */
export function hourOfWeek(state: CarteState): number {
  return DAYS.indexOf(state.day) * 24 + state.hour;
}

/** Everything that the page shows of a state, without asking the service again. */
export function select(facts: Facts, state: CarteState, enough: number): Selection {
  const chosen = facts.bays.filter((bay) => isChosen(bay, state));
  const figureOf = state.view === "week" ? weekFigures(facts.week) : slotFigures(facts.slot);
  const at = hourOfWeek(state);
  const kept = chosen.filter((bay) => !state.enoughOnly || figureOf(bay, at).coverage >= enough);
  const rows = kept.map((bay) => bayRow(bay, figureOf(bay, at)));
  return {
    bays: sorted(rows, state.sort),
    communes: sorted(communeRows(facts.communes, rows), state.sort),
    total: weighted(rows),
    hours: dayHours(facts.week, chosen, state, enough),
  };
}

function isChosen(bay: BayFeature, state: CarteState): boolean {
  const { commune, bay_type: type } = bay.properties;
  if (state.commune && commune !== state.commune) return false;
  return !state.bayType || type === state.bayType;
}

type FigureOf = (bay: BayFeature, hour: number) => Figure;

function weekFigures(week: Week | null): FigureOf {
  const items = new Map((week?.items ?? []).map((item) => [item.id, item]));
  return (bay, hour) => {
    const item = items.get(bay.properties.bay_id);
    return {
      occupancy: item?.occupancy[hour] ?? null,
      coverage: item?.coverage[hour] ?? 0,
      full: item?.full[hour] ?? null,
      capacity: bay.properties.capacity,
    };
  };
}

function slotFigures(slot: Slot | null): FigureOf {
  const items = new Map((slot?.items ?? []).map((item) => [item.id, item]));
  return (bay) => {
    const item = items.get(bay.properties.bay_id);
    const { capacity } = bay.properties;
    if (!item) return { ...NOTHING, capacity };
    return { occupancy: item.occupancy, coverage: item.coverage, full: item.full_share, capacity };
  };
}

function bayRow(bay: BayFeature, figure: Figure): BayRow {
  const { bay_id: id, name, commune, capacity } = bay.properties;
  return { id, name: name || id, commune, size: capacity, ...figure };
}

function communeRows(communes: readonly CommuneFeature[], rows: readonly BayRow[]): CommuneRow[] {
  const byCommune = Map.groupBy(rows, (row) => row.commune);
  return communes.flatMap(({ properties: { insee, name } }) => {
    const mine = byCommune.get(insee);
    return mine ? [{ id: insee, name, size: mine.length, ...weighted(mine) }] : [];
  });
}

function dayHours(
  week: Week | null,
  bays: readonly BayFeature[],
  state: CarteState,
  enough: number,
): Figure[] {
  const figureOf = weekFigures(week);
  const first = DAYS.indexOf(state.day) * 24;
  return Array.from({ length: 24 }, (_, hour) => {
    const figures = bays.map((bay) => figureOf(bay, first + hour));
    return weighted(state.enoughOnly ? figures.filter((f) => f.coverage >= enough) : figures);
  });
}

/** Sort a copy; what has no figure stands last whichever way the others go. */
function sorted<T extends Figure & { id: string; name: string; size: number }>(
  rows: readonly T[],
  { by, descending }: Sort,
): T[] {
  const way = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    if (by === "name") return way * a.name.localeCompare(b.name, "fr", { numeric: true });
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return way * (x - y) || a.id.localeCompare(b.id);
  });
}
