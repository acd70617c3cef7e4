/** Adding up figures: sums of numerators over sums of denominators, never a mean of shares. */

export interface Figure {
  /** Time-weighted share of capacity taken, 0..1; null where nothing was seen. */
  occupancy: number | null;
  /** Share of the time that was seen, 0..1. */
  coverage: number;
  /** Share of the seen time with no room left, 0..1; null where nothing was seen. */
  full: number | null;
  /** Vehicles that fit. */
  capacity: number;
}

/**
 * Several bays over the same time as one.
 *
 * Occupancy is weighted by capacity × seen time, the share of full time by seen time; coverage is
 * the seen share of all the bays' time. What was not seen weighs nothing: it is never taken as free.
 */
export function weighted(figures: readonly Figure[]): Figure {
  let [seen, places, taken, full, capacity] = [0, 0, 0, 0, 0];
  for (const figure of figures) {
    capacity += figure.capacity;
    if (figure.occupancy === null || figure.full === null) continue;
    seen += figure.coverage;
    places += figure.coverage * figure.capacity;
    taken += figure.occupancy * figure.coverage * figure.capacity;
    full += figure.full * figure.coverage;
  }
  return {
    occupancy: places > 0 ? taken / places : null,
    coverage: figures.length > 0 ? seen / figures.length : 0,
    full: seen > 0 ? full / seen : null,
    capacity,
  };
}
