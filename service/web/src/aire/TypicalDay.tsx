/** A day of the typical week: the chance of finding no room, with its interval, and how many vehicles arrive. */

import { DAYS } from "../api/types";
import type { Day } from "../api/types";
import { Choices } from "../carte/TimeControl";
import { BandLine } from "../charts/BandLine";
import type { BandHour } from "../charts/BandLine";
import { HourBars } from "../charts/HourBars";
import { clock, count, dayInWords, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { HOURS, hourSpan } from "./hours";
import type { AireState, ChangeState } from "./state";
import type { AireFigures, Forecast } from "./types";

interface TypicalProps {
  figures: AireFigures;
  state: AireState;
  change: ChangeState;
  enough: number;
}

export function TypicalDay({ figures, state, change, enough }: TypicalProps) {
  const { t } = useWords();
  const { day } = state;
  const { forecast } = figures;
  return (
    <section className="block" aria-labelledby="typical-title">
      <div className="block-head">
        <h2 id="typical-title">{t("aire.typical.title")}</h2>
        <Choices
          legend={t("time.day")}
          name="day"
          values={DAYS}
          value={day}
          label={(one) => <abbr title={t(`day.${one}`)}>{t(`day.${one}.short`)}</abbr>}
          onChoose={(one) => change({ day: one })}
        />
      </div>
      <div className="pair">
        {forecast ? (
          <Chances {...{ figures, forecast, day, enough }} />
        ) : (
          <p className="soft">{t("aire.forecast.none")}</p>
        )}
        <Arrivals {...{ figures, day, enough }} />
      </div>
      <details>
        <summary>{t("hours.as_table")}</summary>
        <TypicalTable {...{ figures, day }} />
      </details>
    </section>
  );
}

interface DayProps {
  figures: AireFigures;
  day: Day;
  enough: number;
}

function Chances({ figures, forecast, day, enough }: DayProps & { forecast: Forecast }) {
  const words = useWords();
  const { t, lang } = words;
  const first = DAYS.indexOf(day) * HOURS;
  const hours: BandHour[] = forecast.p.slice(first, first + HOURS).map((value, hour) => ({
    value,
    low: forecast.low[first + hour] ?? value,
    high: forecast.high[first + hour] ?? value,
    seen: figures.week.full[first + hour] ?? null,
    enough: (figures.week.coverage[first + hour] ?? 0) >= enough,
  }));
  const span = { from: dayInWords(lang, forecast.from_on), to: dayInWords(lang, forecast.to_on) };
  return (
    <figure>
      <figcaption>{t("aire.forecast.title")}</figcaption>
      <BandLine hours={hours} label={worstInWords(words, hours, day)} />
      <p className="sentence">{worstInWords(words, hours, day)}</p>
      <p className="soft">{t("aire.forecast.rests", span)}</p>
    </figure>
  );
}

function worstInWords({ t, lang }: Words, hours: readonly BandHour[], day: Day): string {
  const top = hours.reduce((best, one, hour) => (one.value > (hours[best]?.value ?? 0) ? hour : best), 0);
  const worst = hours[top];
  if (!worst) return "";
  return t("aire.forecast.worst", {
    day: t(`day.${day}`),
    ...hourSpan(lang, top),
    share: percent(lang, worst.value),
    low: percent(lang, worst.low),
    high: percent(lang, worst.high),
  });
}

function Arrivals({ figures, day, enough }: DayProps) {
  const { t } = useWords();
  const first = DAYS.indexOf(day) * HOURS;
  const { turnover, coverage } = figures.week;
  const hours = turnover.slice(first, first + HOURS).map((value, hour) => ({
    value: value === null ? null : value * figures.capacity,
    enough: (coverage[first + hour] ?? 0) >= enough,
  }));
  return (
    <figure>
      <figcaption>{t("aire.arrivals.title")}</figcaption>
      <HourBars hours={hours} label={t("aire.arrivals.label", { day: t(`day.${day}`) })} />
    </figure>
  );
}

function TypicalTable({ figures, day }: { figures: AireFigures; day: Day }) {
  const { t } = useWords();
  const first = DAYS.indexOf(day) * HOURS;
  return (
    <div className="table-box">
      <table className="table">
        <caption className="sr-only">{t("aire.typical.caption", { day: t(`day.${day}`) })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("hours.hour")}</th>
            <th scope="col">{t("aire.forecast.column")}</th>
            <th scope="col">{t("aire.mix.interval")}</th>
            <th scope="col">{t("aire.forecast.seen")}</th>
            <th scope="col">{t("aire.arrivals.column")}</th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: HOURS }, (_, hour) => (
            <Hour key={hour} figures={figures} index={first + hour} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Hour({ figures, index }: { figures: AireFigures; index: number }) {
  const { lang } = useWords();
  const { forecast, week, capacity } = figures;
  const hour = index % HOURS;
  const share = (values: readonly (number | null)[] | undefined) => percent(lang, values?.[index] ?? null);
  const turnover = week.turnover[index] ?? null;
  return (
    <tr>
      <th scope="row">
        {clock(lang, hour)} – {clock(lang, hour + 1)}
      </th>
      <td>{share(forecast?.p)}</td>
      <td>
        {share(forecast?.low)} – {share(forecast?.high)}
      </td>
      <td>{share(week.full)}</td>
      <td>{count(lang, turnover === null ? null : turnover * capacity, 2)}</td>
    </tr>
  );
}
