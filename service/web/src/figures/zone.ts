/** Local time of the communes. The API's communes share one zone in this version. */

export const TIME_ZONE = "Europe/Paris";

/** Minutes that the zone is ahead of UTC at an instant. */
function offsetMin(at: Date): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: TIME_ZONE,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return Math.round((local - at.getTime()) / 60_000);
}

/**
 * A wall time `YYYY-MM-DDTHH:MM` of the communes as an instant in UTC.
 *
 * In the hour that comes twice in autumn the first one is taken; in the hour that spring leaves
 * out, the wall time is read with the offset before the change.
 */
export function instantOf(wall: string): string {
  const naive = Date.parse(`${wall}:00Z`);
  const before = offsetMin(new Date(naive - 86_400_000));
  const guess = naive - before * 60_000;
  const there = offsetMin(new Date(guess));
  const instant = there === before ? guess : naive - there * 60_000;
  return new Date(instant).toISOString().replace(".000Z", "Z");
}
