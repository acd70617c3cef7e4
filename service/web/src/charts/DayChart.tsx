/** The frame of a chart over the 24 hours of a day: lines of values, hours below, and what is drawn between. */

import type { ReactNode } from "react";
import { clock } from "../figures/format";
import { useWords } from "../phrases/phrases";

const WIDTH = 480;
const HEIGHT = 180;
const LEFT = 46;
const TOP = 12;
const BOTTOM = 22;
export const HOUR_WIDTH = (WIDTH - LEFT) / 24;

interface DayChartProps {
  label: string;
  /** Value at the top of the chart. */
  top: number;
  /** Values at which a line is drawn. */
  lines: readonly number[];
  write: (value: number) => string;
  /** Draws with the place of an hour, 0..24, and of a value. */
  children: (x: (hour: number) => number, y: (value: number) => number) => ReactNode;
}

export function DayChart({ label, top, lines, write, children }: DayChartProps) {
  const { lang } = useWords();
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <g className="grid">
        {lines.map((value) => (
          <g key={value}>
            <line x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 6} y={y(value) + 4}>
              {write(value)}
            </text>
          </g>
        ))}
      </g>
      {children(x, y)}
      {[0, 6, 12, 18, 24].map((hour) => (
        <text key={hour} className="tick" data-hour={hour} x={x(hour)} y={HEIGHT - 5}>
          {clock(lang, hour)}
        </text>
      ))}
    </svg>
  );
}

function x(hour: number): number {
  return LEFT + hour * HOUR_WIDTH;
}
