/** A bay's rules as a week: one line a day, reserved windows as bars, the maximum stay written on them. */

import type { TimeRule } from "../api/types";
import { clock } from "../figures/format";
import { DAY_MIN, daysShown, isPlain, rulesInWords, windowsOf } from "../figures/rules";
import type { NamedDay, Window } from "../figures/rules";
import { useWords } from "../phrases/phrases";

interface WeekStripProps {
  rules: readonly TimeRule[];
  /** What the strip shows, such as "Règle actuelle"; the rules in words follow it for who cannot see it. */
  label: string;
  /** Rules to compare with: their windows are outlined behind. */
  before?: readonly TimeRule[];
}

/** Windows at least this long have room for their maximum stay. */
const ROOM_MIN = 150;

const NO_RULES: readonly TimeRule[] = [];

export function WeekStrip({ rules, label, before = NO_RULES }: WeekStripProps) {
  const words = useWords();
  const { t } = words;
  return (
    <div className="week-strip" role="img" aria-label={`${label}. ${rulesInWords(words, rules)}`}>
      {daysShown(rules, before).map((day) => (
        <div className="strip-day" key={day} aria-hidden="true">
          <span className="strip-name">{t(`day.${day}.short`)}</span>
          <DayLine rules={rules} before={before} day={day} />
        </div>
      ))}
      <HourTicks />
      {rules.some((rule) => !isPlain(rule)) && (
        <p className="strip-conditional soft" aria-hidden="true">
          <b data-conditional="true" /> {t("rule.conditional.legend")}
        </p>
      )}
    </div>
  );
}

interface DayLineProps {
  rules: readonly TimeRule[];
  before: readonly TimeRule[];
  day: NamedDay;
}

function DayLine({ rules, before, day }: DayLineProps) {
  const { t } = useWords();
  return (
    <span className="strip-line">
      {windowsOf(before, day).map((window) => (
        <i key={window.from} className="strip-before" style={placeOf(window)} />
      ))}
      {windowsOf(rules, day).map((window) => (
        <b key={window.from} data-conditional={window.conditional} style={placeOf(window)}>
          {window.maxStayMin !== null && window.to - window.from >= ROOM_MIN && (
            <small>
              {window.maxStayMin} {t("unit.minutes")}
            </small>
          )}
        </b>
      ))}
    </span>
  );
}

/** Hours 0 to 24 under the lines of a day. */
export function HourTicks() {
  const { lang } = useWords();
  return (
    <div className="strip-ticks" aria-hidden="true">
      {[0, 6, 12, 18, 24].map((hour) => (
        <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
          {clock(lang, hour)}
        </span>
      ))}
    </div>
  );
}

function placeOf({ from, to }: Window): { left: string; width: string } {
  return { left: `${(from / DAY_MIN) * 100}%`, width: `${((to - from) / DAY_MIN) * 100}%` };
}
