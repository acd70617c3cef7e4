/** The wire of inventories, as the page reads it. */

import type { FeatureCollection, Polygon } from "geojson";
import type { BayProperties, TimeRule } from "../api/types";

/** What of a bay was not in its source. */
export type Guess = "position" | "orientation" | "length" | "width" | "capacity" | "hours" | "days";

export interface BayDetails {
  address?: string;
  order_ref?: string;
  order_url?: string;
  order_on?: string;
  estimated?: readonly Guess[];
}

export interface InventoryBay extends BayProperties {
  rules: readonly TimeRule[];
  details?: BayDetails;
}

export type InventoryBays = FeatureCollection<Polygon, InventoryBay>;

export type Severity = "error" | "warning" | "note";
export const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

export interface Finding {
  bay_id: string;
  code: string;
  severity: Severity;
  message: Record<"fr" | "en", string>;
}

export interface Findings {
  commune: string;
  bays: number;
  items: readonly Finding[];
}

export interface Note {
  row: number;
  code: string;
  message: string;
}

export type Kind = "new" | "changed" | "moved" | "unchanged";
export const KINDS: readonly Kind[] = ["new", "changed", "moved", "unchanged"];

export interface Report {
  rows: number;
  imported: number;
  merged: number;
  refused: number;
  format: string;
  reasons: readonly Note[];
  repairs: readonly Note[];
  warnings: readonly Note[];
  commune_disagreements: readonly { row: number; bay_id: string; declared: string; found: string | null }[];
}

export interface Change {
  change: Kind;
  fields?: readonly string[];
  moved_m?: number | null;
}

export type PreviewBays = FeatureCollection<Polygon, InventoryBay & Change>;

export interface Preview {
  report: Report & { changes: Partial<Record<Kind | "not_in_file", number>> };
  features: PreviewBays;
}

export interface Import {
  id: number;
  made_at: string;
  by: string;
  file_name: string;
  file_format: string;
  counts: Partial<Record<"rows" | "imported" | "merged" | "refused" | Kind, number>>;
  undone_at: string | null;
  undone_by: string | null;
}

export interface NamedDay {
  on: string;
  label: string;
}

export interface Calendar {
  name: string;
  days: readonly NamedDay[];
}
