/** One day before and after, 0 to 24 h: a small picture beside the rule in words. */

import type { TimeRule } from "../api/types";
import { DAY_MIN, firstChanged, windowsOf } from "./rules";

const WIDTH = 240;
const HEIGHT = 9;
const ROWS = [1, 14];
const TICKS = [6, 12, 18];

interface DayStripProps {
  now: readonly TimeRule[];
  next: readonly TimeRule[];
}

export function DayStrip({ now, next }: DayStripProps) {
  const day = firstChanged(now, next);
  return (
    <svg className="day-strip" viewBox={`0 0 ${WIDTH} 25`} aria-hidden="true">
      {[now, next].map((rules, row) => (
        <g key={row} data-row={row === 0 ? "now" : "next"}>
          <rect className="strip-day" x="0" y={ROWS[row]} width={WIDTH} height={HEIGHT} rx="1.5" />
          {windowsOf(rules, day).map(({ from, to }) => (
            <rect
              key={from}
              className="strip-reserved"
              x={(from / DAY_MIN) * WIDTH}
              y={ROWS[row]}
              width={((to - from) / DAY_MIN) * WIDTH}
              height={HEIGHT}
              rx="1.5"
            />
          ))}
        </g>
      ))}
      {TICKS.map((hour) => (
        <line key={hour} x1={(hour / 24) * WIDTH} x2={(hour / 24) * WIDTH} y1="0" y2="25" />
      ))}
    </svg>
  );
}
