/** What figures rest on, in words: by which calibrations a bay was measured, and why the rest was not seen. */

import type { CalibrationUse, Unseen } from "../api/types";
import type { Words } from "../phrases/phrases";
import { dateInWords, percent } from "./format";
import { TIME_ZONE } from "./zone";

/** Reasons named in a line; the rest is small. */
const MAX_REASONS = 4;
/** Below this a share is shown as 0 %. */
const SHOWN_FROM = 0.005;

/** The reasons of a time not seen, each with its share of all time; a reason alone stands without it. */
export function reasonsInWords({ t, lang }: Words, unseen: readonly Unseen[]): string {
  const shown = unseen.filter(({ share }) => share >= SHOWN_FROM).slice(0, MAX_REASONS);
  const [only, ...others] = shown;
  if (only && others.length === 0) return t(`unseen.${only.reason}`);
  return shown
    .map(({ reason, share }) => `${t(`unseen.${reason}`)}\u00A0${percent(lang, share)}`)
    .join(", ");
}

/** Share of the time that was not seen; null where it would be shown as nothing. */
export function unseenShare(unseen: readonly Unseen[]): number | null {
  const total = unseen.reduce((sum, { share }) => sum + share, 0);
  return total >= SHOWN_FROM ? total : null;
}

/** The calibration by its date, or how many there are with the date of the last; nothing where none is named. */
export function calibrationsInWords({ lang, many }: Words, uses: readonly CalibrationUse[]): string {
  const last = uses.at(-1);
  if (!last) return "";
  const names = new Set(uses.map((use) => use.calibration));
  return many("calibration", names.size, { date: dateInWords(lang, last.made_at, TIME_ZONE) });
}
