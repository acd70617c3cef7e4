/** Two native sliders on one track: the beginning and the end of a reserved window. */

import { useWords } from "../phrases/phrases";
import { clockInWords, DAY_MIN } from "./rules";
import type { Window } from "./rules";
import { STEP_MIN } from "./what-if";

interface WindowSliderProps {
  window: Window;
  /** The end of the window before, and the beginning of the one after: a gap of one step is kept. */
  low: number;
  high: number;
  /** The days it is for. */
  name: string;
  onChange: (window: Window) => void;
}

export function WindowSlider({ window, low, high, name, onChange }: WindowSliderProps) {
  const words = useWords();
  const { t } = words;
  const { from, to } = window;
  const first = low === 0 ? 0 : low + STEP_MIN;
  const last = high === DAY_MIN ? DAY_MIN : high - STEP_MIN;
  return (
    <div className="window-slider">
      <p className="window-edges">
        {clockInWords(words, from)} – {clockInWords(words, to)}
      </p>
      <div className="window-track">
        <i aria-hidden="true" style={{ left: at(from), width: at(to - from) }} />
        <input
          type="range"
          min={0}
          max={DAY_MIN}
          step={STEP_MIN}
          value={from}
          aria-label={t("what_if.start", { days: name })}
          aria-valuetext={clockInWords(words, from)}
          onChange={(event) =>
            onChange({ ...window, from: clamp(Number(event.target.value), first, to - STEP_MIN) })
          }
        />
        <input
          type="range"
          min={0}
          max={DAY_MIN}
          step={STEP_MIN}
          value={to}
          aria-label={t("what_if.end", { days: name })}
          aria-valuetext={clockInWords(words, to)}
          onChange={(event) =>
            onChange({ ...window, to: clamp(Number(event.target.value), from + STEP_MIN, last) })
          }
        />
      </div>
      <p className="window-hours" aria-hidden="true">
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour}>{clockInWords(words, hour * 60)}</span>
        ))}
      </p>
    </div>
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function at(minutes: number): string {
  return `${(minutes / DAY_MIN) * 100}%`;
}
