/** A line over the hours of a day with the band of its interval, and what was observed as dots. */

import { DayChart } from "./DayChart";
import { percent } from "../figures/format";
import { useWords } from "../phrases/phrases";

const LINES = [0, 0.25, 0.5, 0.75, 1];

export interface BandHour {
  value: number;
  low: number;
  high: number;
  /** What was observed; null where nothing was seen. */
  seen: number | null;
  /** Whether enough was observed for the dot to be full. */
  enough: boolean;
}

export function BandLine({ hours, label }: { hours: readonly BandHour[]; label: string }) {
  const { lang } = useWords();
  return (
    <DayChart label={label} top={1} lines={LINES} write={(value) => percent(lang, value)}>
      {(x, y) => {
        const at = (hour: number, value: number) => `${x(hour + 0.5).toFixed(1)},${y(value).toFixed(1)}`;
        const up = hours.map(({ high }, hour) => at(hour, high));
        const down = hours.map(({ low }, hour) => at(hour, low)).toReversed();
        return (
          <>
            <polygon className="band" points={[...up, ...down].join(" ")} />
            <polyline className="band-line" points={hours.map(({ value }, hour) => at(hour, value)).join(" ")} />
            {hours.map(
              ({ seen, enough }, hour) =>
                seen !== null && (
                  <circle key={hour} className="band-seen" data-thin={!enough} cx={x(hour + 0.5)} cy={y(seen)} r="3" />
                ),
            )}
          </>
        );
      }}
    </DayChart>
  );
}
