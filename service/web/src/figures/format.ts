/** Numbers, shares and dates as a reader of the chosen language writes them. */

import type { Lang } from "../phrases/phrases";

export const NO_FIGURE = "–";

export function percent(lang: Lang, share: number | null, digits = 0): string {
  if (share === null) return NO_FIGURE;
  const style = { style: "percent", maximumFractionDigits: digits } as const;
  return share.toLocaleString(lang, style);
}

export function count(lang: Lang, value: number | null, digits = 0): string {
  if (value === null) return NO_FIGURE;
  return value.toLocaleString(lang, { maximumFractionDigits: digits });
}

/** A signed change, with a true minus sign. */
export function signed(lang: Lang, value: number, digits = 0): string {
  const text = Math.abs(value).toLocaleString(lang, { maximumFractionDigits: digits });
  if (Number(value.toFixed(digits)) === 0) return `±${text}`;
  return value > 0 ? `+${text}` : `−${text}`;
}

/** A local date `YYYY-MM-DD` in words; the day stands still whatever the reader's zone. */
export function dayInWords(lang: Lang, on: string): string {
  const style = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Date(`${on}T00:00:00Z`).toLocaleDateString(lang, style);
}

export function monthInWords(lang: Lang, month: string): string {
  const style = { month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString(lang, style);
}

/** An instant as local wall time in the zone of the communes. */
export function instantInWords(lang: Lang, at: string, timeZone: string): string {
  const style = {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  } as const;
  return new Date(at).toLocaleString(lang, style);
}

export function clock(lang: Lang, hour: number): string {
  return lang === "fr" ? `${hour} h` : `${String(hour).padStart(2, "0")}:00`;
}
