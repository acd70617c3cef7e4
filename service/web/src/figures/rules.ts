/** Time rules as windows of a day, and in words. */

import { DAYS } from "../api/types";
import type { Day, TimeRule } from "../api/types";
import type { Words } from "../phrases/phrases";

export type NamedDay = Day | "ph";

/** One reserved window of a day, in minutes after local midnight, half-open. */
export interface Window {
  from: number;
  to: number;
  /** Maximum stay in minutes; null where the rule sets none. */
  maxStayMin: number | null;
  /** It holds on some days of the kind only, or for some vehicles. */
  conditional: boolean;
}

export const DAY_MIN = 1440;

const PLAIN = new Set(["activity", "days", "start", "end", "max_stay_min", "control"]);

/** Whether a rule is hours of loading that hold alike in every week: what a strip of a week shows as certain. */
export function isPlain(rule: TimeRule): boolean {
  return isLoading(rule) && Object.keys(rule).every((name) => PLAIN.has(name));
}

function isLoading({ activity = "loading" }: TimeRule): boolean {
  return activity === "loading";
}

/** The windows of a day, in order and disjoint; where rules overlap the shortest maximum stay counts. */
export function windowsOf(rules: readonly TimeRule[], day: NamedDay): readonly Window[] {
  const here = rules
    .filter((rule) => isLoading(rule) && rule.days.includes(day))
    .map((rule) => ({ from: minutes(rule.start), to: minutes(rule.end), max: rule.max_stay_min, conditional: !isPlain(rule) }));
  const edges = [...new Set(here.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => a - b);
  const windows: Window[] = [];
  for (const [index, to] of edges.slice(1).entries()) {
    const from = edges[index] ?? 0;
    const over = here.filter((rule) => rule.from <= from && rule.to >= to);
    const conditional = over.every((rule) => rule.conditional);
    if (over.length > 0) append(windows, { from, to, maxStayMin: shortest(over), conditional });
  }
  return windows;
}

/** The days that a strip shows: the week, and public holidays where a rule names them. */
export function daysShown(...sets: readonly (readonly TimeRule[])[]): readonly NamedDay[] {
  const holidays = sets.some((rules) => rules.some((rule) => rule.days.includes("ph")));
  return holidays ? [...DAYS, "ph"] : DAYS;
}

/** The different maximum stays of some rules in minutes, shortest first. */
export function maxStays(rules: readonly TimeRule[]): readonly number[] {
  const named = rules
    .filter(isPlain)
    .map((rule) => rule.max_stay_min)
    .filter((limit) => limit !== null);
  return [...new Set(named)].toSorted((a, b) => a - b);
}

export function ruleInWords(words: Words, rule: TimeRule): string {
  const { t } = words;
  const { start, end, max_stay_min: maxStayMin } = rule;
  const hours = t("rule.hours", { days: daysInWords(words, rule.days), start, end });
  const limit = maxStayMin === null ? "" : `, ${t("rule.max_stay", { n: maxStayMin })}`;
  return `${hours}${limit}${isPlain(rule) ? "" : `, ${t("rule.conditional")}`}`;
}

/** All rules in one text, for a reader who does not see the strip. */
export function rulesInWords(words: Words, rules: readonly TimeRule[]): string {
  if (rules.length === 0) return words.t("rule.none");
  return rules.map((rule) => ruleInWords(words, rule)).join(". ");
}

/** Days by name; three and more in a row by the first and the last. */
export function daysInWords({ t }: Words, days: readonly NamedDay[]): string {
  const runs: Day[][] = [];
  for (const day of DAYS.filter((one) => days.includes(one))) {
    const run = runs.at(-1);
    const before = DAYS[DAYS.indexOf(day) - 1];
    if (run && run.at(-1) === before) run.push(day);
    else runs.push([day]);
  }
  const named = runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last || run.length < 3) return run.map((day) => t(`day.${day}.short`));
    return [t("rule.days", { from: t(`day.${first}.short`), to: t(`day.${last}.short`) })];
  });
  return [...named, ...(days.includes("ph") ? [t("day.ph.short")] : [])].join(", ");
}

function append(windows: Window[], window: Window): void {
  const last = windows.at(-1);
  const alike = last?.maxStayMin === window.maxStayMin && last.conditional === window.conditional;
  if (last && last.to === window.from && alike) last.to = window.to;
  else windows.push(window);
}

function shortest(rules: readonly { max: number | null }[]): number | null {
  const limits = rules.map((rule) => rule.max).filter((limit) => limit !== null);
  return limits.length > 0 ? Math.min(...limits) : null;
}

function minutes(clock: string): number {
  const [hours = 0, rest = 0] = clock.split(":").map(Number);
  return hours * 60 + rest;
}
