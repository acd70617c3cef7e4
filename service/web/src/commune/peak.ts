/** The busiest hour of a day. */

import type { HourFigure } from "../api/types";

export interface Peak {
  hour: number;
  occupancy: number;
}

/** The busiest hour among those seen for long enough; null where there is none. */
export function peakOf(figures: readonly HourFigure[], enough: number): Peak | null {
  let peak: Peak | null = null;
  for (const [hour, { occupancy, coverage }] of figures.entries()) {
    if (occupancy === null || coverage < enough) continue;
    if (!peak || occupancy > peak.occupancy) peak = { hour, occupancy };
  }
  return peak;
}
