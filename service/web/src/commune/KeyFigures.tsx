/** The month's key figures, each with its 90 % interval drawn as a bar. */

import type { CommuneFigures, Interval } from "../api/types";
import { Term } from "../app/Term";
import { IntervalBar } from "../charts/IntervalBar";
import { count, percent } from "../figures/format";
import { calibrationsInWords, reasonsInWords, unseenShare } from "../figures/provenance";
import { useWords } from "../phrases/phrases";
import type { Phrase } from "../phrases/phrases";
import { reservedOf } from "./reserved";

interface KeyFigure {
  term: Phrase;
  meaning: Phrase;
  interval: Interval;
  /** Right end of the interval's track. */
  scaleTo: number;
  write: (value: number | null) => string;
  unit: string;
}

export function KeyFigures({ figures, enough }: { figures: CommuneFigures; enough: number }) {
  const { t, lang } = useWords();
  return (
    <section className="key" aria-labelledby="key-title">
      <h2 id="key-title" className="sr-only">
        {t("key.title")}
      </h2>
      {keyFigures(figures, lang, t("unit.minutes")).map((figure) => (
        <One key={figure.term} figure={figure} />
      ))}
      <Coverage figures={figures} enough={enough} />
      <Facts figures={figures} />
    </section>
  );
}

function Coverage({ figures, enough }: { figures: CommuneFigures; enough: number }) {
  const words = useWords();
  const { t, lang, many } = words;
  const { coverage, unseen, calibrations, bays } = figures;
  const share = unseenShare(unseen);
  const again = bays.filter((bay) => bay.calibrations.length > 1).length;
  return (
    <div className="key-one">
      <h3>
        <Term term="word.coverage" meaning="word.coverage.meaning" />
      </h3>
      <p className="key-value">{percent(lang, coverage)}</p>
      <div className="track" aria-hidden="true" data-thin={coverage < enough}>
        <i style={{ left: 0, width: `${coverage * 100}%` }} />
        <b style={{ left: `${enough * 100}%` }} />
      </div>
      <p className="soft">{t("key.enough", { share: percent(lang, enough) })}</p>
      {share !== null && (
        <p className="soft">
          {t("key.unseen", { share: percent(lang, share), reasons: reasonsInWords(words, unseen) })}
        </p>
      )}
      {calibrations.length > 0 && <p className="soft">{calibrationsInWords(words, calibrations)}</p>}
      {again > 0 && <p className="soft">{many("recalibrated", again)}</p>}
    </div>
  );
}

function keyFigures(figures: CommuneFigures, lang: "fr" | "en", minutes: string): KeyFigure[] {
  const { median, low, high } = figures.dwell_min;
  const reserved = reservedOf(figures);
  const share = { scaleTo: 1, unit: "", write: (value: number | null) => percent(lang, value, 1) };
  return [
    ...(reserved
      ? [
          {
            term: "word.reserved" as const,
            meaning: "word.reserved.meaning" as const,
            interval: reserved,
            ...share,
          },
        ]
      : []),
    {
      term: "word.occupancy",
      meaning: "word.occupancy.meaning",
      interval: figures.occupancy,
      ...share,
    },
    {
      term: "word.turnover",
      meaning: "word.turnover.meaning",
      interval: figures.turnover,
      scaleTo: roundedUp(figures.turnover.high),
      write: (value) => count(lang, value, 2),
      unit: "",
    },
    {
      term: "word.dwell",
      meaning: "word.dwell.meaning",
      interval: { value: median, low, high },
      scaleTo: Math.max(30, roundedUp(high)),
      write: (value) => count(lang, value, 1),
      unit: minutes,
    },
  ];
}

function One({ figure }: { figure: KeyFigure }) {
  const { interval, scaleTo, write, unit } = figure;
  return (
    <div className="key-one">
      <h3>
        <Term term={figure.term} meaning={figure.meaning} />
      </h3>
      <p className="key-value">
        {write(interval.value)}
        {interval.value !== null && unit && <small> {unit}</small>}
      </p>
      <IntervalBar interval={interval} to={scaleTo} write={write} />
    </div>
  );
}

function Facts({ figures }: { figures: CommuneFigures }) {
  const { t, lang } = useWords();
  return (
    <dl className="facts">
      <div>
        <dt>{t("key.stays")}</dt>
        <dd>{count(lang, figures.stays)}</dd>
      </div>
      <div>
        <dt>{t("key.p90")}</dt>
        <dd>
          {count(lang, figures.dwell_min.p90)} {t("unit.minutes")}
        </dd>
      </div>
      <div>
        <dt>
          <Term term="word.overstay" meaning="word.overstay.meaning" />
        </dt>
        <dd>{percent(lang, figures.overstay_share)}</dd>
      </div>
      <div>
        <dt>{t("key.bays")}</dt>
        <dd>{count(lang, figures.bays.length)}</dd>
      </div>
    </dl>
  );
}

function roundedUp(value: number | null): number {
  return Math.max(1, Math.ceil((value ?? 0) * 1.5));
}
