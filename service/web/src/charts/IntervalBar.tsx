/** A figure with its 90 % interval as a bar on a track, and the interval in words under it. */

import type { Interval } from "../api/types";
import { useWords } from "../phrases/phrases";

interface IntervalBarProps {
  interval: Interval;
  /** Ends of the track. */
  from?: number;
  to: number;
  write: (value: number | null) => string;
  /** A value to be seen on the track, such as no change. */
  mark?: number;
}

/** Narrower than this, in shares of the track, an interval would not be seen. */
const MIN_WIDTH = 0.01;

export function IntervalBar({ interval, from = 0, to, write, mark }: IntervalBarProps) {
  const { t } = useWords();
  const { value, low, high } = interval;
  if (value === null || low === null || high === null) return null;
  const place = (one: number) => Math.min(1, Math.max(0, (one - from) / (to - from)));
  const width = Math.max(place(high) - place(low), MIN_WIDTH);
  return (
    <>
      <div className="track" aria-hidden="true">
        {mark !== undefined && <u style={{ left: share(place(mark)) }} />}
        <i style={{ left: share(place(low)), width: share(width) }} />
        <b style={{ left: share(place(value)) }} />
      </div>
      <p className="soft">{t("key.interval", { low: write(low), high: write(high) })}</p>
    </>
  );
}

function share(value: number): string {
  return `${value * 100}%`;
}
