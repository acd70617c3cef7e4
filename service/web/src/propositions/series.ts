/** Half hours as hours, and which of them rest on too little. */

/** Below this share of what the best hour was seen an hour is hatched; the house's enough coverage. */
const ENOUGH = 0.7;

/** The mean of each two half hours; null where neither was seen. */
export function hourly(halves: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: 24 }, (_, hour) => {
    const pair = halves.slice(2 * hour, 2 * hour + 2).filter((value) => value !== null);
    return pair.length > 0 ? pair.reduce((sum, value) => sum + value, 0) / pair.length : null;
  });
}

/** Hours that were seen much less than the hour seen best. */
export function thinHours(seenH: readonly number[]): boolean[] {
  const hours = Array.from({ length: 24 }, (_, hour) => (seenH[2 * hour] ?? 0) + (seenH[2 * hour + 1] ?? 0));
  const best = Math.max(...hours);
  return hours.map((seen) => seen < ENOUGH * best);
}
