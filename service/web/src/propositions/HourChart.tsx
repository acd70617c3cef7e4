/** Bars of a day's hours, a line above them where there is one, the reserved windows below; labelled directly. */

import { useId } from "react";
import { HatchPattern } from "../charts/HatchPattern";
import { clock } from "../figures/format";
import { useWords } from "../phrases/phrases";
import { DAY_MIN } from "./rules";
import type { Window } from "./rules";

const WIDTH = 480;
const LEFT = 52;
const TOP = 36;
const PLOT = 110;
const AXIS = 20;
const PIECE = 12;
const STEP = (WIDTH - LEFT) / 24;

/** Reserved windows of a rule, drawn under the hours. */
export interface Piece {
  name: string;
  windows: readonly Window[];
}

interface HourChartProps {
  title: string;
  bars: readonly (number | null)[];
  line?: readonly (number | null)[];
  labels?: { bars: string; line: string };
  thin: readonly boolean[];
  pieces: readonly Piece[];
  /** Value at the top; the largest where left out. */
  top?: number;
  write: (value: number) => string;
}

export function HourChart(props: HourChartProps) {
  const { title, bars, line, pieces, write } = props;
  const { t, lang } = useWords();
  const hatch = useId();
  const values = [...bars, ...(line ?? [])].map((value) => value ?? 0);
  const top = props.top ?? (Math.max(...values) * 1.1 || 1);
  const y = (value: number) => TOP + (1 - Math.min(value, top) / top) * PLOT;
  const peak = peakOf(line ?? bars);
  const height = TOP + PLOT + AXIS + pieces.length * PIECE;
  const summary = peak
    ? t("hours.summary", { day: title, hour: clock(lang, peak.hour), value: write(peak.value) })
    : title;
  return (
    <figure className="hour-chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={summary}>
        <HatchPattern id={hatch} />
        <line className="axis" x1={LEFT} x2={WIDTH} y1={y(0)} y2={y(0)} />
        <Bars {...props} hatch={hatch} y={y} />
        {line && <Line values={line} y={y} />}
        <Labels {...props} y={y} />
        {[0, 6, 12, 18, 24].map((hour) => (
          <text key={hour} className="tick" data-hour={hour} x={LEFT + hour * STEP} y={TOP + PLOT + 15}>
            {clock(lang, hour)}
          </text>
        ))}
        <Pieces pieces={pieces} />
      </svg>
    </figure>
  );
}

type Height = (value: number) => number;

function Bars({ bars, thin, hatch, y }: HourChartProps & { hatch: string; y: Height }) {
  return bars.map((value, hour) => {
    const x = LEFT + hour * STEP + 1.5;
    const width = STEP - 3;
    if (value === null) {
      return <rect key={hour} className="bar-unseen" x={x} y={y(0) - 7} width={width} height={7} rx={1} />;
    }
    const box = { x, width, y: y(value), height: Math.max(0, y(0) - y(value)), rx: 1 };
    return (
      <g key={hour}>
        <rect className="hour-bar" {...box} />
        {thin[hour] && <rect {...box} fill={`url(#${hatch})`} />}
      </g>
    );
  });
}

/** A step line: the value of an hour holds for the whole hour. */
function Line({ values, y }: { values: readonly (number | null)[]; y: Height }) {
  const path = values
    .map((value, hour) => {
      if (value === null) return "";
      const start = values[hour - 1] === null || hour === 0 ? "M" : "L";
      return `${start}${LEFT + hour * STEP} ${y(value)}L${LEFT + (hour + 1) * STEP} ${y(value)}`;
    })
    .join("");
  return <path className="hour-line" d={path} />;
}

/** The names of line and bars stand above the highest hour, on the side where there is room. */
function Labels({ bars, line, labels, write, y }: HourChartProps & { y: Height }) {
  const peak = peakOf(line ?? bars);
  if (!peak) return null;
  const anchor = peak.hour > 11 ? "end" : "start";
  const x = LEFT + (peak.hour + (anchor === "end" ? 1 : 0)) * STEP;
  const said = { x, textAnchor: anchor } as const;
  if (!labels) {
    return (
      <text className="hour-peak" y={y(peak.value) - 5} {...said}>
        {write(peak.value)}
      </text>
    );
  }
  return (
    <>
      <text className="hour-peak" y={y(peak.value) - 20} {...said}>
        {labels.line} {write(peak.value)}
      </text>
      <text className="hour-peak hour-served" y={y(peak.value) - 5} {...said}>
        {labels.bars} {write(bars[peak.hour] ?? 0)}
      </text>
    </>
  );
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map(({ name, windows }, row) => {
    const y = TOP + PLOT + AXIS + row * PIECE + 2;
    return (
      <g key={name} className="hour-piece">
        <rect className="strip-day" x={LEFT} y={y} width={WIDTH - LEFT} height={7} rx="1" />
        {windows.map(({ from, to }) => (
          <rect
            key={from}
            className="strip-reserved"
            x={LEFT + (from / DAY_MIN) * (WIDTH - LEFT)}
            y={y}
            width={((to - from) / DAY_MIN) * (WIDTH - LEFT)}
            height={7}
            rx="1"
          />
        ))}
        <text className="piece-name" x={LEFT - 6} y={y + 7}>
          {name}
        </text>
      </g>
    );
  });
}

function peakOf(values: readonly (number | null)[]): { hour: number; value: number } | null {
  const known = values.map((value) => value ?? 0);
  const value = Math.max(...known);
  return value > 0 ? { hour: known.indexOf(value), value } : null;
}
