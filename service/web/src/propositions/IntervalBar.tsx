/** A 90 % interval as a bar with its zero and its mean; beside it the figure stands in words. */

import type { Range } from "./types";

export type Span = readonly [number, number];

/** What a bar must hold so that all of these can be compared: zero, and every end. */
export function spanOf(ranges: readonly Range[]): Span {
  const low = Math.min(0, ...ranges.map(({ p05 }) => p05));
  const high = Math.max(0, ...ranges.map(({ p95 }) => p95));
  const margin = (high - low) * 0.04 || 1;
  return [low - margin, high + margin];
}

export function IntervalBar({ range, span: [low, high] }: { range: Range; span: Span }) {
  const at = (value: number) => `${((value - low) / (high - low)) * 100}%`;
  const width = ((range.p95 - range.p05) / (high - low)) * 100;
  return (
    <div className="interval" aria-hidden="true">
      <s style={{ left: at(0) }} />
      <i style={{ left: at(range.p05), width: `${width}%` }} />
      <b style={{ left: at(range.mean) }} />
    </div>
  );
}
