/** Which bay it is, and the period that the figures are of. */

import type { Status } from "../api/types";
import { Link } from "../app/Link";
import { count, dayInWords } from "../figures/format";
import { weeksOf } from "../figures/weeks";
import { useWords } from "../phrases/phrases";
import { LENGTHS } from "./state";
import type { AireState, ChangeState } from "./state";
import type { AireFigures } from "./types";

interface HeadProps {
  figures: AireFigures;
  state: AireState;
  change: ChangeState;
  status: Status;
}

export function Head({ figures, state, change, status }: HeadProps) {
  const { t, lang, many } = useWords();
  const { bay_id: id, name, bay_type: type, capacity, length_m: lengthM } = figures;
  return (
    <header className="commune-head">
      <div className="aire-name">
        <h1>{name || id}</h1>
        <p>
          {t(`type.${type}`)} · {many("vehicles", capacity)} · {t("aire.kerb", { n: count(lang, lengthM, 1) })} ·{" "}
          <span className="soft">{id}</span>
        </p>
      </div>
      <div className="aire-tools">
        <Link to={`/carte?bay=${encodeURIComponent(id)}`}>{t("aire.on_map")}</Link>
        <PeriodChooser {...{ figures, state, change, status }} />
      </div>
    </header>
  );
}

function PeriodChooser({ figures, state, change, status }: HeadProps) {
  const { t, lang, many } = useWords();
  const { first_on: firstOn, last_on: lastOn } = status;
  const { from_on: from, to_on: to } = figures.period;
  const usual = weeksOf(status) ?? 1;
  const weeks = state.weeks ?? usual;
  const lengths = [...new Set([...LENGTHS, usual, weeks])].toSorted((a, b) => a - b);
  const move = (sign: 1 | -1) => {
    const until = shifted(to, sign * 7 * weeks);
    change({ until: lastOn && until >= lastOn ? null : until });
  };
  const span = { from: dayInWords(lang, from), to: dayInWords(lang, to) };
  return (
    <div className="month" role="group" aria-label={t("period.label")} title={t("commune.period", span)}>
      <button
        type="button"
        aria-label={t("period.before")}
        disabled={!firstOn || from <= firstOn}
        onClick={() => move(-1)}
      >
        ‹
      </button>
      <select
        aria-label={t("period.label")}
        value={weeks}
        onChange={(event) => change({ weeks: chosen(Number(event.target.value), usual) })}
      >
        {lengths.map((length) => (
          <option key={length} value={length}>
            {many("period.weeks", length)}
          </option>
        ))}
      </select>
      <button
        type="button"
        aria-label={t("period.after")}
        disabled={!lastOn || to >= lastOn}
        onClick={() => move(1)}
      >
        ›
      </button>
    </div>
  );
}

function chosen(weeks: number, usual: number): number | null {
  return weeks === usual ? null : weeks;
}

function shifted(on: string, days: number): string {
  return new Date(Date.parse(`${on}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
