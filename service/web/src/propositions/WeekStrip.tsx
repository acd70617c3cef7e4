/** The week before and after: seven days by twenty-four hours, what changes told apart by pattern as well. */

import { useId } from "react";
import { DAYS } from "../api/types";
import type { Day, TimeRule } from "../api/types";
import { useWords } from "../phrases/phrases";
import { DAY_MIN, reservedHours, rulesInWords, windowsOf } from "./rules";

const WIDTH = 384;
const LEFT = 34;
const ROW = 17;
const HIGH = 13;
const TOP = 2;
const HEIGHT = TOP + DAYS.length * ROW + 16;
const HOURS = [0, 6, 12, 18, 24];

interface WeekStripProps {
  now: readonly TimeRule[];
  /** Null where no change is proposed. */
  next: readonly TimeRule[] | null;
}

export function WeekStrip({ now, next }: WeekStripProps) {
  const { t } = useWords();
  return (
    <section className="strips" aria-labelledby="strips-title">
      <h2 id="strips-title">{t("strips.title")}</h2>
      <div className="strips-pair">
        <Week title={t("strips.now")} rules={now} other={null} />
        {next && <Week title={t("strips.next")} rules={next} other={now} />}
      </div>
      <Legend isChange={next !== null} />
    </section>
  );
}

interface WeekProps {
  title: string;
  rules: readonly TimeRule[];
  /** What the rules replace; null where they are those in force. */
  other: readonly TimeRule[] | null;
}

function Week({ title, rules, other }: WeekProps) {
  const words = useWords();
  const { t, lang, many } = words;
  const hatch = useId();
  const lines = rulesInWords(words, rules);
  const hours = Math.round(reservedHours(rules));
  return (
    <figure className="week">
      <figcaption>
        <strong>{title}</strong> · {many("strips.hours", hours)}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <defs>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line x1="0" x2="0" y1="0" y2="5" className="freed-line" />
          </pattern>
        </defs>
        {DAYS.map((day, row) => (
          <DayRow key={day} {...{ day, row, rules, other, hatch }} />
        ))}
        {HOURS.map((hour) => (
          <text key={hour} className="tick" data-hour={hour} x={at(hour * 60)} y={HEIGHT - 3}>
            {lang === "fr" ? `${hour} h` : `${hour}:00`}
          </text>
        ))}
      </svg>
      <ul className="week-rules">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
        {lines.length === 0 && <li>{t("rule.none")}</li>}
      </ul>
    </figure>
  );
}

interface DayRowProps extends Omit<WeekProps, "title"> {
  day: Day;
  row: number;
  hatch: string;
}

function DayRow({ day, row, rules, other, hatch }: DayRowProps) {
  const { t } = useWords();
  const y = TOP + row * ROW;
  const mine = spansOf(rules, day);
  const theirs = other ? spansOf(other, day) : mine;
  return (
    <g>
      <text className="day-name" x={LEFT - 6} y={y + HIGH - 3}>
        {t(`day.${day}.short`)}
      </text>
      <rect className="strip-day" x={LEFT} y={y} width={WIDTH - LEFT} height={HIGH} rx="2" />
      {without(theirs, mine).map(([from, to]) => (
        <rect key={`freed-${from}`} className="strip-freed" {...box(from, to, y)} fill={`url(#${hatch})`} />
      ))}
      {mine.map(([from, to]) => (
        <rect key={`reserved-${from}`} className="strip-reserved" {...box(from, to, y)} />
      ))}
      {without(mine, theirs).map(([from, to]) => (
        <rect key={`new-${from}`} className="strip-new" {...box(from, to, y + HIGH - 3, 3)} />
      ))}
      {[6, 12, 18].map((hour) => (
        <line key={hour} className="strip-hour" x1={at(hour * 60)} x2={at(hour * 60)} y1={y} y2={y + HIGH} />
      ))}
    </g>
  );
}

function Legend({ isChange }: { isChange: boolean }) {
  const { t } = useWords();
  return (
    <ul className="strips-legend">
      <li data-kind="reserved">{t("strips.reserved")}</li>
      <li data-kind="shared">{t("strips.shared")}</li>
      {isChange && <li data-kind="freed">{t("strips.freed")}</li>}
      {isChange && <li data-kind="new">{t("strips.new")}</li>}
    </ul>
  );
}

type Piece = readonly [number, number];

function spansOf(rules: readonly TimeRule[], day: Day): Piece[] {
  return windowsOf(rules, day).map(({ from, to }) => [from, to] as const);
}

/** What of the first is not in the second, in half hours or finer as the edges ask. */
function without(pieces: readonly Piece[], removed: readonly Piece[]): Piece[] {
  return removed.reduce<Piece[]>(
    (left, [from, to]) =>
      left.flatMap(([start, end]): Piece[] => {
        if (to <= start || from >= end) return [[start, end]];
        const parts: Piece[] = [
          [start, Math.max(start, from)],
          [Math.min(end, to), end],
        ];
        return parts.filter(([low, high]) => low < high);
      }),
    [...pieces],
  );
}

function at(minutes: number): number {
  return LEFT + (minutes / DAY_MIN) * (WIDTH - LEFT);
}

function box(from: number, to: number, y: number, height = HIGH) {
  return { x: at(from), y, width: at(to) - at(from), height, rx: 1.5 };
}

