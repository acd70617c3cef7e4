/** One bar for each hour of a day; hatched where it was seen for too short a time, dashed where not at all. */

import { useId } from "react";
import { DayChart, HOUR_WIDTH } from "./DayChart";
import { HatchPattern } from "./HatchPattern";
import { count } from "../figures/format";
import { useWords } from "../phrases/phrases";

export interface HourValue {
  value: number | null;
  enough: boolean;
}

interface HourBarsProps {
  hours: readonly HourValue[];
  label: string;
}

export function HourBars({ hours, label }: HourBarsProps) {
  const { lang } = useWords();
  const hatch = useId();
  const step = stepTo(Math.max(...hours.map(({ value }) => value ?? 0)));
  const lines = [0, 1, 2, 3, 4].map((number) => number * step);
  return (
    <DayChart label={label} top={4 * step} lines={lines} write={(value) => count(lang, value, 2)}>
      {(x, y) => (
        <>
          <HatchPattern id={hatch} />
          {hours.map(({ value, enough }, hour) => {
            const box = { x: x(hour) + 1.5, width: HOUR_WIDTH - 3, rx: 1.5 };
            if (value === null) return <rect key={hour} className="bar-unseen" {...box} y={y(0) - 7} height={7} />;
            const tall = { ...box, y: y(value), height: Math.max(y(0) - y(value), 1) };
            return (
              <g key={hour}>
                <rect className="bar-plain" data-thin={!enough} {...tall} />
                {!enough && <rect {...tall} fill={`url(#${hatch})`} />}
              </g>
            );
          })}
        </>
      )}
    </DayChart>
  );
}

/** The smallest round step of which four reach a value. */
function stepTo(value: number): number {
  const steps = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25];
  return steps.find((step) => 4 * step >= value) ?? Math.ceil(value / 4);
}
