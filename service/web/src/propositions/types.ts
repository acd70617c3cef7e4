/** The wire of suggestions, `/api/v1/suggestions` and `/api/v1/what-if`, as the pages read it. */

import type { BayType, Day, TimeRule } from "../api/types";

export type RuleDay = Day | "ph";
export type Decision = "change" | "keep" | "need_data";
export type Grade = "A" | "B" | "C" | "D";
export const GRADES: readonly Grade[] = ["A", "B", "C", "D"];

export type Standing = "proposed" | "more_data" | "accepted" | "refused" | "adopted" | "expired";

/** A figure with its 90 % interval. */
export interface Range {
  mean: number;
  p05: number;
  p95: number;
}

/** New minus now, on the average day of a week. */
export interface Effect {
  unserved_per_day: Range;
  resident_hours_per_week: Range;
  double_park_min_per_day: Range;
  cut_short_per_day: Range;
}

/** A sentence of the engine in both languages. */
export interface Said {
  code: string;
  fr: string;
  en: string;
}

export interface Assumption extends Range {
  name:
    | "rho_short"
    | "rho_long"
    | "kappa"
    | "keeps_max_stay_deliveries"
    | "keeps_max_stay_cars"
    | "retry";
  source: "local" | "commune" | "national";
}

export interface Alternative {
  rules: readonly TimeRule[];
  gain: Range;
  p_gain: number;
  effect: Effect;
}

export type DayKind = "weekday" | "saturday" | "sunday";

/** 48 half hours of local wall time; null where nothing was seen. */
export interface HalfHours {
  day_kind: DayKind;
  seen_h: readonly number[];
  deliveries_per_h: readonly (number | null)[];
  wanted_per_h: readonly number[];
  no_room_share: readonly (number | null)[];
  cars: readonly (number | null)[];
}

export interface BayRecord {
  decision: Decision;
  rule_now: readonly TimeRule[];
  rules_new: readonly TimeRule[] | null;
  effect: Effect | null;
  gain: Range | null;
  assumptions: readonly Assumption[];
  reasons_not: readonly Said[];
  alternatives: readonly Alternative[];
  demand_per_day: Range | null;
  needs_days: number | null;
  seen_days: number;
  coverage: number;
  audit_dated_on: string | null;
  neighbours_affected: readonly string[];
  evidence: readonly HalfHours[];
  considerants: Said | null;
}

/** One line of the list. */
export interface Item {
  id: number;
  bay_id: string;
  name: string;
  commune: string;
  decision: Decision;
  /** Null where no change is proposed. */
  status: Standing | null;
  grade: Grade | null;
  gain: Range | null;
  p_gain: number | null;
  rule_now: readonly TimeRule[];
  rules_new: readonly TimeRule[] | null;
  effect: Effect | null;
  needs_days: number | null;
  adopted_on: string | null;
}

export interface Plan {
  commune: string;
  max_templates: number;
  templates: readonly (readonly TimeRule[])[];
  bays: readonly { bay_id: string; template: number; gain: number }[];
  gain: number;
  gain_free: number;
  changes: number;
}

export interface Run {
  id: number;
  commune: string;
  made_at: string;
  engine_version: string;
  data_hash: string;
  seed: number;
  weights: Record<string, number>;
  weights_by: string;
  first_on: string;
  last_on: string;
  commune_plans: readonly Plan[];
}

export interface Inbox {
  items: readonly Item[];
  counts: Record<Standing, number>;
  decisions: Record<Decision, number>;
  runs: readonly (Run & { commune_name: string })[];
}

export interface Step {
  id: number;
  at: string;
  by_key: string | null;
  by_name: string;
  from_status: Standing | null;
  to_status: Standing;
  reason: string | null;
  adopted_on: string | null;
}

/** One suggestion with all that explains it. */
export interface Whole extends Item {
  commune_name: string;
  record: BayRecord;
  bay: { length_m: number; capacity: number; bay_type: BayType };
  neighbours: readonly { bay_id: string; name: string }[];
  run: Run;
  trail: readonly Step[];
  /** The suggestion that the newest run makes for the bay, where that is another one. */
  standing: number | null;
}

export interface Answer {
  before: Record<keyof Effect, number>;
  after: Record<keyof Effect, number>;
  effect: Effect;
  gain: Range;
  p_gain: number;
}

export interface Recomputed {
  equal: boolean;
  data_hash: string;
  data_hash_now: string;
  engine_version: string;
  engine_version_now: string;
  differences: readonly string[];
}
