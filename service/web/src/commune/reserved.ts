/** Figures of reserved hours where a bay has them, else of all hours: nights say nothing of deliveries. */

import type { CommuneBay, CommuneFigures, Interval } from "../api/types";

export function shownShare(bay: CommuneBay): number | null {
  return bay.reserved_occupancy ?? bay.occupancy;
}

export function fullShare(bay: CommuneBay): number | null {
  return bay.reserved_full_share ?? bay.full_share;
}

/** The commune's occupancy in reserved hours; null where there is none. */
export function reservedOf({ reserved_occupancy: reserved }: CommuneFigures): Interval | null {
  return reserved && reserved.value !== null ? reserved : null;
}
