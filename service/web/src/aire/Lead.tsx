/** The bay in some sentences: how much of it is taken, and when it is hardest to find room. */

import { count, dayInWords, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { dayOf, fullestFirst, hourSpan } from "./hours";
import type { AireFigures } from "./types";

/** Below this share of full time no hour is called hard; a starting point for a talk, no rule. */
const HARD_FROM = 0.1;

export function Lead({ figures, enough }: { figures: AireFigures; enough: number }) {
  const words = useWords();
  const { t, lang } = words;
  const { coverage, period } = figures;
  const span = { from: dayInWords(lang, period.from_on), to: dayInWords(lang, period.to_on) };
  return (
    <div className="lead">
      <p className="lead-sentence">
        {taken(words, figures)} {hardest(words, figures, enough)}
      </p>
      <p className="soft">
        {t("commune.period", span)}
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

/** A bay of one place is full whenever it is taken: one figure says both. */
function taken({ t, lang }: Words, figures: AireFigures): string {
  const { occupancy, reserved_occupancy: reserved, capacity } = figures;
  const inHours = reserved.value !== null;
  if (!inHours && occupancy.value === null) return t("aire.lead.unseen");
  const said = {
    share: percent(lang, (inHours ? reserved : occupancy).value),
    full: percent(lang, inHours ? figures.reserved_full_share : figures.full_share),
  };
  const kind = inHours ? "reserved" : "seen";
  return t(capacity === 1 ? `aire.lead.${kind}.single` : `aire.lead.${kind}`, said);
}

function hardest({ t, lang }: Words, { week, arrivals_per_day: arrivals }: AireFigures, enough: number): string {
  const [worst] = fullestFirst(week, enough);
  const hard = worst && worst.full >= HARD_FROM;
  const when = hard
    ? t("aire.lead.peak", {
        day: t(`day.${dayOf(worst.index)}`),
        ...hourSpan(lang, worst.index),
        share: percent(lang, worst.full),
      })
    : "";
  const { value } = arrivals.all;
  const come = value === null ? "" : t("aire.lead.arrivals", { n: count(lang, value, value < 10 ? 1 : 0) });
  return `${when} ${come}`.trim();
}
