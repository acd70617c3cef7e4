/** Numbers, shares and dates as a reader of the chosen language writes them. */

import type { Lang } from "../phrases/phrases";

export const NO_FIGURE = "–";

/** Formats are kept: making one costs more than using it a hundred times. */
const formats = new Map<string, Intl.NumberFormat>();

function formatFor(lang: Lang, style: "percent" | "decimal", digits: number): Intl.NumberFormat {
  const key = `${lang} ${style} ${digits}`;
  const kept = formats.get(key);
  if (kept) return kept;
  const made = new Intl.NumberFormat(lang, {
    style,
    minimumFractionDigits: style === "percent" ? digits : 0,
    maximumFractionDigits: digits,
  });
  formats.set(key, made);
  return made;
}

export function percent(lang: Lang, share: number | null, digits = 0): string {
  return share === null ? NO_FIGURE : formatFor(lang, "percent", digits).format(share);
}

export function count(lang: Lang, value: number | null, digits = 0): string {
  return value === null ? NO_FIGURE : wide(formatFor(lang, "decimal", digits).format(value));
}

/** French groups thousands with a thin space that many system fonts draw too thin to see. */
function wide(text: string): string {
  return text.replaceAll("\u202F", "\u00A0");
}

/** A signed change, with a true minus sign. */
export function signed(lang: Lang, value: number, digits = 0): string {
  const text = formatFor(lang, "decimal", digits).format(Math.abs(value));
  if (Number(value.toFixed(digits)) === 0) return `±${text}`;
  return value > 0 ? `+${text}` : `−${text}`;
}

/** A local date `YYYY-MM-DD` in words; the day stands still whatever the reader's zone. */
export function dayInWords(lang: Lang, on: string): string {
  return dateInWords(lang, `${on}T00:00:00Z`, "UTC");
}

/** The date of an instant in words, by the clock of a zone. */
export function dateInWords(lang: Lang, at: string, timeZone: string): string {
  const style = { day: "numeric", month: "long", year: "numeric", timeZone } as const;
  const text = new Date(at).toLocaleDateString(lang, style);
  return lang === "fr" ? text.replace(/^1 /, "1er ") : text;
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
