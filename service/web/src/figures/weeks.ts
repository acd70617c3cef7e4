/** How many weeks the typical week rests on: eight, or as many as there are. */

import type { Status } from "../api/types";

/** Eight weeks hold two months of each weekday, and are short enough to follow a season. */
const USUAL_WEEKS = 8;
const WEEK_MS = 7 * 86_400_000;

/** Whole weeks that the typical week sums; null while there is no figure at all. */
export function weeksOf({ first_on: first, last_on: last }: Status): number | null {
  if (first === null || last === null) return null;
  const days = Date.parse(last) - Date.parse(first) + 86_400_000;
  return Math.min(USUAL_WEEKS, Math.max(1, Math.ceil(days / WEEK_MS)));
}

/** The address of one bay's week; null while there is no figure at all. */
export function bayWeekUrl(status: Status, bay: string): string | null {
  const weeks = weeksOf(status);
  return weeks === null ? null : `/api/v1/bays/${encodeURIComponent(bay)}/week?weeks=${weeks}`;
}

/** The address of the typical week; null while there is no figure at all. */
export function weekUrl(
  status: Status,
  level: "bay" | "commune",
  vehicle: string | null = null,
): string | null {
  const weeks = weeksOf(status);
  if (weeks === null) return null;
  const query = new URLSearchParams({ level, weeks: String(weeks) });
  if (vehicle) query.set("class", vehicle);
  return `/api/v1/occupancy/week?${query}`;
}
