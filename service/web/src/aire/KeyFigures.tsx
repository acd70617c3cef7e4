/** Four figures of the bay with their intervals: place taken, rotation, arrivals, and double parking beside it. */

import type { Interval } from "../api/types";
import { Term } from "../app/Term";
import { IntervalBar } from "../charts/IntervalBar";
import { count, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Phrase } from "../phrases/phrases";
import type { AireFigures } from "./types";

interface KeyFigure {
  term: Phrase;
  meaning: Phrase;
  interval: Interval;
  /** Right end of the interval's track. */
  scaleTo: number;
  write: (value: number | null) => string;
}

export function KeyFigures({ figures }: { figures: AireFigures }) {
  const { t, lang } = useWords();
  const shares = { scaleTo: 1, write: (value: number | null) => percent(lang, value) };
  const { occupancy, reserved_occupancy: reserved, turnover, arrivals_per_day: arrivals } = figures;
  const shown: KeyFigure[] = [
    reserved.value === null
      ? { term: "word.occupancy", meaning: "word.occupancy.meaning", interval: occupancy, ...shares }
      : { term: "word.reserved", meaning: "word.reserved.meaning", interval: reserved, ...shares },
    {
      term: "word.turnover",
      meaning: "word.turnover.meaning",
      interval: turnover,
      scaleTo: Math.max(0.5, roundedUp(turnover.high)),
      write: (value) => count(lang, value, 2),
    },
    {
      term: "word.arrivals",
      meaning: "word.arrivals.meaning",
      interval: arrivals.all,
      scaleTo: Math.max(10, roundedUp(arrivals.all.high)),
      write: (value) => count(lang, value, 1),
    },
  ];
  return (
    <section className="key" aria-labelledby="key-title">
      <h2 id="key-title" className="sr-only">
        {t("key.title")}
      </h2>
      {shown.map(({ term, meaning, interval, scaleTo, write }) => (
        <div className="key-one" key={term}>
          <h3>
            <Term {...{ term, meaning }} />
          </h3>
          <p className="key-value">{write(interval.value)}</p>
          <IntervalBar interval={interval} to={scaleTo} write={write} />
        </div>
      ))}
      <DoubleParking figures={figures} />
    </section>
  );
}

function DoubleParking({ figures }: { figures: AireFigures }) {
  const { t, lang } = useWords();
  const { double_parked_s: seconds } = figures;
  const minutes = seconds === null ? null : seconds / 60;
  return (
    <div className="key-one">
      <h3>
        <Term term="word.double" meaning="word.double.meaning" />
      </h3>
      <p className="key-value">
        {count(lang, minutes === null ? null : Math.round(minutes))}
        {minutes !== null && <small> {t("unit.minutes")}</small>}
      </p>
      {minutes === 0 && <p className="soft">{t("aire.double.none")}</p>}
      {minutes !== null && minutes > 0 && (
        <p className="soft">{t("aire.double.per_week", { n: count(lang, minutes / figures.weeks, 1) })}</p>
      )}
    </div>
  );
}

function roundedUp(value: number | null): number {
  return Math.ceil((value ?? 0) * 3) / 2;
}
