/** The hours of the week in which a bay is hardest to find free, and easiest. */

import { DAYS } from "../api/types";
import type { Day } from "../api/types";
import { windowsOf } from "../figures/rules";
import { clock } from "../figures/format";
import type { Words } from "../phrases/phrases";
import type { AireFigures, WeekFigures } from "./types";

export const HOURS = 24;

export interface HourOfWeek {
  /** 0..167, Monday 0 h first. */
  index: number;
  /** Share of the seen time without room. */
  full: number;
}

/** Hours whose full share was seen for long enough, fullest first; earlier hours first where equal. */
export function fullestFirst(week: WeekFigures, enough: number): readonly HourOfWeek[] {
  return week.full
    .map((full, index) => ({ index, full, coverage: week.coverage[index] ?? 0 }))
    .filter((one): one is typeof one & { full: number } => one.full !== null && one.coverage >= enough)
    .map(({ index, full }) => ({ index, full }))
    .toSorted((a, b) => b.full - a.full || a.index - b.index);
}

export function dayOf(index: number): Day {
  return DAYS[Math.floor(index / HOURS)] ?? "mo";
}

export function hourSpan(lang: Words["lang"], index: number): { from: string; to: string } {
  const hour = index % HOURS;
  return { from: clock(lang, hour), to: clock(lang, hour + 1) };
}

/** Which hours of the week lie in a reserved window by half an hour or more. */
export function reservedHours(rules: AireFigures["rules"]): readonly boolean[] {
  return DAYS.flatMap((day) => {
    const windows = windowsOf(rules, day);
    return Array.from({ length: HOURS }, (_, hour) => {
      const inside = windows.map(({ from, to }) =>
        Math.max(0, Math.min(to, hour * 60 + 60) - Math.max(from, hour * 60)),
      );
      return inside.reduce((sum, part) => sum + part, 0) >= 30;
    });
  });
}
