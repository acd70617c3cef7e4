/** The selection as a CSV file, written in the browser: exactly what the table shows. */

import type { Words } from "../phrases/phrases";
import { DAYS } from "../api/types";
import type { BayRow, CommuneRow, Selection } from "./selection";
import type { CarteState } from "./state";

const COLUMNS = ["id", "name", "commune", "occupancy", "coverage", "full_share", "capacity"];

export function saveCsv(
  { lang }: Words,
  state: CarteState,
  selection: Selection,
  communeName: (insee: string) => string,
): void {
  const rows: readonly (BayRow | CommuneRow)[] = selection[state.level];
  const lines = rows.map((row) => [
    row.id,
    row.name,
    "commune" in row ? communeName(row.commune) : row.name,
    row.occupancy,
    row.coverage,
    row.full,
    row.capacity,
  ]);
  const text = [COLUMNS, ...lines].map((line) => line.map(csvCell).join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\uFEFF", text, "\r\n"], { type: "text/csv" }));
  link.download = fileName(state, lang);
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Quote a cell, and keep a spreadsheet from reading a name as a formula. */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(Math.round(value * 1000) / 1000);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function fileName(state: CarteState, lang: string): string {
  const when = state.view === "week" ? `${DAYS.indexOf(state.day) + 1}-${state.hour}h` : "slot";
  return `airelib-${state.commune ?? (lang === "fr" ? "toutes" : "all")}-${when}.csv`;
}
