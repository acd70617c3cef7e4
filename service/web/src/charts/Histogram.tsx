/** Counts by classes of equal width, the last one open, with values marked on the axis. */

import { useWords } from "../phrases/phrases";

export interface Bin {
  /** Lower end; the bins are equally wide. */
  from: number;
  /** Counted first, drawn full. */
  main: number;
  /** Drawn above it, lighter. */
  other: number;
}

interface HistogramProps {
  label: string;
  bins: readonly Bin[];
  /** Values on the axis to be marked by a line, each with its words. */
  marks: readonly { at: number; text: string }[];
  /** Values of the axis that are written. */
  ticks: readonly number[];
}

export function Histogram({ label, bins, marks, ticks }: HistogramProps) {
  const { t } = useWords();
  const width = (bins[1]?.from ?? 1) - (bins[0]?.from ?? 0);
  const top = Math.max(1, ...bins.map(({ main, other }) => main + other));
  const place = (value: number) => `${(value / width / bins.length) * 100}%`;
  const last = bins.at(-1)?.from ?? 0;
  return (
    <div className="histogram" role="img" aria-label={label}>
      <div className="histogram-bars" aria-hidden="true">
        {bins.map(({ from, main, other }) => (
          <span key={from} data-open={from === last}>
            <i className="histogram-other" style={{ height: `${(other / top) * 100}%` }} />
            <i className="histogram-main" style={{ height: `${(main / top) * 100}%` }} />
          </span>
        ))}
        {marks
          .filter(({ at }) => at < last)
          .map(({ at, text }) => (
            <u key={at} style={{ left: place(at) }}>
              <small>{text}</small>
            </u>
          ))}
      </div>
      <div className="histogram-ticks" aria-hidden="true">
        {ticks.map((value) => (
          <span key={value} style={{ left: place(value) }}>
            {value}
          </span>
        ))}
        <span style={{ left: place(last) }}>
          {last} {t("unit.minutes")} +
        </span>
      </div>
    </div>
  );
}
