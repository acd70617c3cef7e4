/** The week hour by hour: the heat map, its hardest and easiest hours in words, and the same as a table. */

import { DAYS } from "../api/types";
import { HeatMap } from "../charts/HeatMap";
import { clock, percent } from "../figures/format";
import { shadeOf, STEP_FROM, stepColour } from "../figures/scale";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { dayOf, fullestFirst, HOURS, hourSpan, reservedHours } from "./hours";
import type { HourOfWeek } from "./hours";
import type { AireFigures } from "./types";

/** Hours named on either side. */
const NAMED = 3;
/** Tuesday 9 h, when nothing is known of any hour. */
const TUESDAY_NINE = 33;

interface WeekMapProps {
  figures: AireFigures;
  enough: number;
}

export function WeekMap({ figures, enough }: WeekMapProps) {
  const words = useWords();
  const { t } = words;
  const { week, rules } = figures;
  const ranked = fullestFirst(week, enough);
  return (
    <section className="block" aria-labelledby="week-title">
      <h2 id="week-title">{t("aire.week.title")}</h2>
      <HeatMap
        label={t("aire.week.label")}
        shades={week.occupancy.map((share, hour) => shadeOf(share, week.coverage[hour] ?? 0, enough))}
        marked={reservedHours(rules)}
        first={ranked[0]?.index ?? TUESDAY_NINE}
        tell={(index) => hourInWords(words, figures, index, enough)}
      />
      <Scale enough={enough} reserved={rules.length > 0} />
      <Extremes figures={figures} ranked={ranked} />
      <details>
        <summary>{t("aire.week.as_table")}</summary>
        <WeekTable {...{ figures, enough }} />
      </details>
    </section>
  );
}

function hourInWords(
  { t, lang }: Words,
  { week, capacity }: AireFigures,
  index: number,
  enough: number,
): string {
  const when = t("aire.week.hour", { day: t(`day.${dayOf(index)}`), ...hourSpan(lang, index) });
  const share = week.occupancy[index] ?? null;
  if (share === null) return t("aire.week.unseen", { when });
  const coverage = week.coverage[index] ?? 0;
  const said = t(capacity === 1 ? "aire.week.told.single" : "aire.week.told", {
    when,
    share: percent(lang, share),
    full: percent(lang, week.full[index] ?? null),
    coverage: percent(lang, coverage),
  });
  return coverage < enough ? `${said} (${t("coverage.thin")})` : said;
}

function Scale({ enough, reserved }: { enough: number; reserved: boolean }) {
  const { t, lang } = useWords();
  return (
    <div className="heat-legend">
      <span>{t("legend.title")}</span>
      <span className="heat-scale">
        {STEP_FROM.map((from, step) => (
          <span key={from}>
            <i style={{ background: stepColour(step) }} />
            {from * 100}
          </span>
        ))}
      </span>
      <span>
        <i className="legend-hatch" /> {t("legend.thin", { share: percent(lang, enough) })}
      </span>
      <span>
        <i className="legend-unseen" /> {t("legend.unseen")}
      </span>
      {reserved && (
        <span>
          <i className="heat-reserved" /> {t("aire.week.reserved")}
        </span>
      )}
    </div>
  );
}

/** Hours in which the bay is most often full, and those in which it is least; of reserved hours where there are any. */
function Extremes({ figures, ranked }: { figures: AireFigures; ranked: readonly HourOfWeek[] }) {
  const { t } = useWords();
  const reserved = reservedHours(figures.rules);
  const inside = ranked.filter(({ index }) => reserved[index]);
  const judged = inside.length > 0 ? inside : ranked;
  if (judged.length === 0) return <p className="soft">{t("aire.week.nothing")}</p>;
  const hard = judged.filter(({ full }) => full > 0).slice(0, NAMED);
  const easy = judged.slice(-NAMED).toReversed();
  return (
    <>
      <div className="extremes">
        <Named title={t("aire.week.hardest")} hours={hard} />
        <Named title={t("aire.week.easiest")} hours={easy} />
      </div>
      {inside.length > 0 && <p className="soft">{t("aire.week.of_reserved")}</p>}
    </>
  );
}

function Named({ title, hours }: { title: string; hours: readonly HourOfWeek[] }) {
  const { t, lang } = useWords();
  return (
    <div>
      <h3>{title}</h3>
      {hours.length === 0 && <p>{t("aire.week.never_full")}</p>}
      <ul>
        {hours.map(({ index, full }) => (
          <li key={index}>
            {t("aire.week.full", {
              day: t(`day.${dayOf(index)}`),
              hour: clock(lang, index % HOURS),
              share: percent(lang, full),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function WeekTable({ figures, enough }: WeekMapProps) {
  const { t, lang } = useWords();
  const { occupancy, coverage } = figures.week;
  const cell = (index: number) => {
    const share = occupancy[index] ?? null;
    if (share === null) return <span title={t("tip.unseen")}>–</span>;
    const thin = (coverage[index] ?? 0) < enough;
    return (
      <>
        {percent(lang, share)}
        {thin && <abbr title={t("coverage.thin")}>*</abbr>}
      </>
    );
  };
  return (
    <div className="table-box">
      <table className="table week-table">
        <caption className="soft">{t("aire.week.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("hours.hour")}</th>
            {DAYS.map((day) => (
              <th key={day} scope="col">
                <abbr title={t(`day.${day}`)}>{t(`day.${day}.short`)}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: HOURS }, (_, hour) => (
            <tr key={hour}>
              <th scope="row">
                {clock(lang, hour)} – {clock(lang, hour + 1)}
              </th>
              {DAYS.map((day, row) => (
                <td key={day}>{cell(row * HOURS + hour)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
