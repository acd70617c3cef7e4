/** The wire of the native API, `/api/v1`, as the pages read it. */

import type { Feature, FeatureCollection, LineString, MultiPolygon, Polygon } from "geojson";

export type VehicleClass = "van" | "truck" | "car" | "two_wheeler" | "other";
export const VEHICLE_CLASSES: readonly VehicleClass[] = [
  "van",
  "truck",
  "car",
  "two_wheeler",
  "other",
];

export type BayType = "periodic" | "permanent" | "goods_zone";
export const BAY_TYPES: readonly BayType[] = ["periodic", "permanent", "goods_zone"];

export type Day = "mo" | "tu" | "we" | "th" | "fr" | "sa" | "su";
/** Days of the local week, in the order of the 168 hours. */
export const DAYS: readonly Day[] = ["mo", "tu", "we", "th", "fr", "sa", "su"];

export interface Status {
  version: string;
  sample: boolean;
  live_display: boolean;
  enough_coverage: number;
  first_on: string | null;
  last_on: string | null;
  last_complete_slot_at: string | null;
  communes: number;
  bays: number;
  stays: number;
}

/** A window; a rule with conditions carries them as further properties. */
export interface TimeRule {
  /** What it allows or forbids (CDS 1.1); left out: loading. */
  activity?: string;
  days: readonly (Day | "ph")[];
  /** Local wall time `HH:MM`, included. */
  start: string;
  /** Local wall time `HH:MM`, excluded; `24:00` is the end of the day. */
  end: string;
  max_stay_min: number | null;
  /** Anything more is a condition, under which alone the window holds: months, weeks, named days, weight … */
  readonly [condition: string]: unknown;
}

export interface BayProperties {
  bay_id: string;
  name: string;
  commune: string;
  length_m: number;
  capacity: number;
  bay_type: BayType;
  rules: readonly TimeRule[];
  /** The rules in words, where some hold under conditions only. */
  rules_text?: Record<"fr" | "en", string>;
}

export interface CommuneProperties {
  insee: string;
  name: string;
  population: number | null;
  bays: number;
}

export interface StreetProperties {
  name: string;
  commune: string;
}

export type BayFeature = Feature<Polygon, BayProperties>;
export type CommuneFeature = Feature<Polygon | MultiPolygon, CommuneProperties>;
export type Bays = FeatureCollection<Polygon, BayProperties>;
export type Communes = FeatureCollection<Polygon | MultiPolygon, CommuneProperties>;
export type Streets = FeatureCollection<LineString, StreetProperties>;

/** Shares are 0..1; null means that nothing was seen. Hours start on Monday at 0 h, local time. */
export interface WeekItem {
  id: string;
  occupancy: readonly (number | null)[];
  coverage: readonly number[];
  full: readonly (number | null)[];
}

export interface Week {
  from_on: string;
  to_on: string;
  items: readonly WeekItem[];
}

export interface SlotItem {
  id: string;
  occupancy: number | null;
  coverage: number;
  full_share: number | null;
}

export interface Slot {
  from: string;
  to: string;
  items: readonly SlotItem[];
}

/** A figure with its 90 % interval; null where nothing was seen. */
export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface HourFigure {
  occupancy: number | null;
  coverage: number;
}

/** Why a bay was not seen; the service counts what it does not know as `other`. */
export type UnseenReason =
  | "hidden"
  | "too_small"
  | "outside"
  | "dark"
  | "frozen"
  | "no_picture"
  | "starting"
  | "blurred"
  | "blocked"
  | "shifted"
  | "unsure"
  | "dirty"
  | "camera_lost"
  | "power"
  | "offline"
  | "unreported"
  | "excluded"
  | "other";

/** Share of all time that was not seen for one reason; lists begin with the largest. */
export interface Unseen {
  reason: UnseenReason;
  share: number;
}

/** A time in which a device measured by one calibration, in whole slots. */
export interface CalibrationUse {
  calibration: string;
  made_at: string;
  device_id: string;
  from: string;
  to: string;
}

/** A bay's typical week, as far as a page reads it. */
export interface BayWeek {
  id: string;
  from_on: string;
  to_on: string;
  /** How long vehicles were seen double-parked beside the bay. */
  double_parked_s: number;
  unseen: readonly Unseen[];
  /** In order of time; one that came back is there again. */
  calibrations: readonly CalibrationUse[];
}

export interface CommuneBay {
  bay_id: string;
  name: string;
  occupancy: number | null;
  coverage: number;
  stays: number;
  dwell_median_min: number | null;
  full_share: number | null;
  /** The same in reserved hours; null or left out where there are none. */
  reserved_occupancy?: number | null;
  reserved_full_share?: number | null;
  unseen: readonly Unseen[];
  /** Names, in the order they were made. */
  calibrations: readonly string[];
}

export interface CommuneFigures {
  insee: string;
  name: string;
  month: string;
  sample: boolean;
  period: { from_on: string; to_on: string };
  coverage: number;
  /** Of all bays together. */
  unseen: readonly Unseen[];
  /** Each once, in the order they were made, from its first to its last use. */
  calibrations: readonly CalibrationUse[];
  occupancy: Interval;
  /** Occupancy in reserved hours, each bay by its own rules; left out where there are none. */
  reserved_occupancy?: Interval;
  stays: number;
  turnover: Interval;
  dwell_min: { median: number | null; p90: number | null; low: number | null; high: number | null };
  overstay_share: number | null;
  class_mix: Partial<Record<VehicleClass, number>>;
  hours: { weekday: readonly HourFigure[]; weekend: readonly HourFigure[] };
  bays: readonly CommuneBay[];
  previous: { month: string; occupancy: number | null; coverage: number; stays: number } | null;
}
