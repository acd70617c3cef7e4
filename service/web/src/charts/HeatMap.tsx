/** A week of 7 × 24 cells as a grid that arrow keys walk through; what is read of a cell stands under it. */

import { useRef, useState } from "react";
import type { FocusEvent, KeyboardEvent } from "react";
import { DAYS } from "../api/types";
import { clock } from "../figures/format";
import { stepColour } from "../figures/scale";
import type { Shade } from "../figures/scale";
import { useWords } from "../phrases/phrases";

const HOURS = 24;
const CELLS = DAYS.length * HOURS;

interface HeatMapProps {
  label: string;
  /** 168 hours, Monday 0 h first. */
  shades: readonly Shade[];
  /** Hours to be underlined, such as those reserved. */
  marked: readonly boolean[];
  /** The hour that is told before anything is pointed at. */
  first: number;
  /** All that is known of an hour, in words. */
  tell: (index: number) => string;
}

export function HeatMap({ label, shades, marked, first, tell }: HeatMapProps) {
  const { t } = useWords();
  const [focused, setFocused] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const stop = focused ?? first;
  const move = (event: KeyboardEvent) => {
    const to = nextOf(event.key, stop);
    if (to === null) return;
    event.preventDefault();
    grid.current?.querySelector<HTMLElement>(`[data-hour="${to}"]`)?.focus();
  };
  const follow = (event: FocusEvent<HTMLElement>) => {
    const hour = event.target.dataset["hour"];
    if (hour !== undefined) setFocused(Number(hour));
  };
  return (
    <div className="heat">
      <div
        className="heat-grid"
        role="grid"
        tabIndex={-1}
        aria-label={label}
        ref={grid}
        onKeyDown={move}
        onFocus={follow}
        onMouseLeave={() => setPointed(null)}
      >
        <HoursHead />
        {DAYS.map((day, row) => (
          <div key={day} role="row">
            <span role="rowheader" aria-label={t(`day.${day}`)}>
              {t(`day.${day}.short`)}
            </span>
            {shades.slice(row * HOURS, (row + 1) * HOURS).map((shade, hour) => (
              <Cell
                key={hour}
                index={row * HOURS + hour}
                shade={shade}
                marked={marked[row * HOURS + hour] ?? false}
                stop={row * HOURS + hour === stop}
                {...{ tell, setPointed }}
              />
            ))}
          </div>
        ))}
      </div>
      <p className="heat-told">{tell(pointed ?? stop)}</p>
    </div>
  );
}

function HoursHead() {
  const { lang } = useWords();
  return (
    <div role="row">
      <span />
      {Array.from({ length: HOURS }, (_, hour) => (
        <span key={hour} role="columnheader">
          <span className="sr-only">{clock(lang, hour)}</span>
          {hour % 3 === 0 && (
            <small aria-hidden="true" data-sixth={hour % 6 === 0}>
              {hour}
            </small>
          )}
        </span>
      ))}
    </div>
  );
}

interface CellProps {
  index: number;
  shade: Shade;
  marked: boolean;
  /** The one cell that the tab key reaches. */
  stop: boolean;
  tell: (index: number) => string;
  setPointed: (index: number) => void;
}

function Cell({ index, shade, marked, stop, tell, setPointed }: CellProps) {
  const seen = shade.kind === "seen";
  return (
    <div
      role="gridcell"
      tabIndex={stop ? 0 : -1}
      aria-label={tell(index)}
      data-hour={index}
      data-unseen={!seen}
      data-thin={seen && !shade.enough}
      data-marked={marked}
      style={seen ? { backgroundColor: stepColour(shade.step) } : {}}
      onMouseEnter={() => setPointed(index)}
    />
  );
}

/** Where a key leads from a cell; null for keys that do not move. */
function nextOf(key: string, at: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + HOURS,
    ArrowUp: at - HOURS,
    Home: at - (at % HOURS),
    End: at - (at % HOURS) + HOURS - 1,
  };
  const to = steps[key];
  return to !== undefined && to >= 0 && to < CELLS ? to : null;
}
