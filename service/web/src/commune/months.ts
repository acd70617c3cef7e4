/** Months as `YYYY-MM`: the ones that have figures, and the one before and after. */

/** Every month touched by a span of local dates, newest first. */
export function monthsBetween(firstOn: string | null, lastOn: string | null): string[] {
  if (!firstOn || !lastOn) return [];
  const months: string[] = [];
  for (let month = lastOn.slice(0, 7); month >= firstOn.slice(0, 7); month = shifted(month, -1)) {
    months.push(month);
  }
  return months;
}

/** The latest month that is over, or the latest there is. */
export function usualMonth(months: readonly string[], lastOn: string | null): string | null {
  const [latest, before] = months;
  if (!latest) return null;
  return before && lastOn && !isLastDay(lastOn) ? before : latest;
}

export function shifted(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

function isLastDay(on: string): boolean {
  return new Date(Date.parse(`${on}T00:00:00Z`) + 86_400_000).getUTCDate() === 1;
}
