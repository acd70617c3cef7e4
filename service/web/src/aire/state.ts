/** The state of a bay's page, read from and written to the address. */

import { useCallback, useMemo } from "react";
import { DAYS, VEHICLE_CLASSES } from "../api/types";
import type { Day, VehicleClass } from "../api/types";
import { navigate, useAddress, withQuery } from "../app/location";

/** Lengths of the period in weeks: one month to one year. */
export const LENGTHS: readonly number[] = [4, 8, 13, 26, 52];

export interface AireState {
  /** Whole weeks; null for the usual length. */
  weeks: number | null;
  /** Last day, included; null for the last with figures. */
  until: string | null;
  /** Day of the forecast and of the arrivals. */
  day: Day;
  /** Class of the dwell times; null for all. */
  vehicle: VehicleClass | null;
}

export type ChangeState = (part: Partial<AireState>) => void;

/** Tuesday: a plain working day. */
const FIRST_DAY: Day = "tu";

export function useAireState(): [AireState, ChangeState] {
  const query = useAddress().search;
  const state = useMemo(() => readState(new URLSearchParams(query)), [query]);
  const change: ChangeState = useCallback((part) => {
    navigate(withQuery(new URL(location.href), queryOf(part)));
  }, []);
  return [state, change];
}

/** A value that is unknown or out of range falls back to the first state's. */
function readState(query: URLSearchParams): AireState {
  const weeks = Number(query.get("weeks"));
  const until = query.get("until");
  return {
    weeks: LENGTHS.includes(weeks) ? weeks : null,
    until: until && /^\d{4}-\d{2}-\d{2}$/.test(until) ? until : null,
    day: DAYS.find((day) => day === query.get("day")) ?? FIRST_DAY,
    vehicle: VEHICLE_CLASSES.find((name) => name === query.get("class")) ?? null,
  };
}

function queryOf(part: Partial<AireState>): Record<string, string | null> {
  const values: Record<string, string | null> = {};
  if (part.weeks !== undefined) values["weeks"] = part.weeks === null ? null : String(part.weeks);
  if (part.until !== undefined) values["until"] = part.until;
  if (part.day !== undefined) values["day"] = part.day === FIRST_DAY ? null : part.day;
  if (part.vehicle !== undefined) values["class"] = part.vehicle;
  return values;
}
