/** Time rules as windows in minutes, day by day, and in words. */

import { DAYS } from "../api/types";
import type { TimeRule } from "../api/types";
import { isPlain, ruleInWords } from "../figures/rules";
import type { Words } from "../phrases/phrases";
import type { RuleDay } from "./types";

export const DAY_MIN = 1440;
export const RULE_DAYS: readonly RuleDay[] = [...DAYS, "ph"];

/** One reserved window; minutes after local midnight, half-open. */
export interface Window {
  from: number;
  to: number;
  max_stay_min: number | null;
}

/** Days that share the same windows. */
export interface Group {
  days: readonly RuleDay[];
  windows: readonly Window[];
}

export function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

export function clockOf(minutes: number): string {
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  return `${hours}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The windows of one day of a plain week, in order. */
export function windowsOf(rules: readonly TimeRule[], day: RuleDay): Window[] {
  return rules
    .filter((rule) => isPlain(rule) && rule.days.includes(day))
    .map(({ start, end, max_stay_min }) => ({ from: minutesOf(start), to: minutesOf(end), max_stay_min }))
    .toSorted((a, b) => a.from - b.from);
}

/** Days with equal windows together, in the order of the week; public holidays last. */
export function groupsOf(rules: readonly TimeRule[], days: readonly RuleDay[] = RULE_DAYS): Group[] {
  const groups = new Map<string, { days: RuleDay[]; windows: Window[] }>();
  for (const day of days) {
    const windows = windowsOf(rules, day);
    const key = JSON.stringify(windows);
    const known = groups.get(key);
    if (known) known.days.push(day);
    else groups.set(key, { days: [day], windows });
  }
  return [...groups.values()];
}

export function rulesOf(groups: readonly Group[]): TimeRule[] {
  return groups.flatMap(({ days, windows }) =>
    windows.map(({ from, to, max_stay_min }) => ({
      days,
      start: clockOf(from),
      end: clockOf(to),
      max_stay_min,
    })),
  );
}

/** Days as a reader says them: a run of three or more as its ends. */
export function daysInWords({ t }: Words, days: readonly RuleDay[]): string {
  const week = DAYS.filter((day) => days.includes(day));
  const parts: string[] = [];
  for (let at = 0; at < week.length; ) {
    const run = runFrom(week, at);
    const ends = [run[0], run.at(-1)].map((day) => t(`day.${day ?? "mo"}.short`));
    if (run.length > 2) parts.push(t("rule.days", { from: ends[0] ?? "", to: ends[1] ?? "" }));
    else parts.push(...run.map((day) => t(`day.${day}.short`)));
    at += run.length;
  }
  if (week.length === DAYS.length) parts.splice(0, parts.length, t("rule.every_day"));
  if (days.includes("ph")) parts.push(t("day.ph.short"));
  return parts.join(", ");
}

/** The same with whole words, as in a sentence. */
export function daysInFull(words: Words, days: readonly RuleDay[]): string {
  const { t } = words;
  const week = DAYS.filter((day) => days.includes(day));
  const [first = "mo"] = week;
  const last = week.at(-1) ?? first;
  const isRun = week.length > 2 && runFrom(week, 0).length === week.length;
  if (week.length === DAYS.length || !isRun || days.includes("ph")) return daysInWords(words, days);
  return t("rule.days.long", { from: t(`day.${first}`), to: t(`day.${last}`) });
}

function runFrom(week: readonly RuleDay[], at: number): readonly RuleDay[] {
  let to = at + 1;
  const follows = (index: number) =>
    RULE_DAYS.indexOf(week[index] ?? "ph") === RULE_DAYS.indexOf(week[index - 1] ?? "ph") + 1;
  while (to < week.length && follows(to)) to += 1;
  return week.slice(at, to);
}

export function clockInWords({ lang }: Words, minutes: number): string {
  if (lang === "en") return clockOf(minutes);
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}\u00A0h${rest ? `\u00A0${String(rest).padStart(2, "0")}` : ""}`;
}

/** Windows of a day; a maximum stay that they share is said once. */
function windowsInWords(words: Words, windows: readonly Window[], long: boolean): string {
  const limits = new Set(windows.map((window) => window.max_stay_min));
  const hours = windows.map((window) => hoursInWords(words, window, long));
  if (limits.size === 1) return hours.join(long ? words.t("rule.and") : ", ") + limitInWords(words, windows[0]);
  return windows.map((window, index) => `${hours[index]}${limitInWords(words, window)}`).join(", ");
}

function hoursInWords(words: Words, { from, to }: Window, long: boolean): string {
  const edges = { from: clockInWords(words, from), to: clockInWords(words, to) };
  return long ? words.t("rule.from_to", edges) : `${edges.from}\u00A0–\u00A0${edges.to}`;
}

function limitInWords({ t }: Words, window: Window | undefined): string {
  const limit = window?.max_stay_min ?? null;
  return limit === null ? "" : ` (${t("rule.max_stay", { n: limit })})`;
}

/** One line per set of days that has windows, then each rule with conditions; an empty list where nothing is reserved. */
export function rulesInWords(words: Words, rules: readonly TimeRule[], long = false): string[] {
  const plain = groupsOf(rules)
    .filter(({ windows }) => windows.length > 0)
    .map(({ days, windows }) => {
      const named = long ? daysInFull(words, days) : daysInWords(words, days);
      return `${named} ${windowsInWords(words, windows, long)}`;
    });
  return [...plain, ...rules.filter((rule) => !isPlain(rule)).map((rule) => ruleInWords(words, rule))];
}

/** Hours of the week that are reserved; public holidays are left out. */
export function reservedHours(rules: readonly TimeRule[]): number {
  const lengths = DAYS.flatMap((day) => windowsOf(rules, day).map(({ from, to }) => to - from));
  return lengths.reduce((sum, length) => sum + length, 0) / 60;
}

/** The first day of the week on which two rules differ; Monday where they do not. */
export function firstChanged(now: readonly TimeRule[], next: readonly TimeRule[]): RuleDay {
  const differs = (day: RuleDay) =>
    JSON.stringify(windowsOf(now, day)) !== JSON.stringify(windowsOf(next, day));
  return DAYS.find(differs) ?? "mo";
}
