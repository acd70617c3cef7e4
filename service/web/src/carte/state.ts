/** The state of the map page, read from and written to the address. */

import { BAY_TYPES, DAYS, VEHICLE_CLASSES } from "../api/types";
import type { BayType, Day, VehicleClass } from "../api/types";

export type TimeView = "week" | "slot";
export type Level = "bays" | "communes";
export type SortBy = "name" | "occupancy" | "coverage" | "full" | "size";
const SORTS: readonly SortBy[] = ["name", "occupancy", "coverage", "full", "size"];

export interface Sort {
  by: SortBy;
  descending: boolean;
}

/** Where the map looks. */
export interface Camera {
  zoom: number;
  lat: number;
  lon: number;
}

export interface CarteState {
  view: TimeView;
  day: Day;
  /** First hour of the hour shown, 0..23, local time. */
  hour: number;
  commune: string | null;
  bayType: BayType | null;
  vehicle: VehicleClass | null;
  /** Only figures with enough coverage. */
  enoughOnly: boolean;
  level: Level;
  sort: Sort;
  bay: string | null;
  camera: Camera | null;
}

/** Tuesday at 10 h: a plain working morning, when deliveries are at their height. */
export const FIRST_STATE: CarteState = {
  view: "week",
  day: "tu",
  hour: 10,
  commune: null,
  bayType: null,
  vehicle: null,
  enoughOnly: false,
  level: "bays",
  sort: { by: "occupancy", descending: true },
  bay: null,
  camera: null,
};

/** Read the state; a value that is unknown or out of range falls back to the first state's. */
export function readState(query: URLSearchParams): CarteState {
  return {
    view: query.get("view") === "slot" ? "slot" : "week",
    day: oneOf(DAYS, query.get("day")) ?? FIRST_STATE.day,
    hour: readHour(query.get("hour")),
    commune: query.get("commune"),
    bayType: oneOf(BAY_TYPES, query.get("type")),
    vehicle: oneOf(VEHICLE_CLASSES, query.get("class")),
    enoughOnly: query.get("seen") === "1",
    level: query.get("table") === "communes" ? "communes" : "bays",
    sort: readSort(query.get("sort")),
    bay: query.get("bay"),
    camera: readCamera(query.get("map")),
  };
}

/** Query values of a change; what equals the first state is left out of the address. */
export function queryOf(change: Partial<CarteState>): Record<string, string | null> {
  const values: Record<string, string | null> = {};
  for (const name of Object.keys(change) as (keyof CarteState)[]) {
    const [key, write] = WRITERS[name];
    const state = { ...FIRST_STATE, ...change };
    const text = write(state);
    values[key] = text === write(FIRST_STATE) ? null : text;
  }
  return values;
}

const WRITERS: Record<keyof CarteState, [string, (state: CarteState) => string | null]> = {
  view: ["view", (state) => state.view],
  day: ["day", (state) => state.day],
  hour: ["hour", (state) => String(state.hour)],
  commune: ["commune", (state) => state.commune],
  bayType: ["type", (state) => state.bayType],
  vehicle: ["class", (state) => state.vehicle],
  enoughOnly: ["seen", (state) => (state.enoughOnly ? "1" : "0")],
  level: ["table", (state) => state.level],
  sort: ["sort", (state) => (state.sort.descending ? "-" : "") + state.sort.by],
  bay: ["bay", (state) => state.bay],
  camera: ["map", (state) => writeCamera(state.camera)],
};

function oneOf<T extends string>(values: readonly T[], text: string | null): T | null {
  return values.find((value) => value === text) ?? null;
}

function readHour(text: string | null): number {
  if (text === null || !/^\d{1,2}$/.test(text)) return FIRST_STATE.hour;
  const hour = Number(text);
  return hour < 24 ? hour : FIRST_STATE.hour;
}

function readSort(text: string | null): Sort {
  const by = oneOf(SORTS, text?.replace(/^-/, "") ?? null);
  return by ? { by, descending: text?.startsWith("-") ?? false } : FIRST_STATE.sort;
}

/** Zooms 0 to 22 and latitudes that a web map can show; NaN is never inside. */
function readCamera(text: string | null): Camera | null {
  const [zoom = NaN, lat = NaN, lon = NaN] = (text ?? "").split("/").map(Number);
  const inside = Math.abs(zoom - 11) <= 11 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return inside ? { zoom, lat, lon } : null;
}

function writeCamera(camera: Camera | null): string | null {
  if (!camera) return null;
  return `${camera.zoom.toFixed(2)}/${camera.lat.toFixed(5)}/${camera.lon.toFixed(5)}`;
}
