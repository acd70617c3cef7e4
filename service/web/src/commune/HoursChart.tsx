/** The typical day, weekdays and weekend side by side, hatched where seen for too short a time. */

import { useId } from "react";
import type { CommuneFigures, HourFigure } from "../api/types";
import { HatchPattern } from "../charts/HatchPattern";
import { clock, percent } from "../figures/format";
import { shadeOf, stepColour } from "../figures/scale";
import { useWords } from "../phrases/phrases";
import { peakOf } from "./peak";

const WIDTH = 480;
const HEIGHT = 170;
const LEFT = 46;
const TOP = 18;
const BOTTOM = 22;
const STEP = (WIDTH - LEFT) / 24;

interface HoursProps {
  hours: CommuneFigures["hours"];
  enough: number;
}

export function HoursChart({ hours, enough }: HoursProps) {
  const { t } = useWords();
  const all = [...hours.weekday, ...hours.weekend].map((hour) => hour.occupancy ?? 0);
  const top = Math.max(0.2, Math.ceil(Math.max(...all) * 5) / 5);
  return (
    <section className="hours-chart" aria-labelledby="hours-title">
      <h2 id="hours-title">{t("hours.title")}</h2>
      <div className="pair">
        <Day title={t("hours.weekday")} figures={hours.weekday} top={top} enough={enough} />
        <Day title={t("hours.weekend")} figures={hours.weekend} top={top} enough={enough} />
      </div>
      <details>
        <summary>{t("hours.as_table")}</summary>
        <HoursTable hours={hours} enough={enough} />
      </details>
    </section>
  );
}

interface DayProps {
  title: string;
  figures: readonly HourFigure[];
  /** Occupancy at the top of the chart. */
  top: number;
  enough: number;
}

function Day({ title, figures, top, enough }: DayProps) {
  const words = useWords();
  const { t, lang } = words;
  const hatch = useId();
  const peak = peakOf(figures, enough);
  const summary = peak
    ? t("hours.summary", {
        day: title,
        hour: clock(lang, peak.hour),
        value: percent(lang, peak.occupancy),
      })
    : title;
  const y = (share: number) => TOP + (1 - share / top) * (HEIGHT - TOP - BOTTOM);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary}>
        <HatchPattern id={hatch} />
        <Grid top={top} y={y} />
        {figures.map((figure, hour) => (
          <Bar key={hour} {...{ figure, hour, y, enough, hatch }} />
        ))}
        {peak && (
          <text className="peak" x={LEFT + (peak.hour + 0.5) * STEP} y={y(peak.occupancy) - 6}>
            {percent(lang, peak.occupancy)}
          </text>
        )}
        {[0, 6, 12, 18, 24].map((hour) => (
          <text key={hour} className="tick" data-hour={hour} x={LEFT + hour * STEP} y={HEIGHT - 5}>
            {clock(lang, hour)}
          </text>
        ))}
      </svg>
    </figure>
  );
}

interface BarProps {
  figure: HourFigure;
  hour: number;
  y: (share: number) => number;
  enough: number;
  hatch: string;
}

function Bar({ figure, hour, y, enough, hatch }: BarProps) {
  const shade = shadeOf(figure.occupancy, figure.coverage, enough);
  const x = LEFT + hour * STEP + 1.5;
  const width = STEP - 3;
  if (shade.kind === "unseen") {
    return <rect className="bar-unseen" x={x} y={y(0) - 7} width={width} height={7} rx={1} />;
  }
  const height = Math.max(y(0) - y(shade.share), 1.5);
  const box = { x, y: y(0) - height, width, height, rx: 1.5 };
  return (
    <>
      <rect className="bar" {...box} style={{ fill: stepColour(shade.step) }} />
      {!shade.enough && <rect {...box} fill={`url(#${hatch})`} />}
    </>
  );
}

function Grid({ top, y }: { top: number; y: (share: number) => number }) {
  const { lang } = useWords();
  const lines = Array.from({ length: Math.round(top / 0.2) + 1 }, (_, index) => index * 0.2);
  return (
    <g className="grid">
      {lines.map((share) => (
        <g key={share}>
          <line x1={LEFT} x2={WIDTH} y1={y(share)} y2={y(share)} />
          <text x={LEFT - 6} y={y(share) + 4}>
            {percent(lang, share)}
          </text>
        </g>
      ))}
    </g>
  );
}

function HoursTable({ hours, enough }: HoursProps) {
  const { t, lang } = useWords();
  const cell = (figure: HourFigure | undefined) => {
    if (!figure || figure.occupancy === null) return t("tip.unseen");
    const thin = figure.coverage < enough ? ` (${t("coverage.thin")})` : "";
    return percent(lang, figure.occupancy) + thin;
  };
  return (
    <table className="table">
      <caption className="sr-only">{t("hours.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("hours.hour")}</th>
          <th scope="col">{t("hours.weekday")}</th>
          <th scope="col">{t("hours.weekend")}</th>
        </tr>
      </thead>
      <tbody>
        {hours.weekday.map((figure, hour) => (
          <tr key={hour}>
            <th scope="row">
              {clock(lang, hour)} – {clock(lang, hour + 1)}
            </th>
            <td>{cell(figure)}</td>
            <td>{cell(hours.weekend[hour])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
