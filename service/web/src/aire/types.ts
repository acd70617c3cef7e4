/** The wire of a bay's page. */

import type { BayProperties, CalibrationUse, Interval, TimeRule, Unseen, VehicleClass } from "../api/types";

/** Over the 168 hours of the local week, Monday 0 h first; null where nothing was seen. */
export interface WeekFigures {
  occupancy: readonly (number | null)[];
  coverage: readonly number[];
  full: readonly (number | null)[];
  /** Stays begun per place and hour. */
  turnover: readonly (number | null)[];
}

export interface DwellCounts {
  /** Begun while a rule set a maximum stay. */
  limited: readonly number[];
  free: readonly number[];
  overstays: { longer: number; limited: number };
}

export interface Dwell {
  /** Lower ends of the classes in minutes; the last one is open. */
  from_min: readonly number[];
  classes: Record<VehicleClass, DwellCounts>;
  median_min: number | null;
  p90_min: number | null;
  unended: number;
}

/** Probability that the bay has no room, by hour of the typical week. */
export interface Forecast {
  from_on: string;
  to_on: string;
  p: readonly number[];
  low: readonly number[];
  high: readonly number[];
}

export interface RulesThen {
  /** First local day; null for the oldest rules known. */
  from_on: string | null;
  /** First local day of the rules that follow; null for those in force. */
  until_on: string | null;
  rules: readonly TimeRule[];
}

/** What was estimated of the demand by the newest suggestion run. */
export interface Estimate {
  made_at: string;
  unserved_per_day: Interval | null;
  demand_per_day: Interval | null;
}

export interface AireFigures extends Omit<BayProperties, "commune"> {
  commune: { insee: string; name: string };
  /** What applies now and what comes next. */
  rule_now: Record<"fr" | "en", string>;
  /** The rules in words, in their order. */
  rule_texts: readonly { fr: string; en: string }[];
  rule_history: readonly RulesThen[];
  period: { from_on: string; to_on: string };
  weeks: number;
  coverage: number;
  occupancy: Interval;
  full_share: number | null;
  reserved_occupancy: Interval;
  reserved_full_share: number | null;
  stays: number | null;
  turnover: Interval;
  arrivals_per_day: Record<VehicleClass | "all", Interval>;
  class_mix: {
    arrivals: Partial<Record<VehicleClass, number>>;
    time: Partial<Record<VehicleClass, number>>;
  };
  week: WeekFigures;
  dwell: Dwell;
  double_parked_s: number | null;
  estimate: Estimate | null;
  forecast: Forecast | null;
  unseen: readonly Unseen[];
  calibrations: readonly CalibrationUse[];
}

/** One line of the list of suggestions. */
export interface SuggestionLine {
  id: number;
  decision: "change" | "keep" | "need_data";
  status: SuggestionStatus | null;
  grade: "A" | "B" | "C" | "D" | null;
  p_gain: number | null;
  rules_new: readonly TimeRule[] | null;
  needs_days: number | null;
}

export type SuggestionStatus =
  | "proposed"
  | "accepted"
  | "refused"
  | "more_data"
  | "adopted"
  | "expired";

export interface SuggestionLines {
  items: readonly SuggestionLine[];
}
