/** The month in one sentence, and what changed since the month before. */

import type { CommuneFigures, Interval } from "../api/types";
import { clock, dayInWords, monthInWords, percent, signed } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { peakOf } from "./peak";
import { reservedOf } from "./reserved";

export function Lead({ figures, enough }: { figures: CommuneFigures; enough: number }) {
  const words = useWords();
  const { t, lang, many } = words;
  const { occupancy, coverage, period, month, stays } = figures;
  const reserved = reservedOf(figures);
  const values = {
    month: monthInWords(lang, month),
    share: percent(lang, (reserved ?? occupancy).value),
    all: percent(lang, occupancy.value),
  };
  const seen = reserved ? "lead.reserved" : "lead.seen";
  return (
    <div className="lead">
      <p className="lead-sentence">
        {occupancy.value === null ? t("lead.unseen", values) : t(seen, values)}{" "}
        {many("lead.stays", stays)} {busiest(words, figures, enough)}{" "}
        {change(words, figures, enough)}
      </p>
      <p className="soft">
        {t("commune.period", {
          from: dayInWords(lang, period.from_on),
          to: dayInWords(lang, period.to_on),
        })}
        {coverage < enough && (
          <strong className="thin">
            {" "}
            {t("lead.thin", { coverage: percent(lang, coverage), share: percent(lang, enough) })}
          </strong>
        )}
      </p>
    </div>
  );
}

function busiest({ t, lang }: Words, { hours }: CommuneFigures, enough: number): string {
  const peak = peakOf(hours.weekday, enough);
  if (!peak) return "";
  const share = percent(lang, peak.occupancy);
  return t("lead.peak", { from: clock(lang, peak.hour), to: clock(lang, peak.hour + 1), share });
}

/** Points of occupancy since the month before, both seen enough; said as "no clear change" inside the interval. */
function change({ t, lang }: Words, figures: CommuneFigures, enough: number): string {
  const { occupancy, coverage, previous } = figures;
  if (occupancy.value === null || coverage < enough) return "";
  if (!isSeenEnough(previous, enough)) return t("lead.first");
  const month = monthInWords(lang, previous.month);
  if (isInside(previous.occupancy, occupancy)) return t("lead.same", { month });
  const points = signed(lang, (occupancy.value - previous.occupancy) * 100, 1);
  return t("lead.change", { month, points });
}

type Previous = NonNullable<CommuneFigures["previous"]>;

function isSeenEnough(
  previous: Previous | null,
  enough: number,
): previous is Previous & { occupancy: number } {
  return previous !== null && previous.occupancy !== null && previous.coverage >= enough;
}

function isInside(value: number, { low, high }: Interval): boolean {
  return low !== null && high !== null && low <= value && value <= high;
}
