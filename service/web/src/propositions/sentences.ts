/** Effects in sentences that an elected official reads aloud. */

import { count, percent } from "../figures/format";
import type { Lang, Words } from "../phrases/phrases";
import type { Effect, Grade, Range } from "./types";

/** Below this the change is said as none. */
const ALMOST_PER_WEEK = 0.5;
/** From here on deliveries are counted by day, else by week. */
const COUNTED_PER_DAY = 0.95;
const DAYS_IN_WEEK = 7;

export interface Quantity {
  name: "deliveries" | "double" | "residents" | "cut";
  /** Its field on the wire. */
  field: keyof Effect;
  /** Deliveries without room are shown as deliveries that find room. */
  sign: 1 | -1;
  /** Whether more of what is shown is good. */
  better: 1 | -1;
  digits: number;
}

export const QUANTITIES: readonly Quantity[] = [
  { name: "deliveries", field: "unserved_per_day", sign: -1, better: 1, digits: 1 },
  { name: "double", field: "double_park_min_per_day", sign: 1, better: -1, digits: 0 },
  { name: "residents", field: "resident_hours_per_week", sign: 1, better: 1, digits: 0 },
  { name: "cut", field: "cut_short_per_day", sign: 1, better: -1, digits: 1 },
];

export type MainQuantity = Quantity & { name: "deliveries" | "residents" };

/** What lists and tables show of an effect; the rest is on the suggestion's own page. */
export const MAIN_QUANTITIES: readonly MainQuantity[] = QUANTITIES.filter(
  (quantity): quantity is MainQuantity => quantity.name === "deliveries" || quantity.name === "residents",
);

/** The range as it is shown: turned round where the sign is. */
export function shownRange({ field, sign }: Quantity, effect: Effect): Range {
  const range = effect[field];
  if (sign === 1) return range;
  return { mean: -range.mean, p05: -range.p95, p95: -range.p05 };
}

/** "3 more deliveries a day find room", by week where they are few. */
export function deliveriesInWords({ t, lang, many }: Words, effect: Effect): string {
  const perDay = -effect.unserved_per_day.mean;
  const size = Math.abs(perDay);
  if (size * DAYS_IN_WEEK < ALMOST_PER_WEEK) return t("effect.said.deliveries.none");
  const span = size >= COUNTED_PER_DAY ? "day" : "week";
  const n = span === "day" ? size : size * DAYS_IN_WEEK;
  const digits = n < COUNTED_PER_DAY ? 1 : 0;
  const way = perDay > 0 ? "more" : "fewer";
  const rounded = Number(n.toFixed(digits));
  return many(`effect.said.deliveries.${way}.${span}`, rounded, { n: count(lang, rounded, digits) });
}

export function residentsInWords({ t, many }: Words, effect: Effect): string {
  const hours = Math.round(effect.resident_hours_per_week.mean);
  if (hours === 0) return t("effect.said.residents.none");
  return many(`effect.said.residents.${hours > 0 ? "more" : "fewer"}`, Math.abs(hours));
}

/** P(gain) as chances out of a hundred, never said as certain. */
export function chanceInWords({ lang }: Words, pGain: number | null): string {
  if (pGain === null) return "–";
  if (pGain > 0.99) return lang === "fr" ? `>\u00A0${percent(lang, 0.99)}` : `>${percent(lang, 0.99)}`;
  return percent(lang, pGain);
}

/** A signed change with all its decimals, so that figures below each other line up. */
export function signed(lang: Lang, value: number, digits: number): string {
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const text = Math.abs(value).toLocaleString(lang, format).replaceAll("\u202F", "\u00A0");
  if (Number(value.toFixed(digits)) === 0) return text;
  return `${value > 0 ? "+" : "−"}${text}`;
}

export function signedRange({ t, lang }: Words, { p05, p95 }: Range, digits: number): string {
  return t("effect.interval", { low: signed(lang, p05, digits), high: signed(lang, p95, digits) });
}

/** The phrase that says what a grade means. */
export function gradeMeaning({ t }: Words, grade: Grade): string {
  return t(`grade.${grade}.meaning`);
}
