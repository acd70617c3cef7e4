/** What a suggestion was computed from, so that anyone can compute it again. */

import { Failure } from "../app/States";
import { count, dayInWords, instantInWords } from "../figures/format";
import { TIME_ZONE } from "../figures/zone";
import { useWords } from "../phrases/phrases";
import type { Recomputed, Run, Whole } from "./types";
import type { Officer } from "./use-officer";

/** Characters of a hash that are shown; the whole stands in its title. */
const SHORT = 16;

export function Provenance({ one, officer }: { one: Whole; officer: Officer }) {
  const { t } = useWords();
  return (
    <section className="made-from" aria-labelledby="made-from-title">
      <h2 id="made-from-title">{t("made_from.title")}</h2>
      <Facts run={one.run} />
      <div className="recompute">
        {officer.open ? (
          <button
            type="button"
            className="button"
            disabled={officer.busy}
            onClick={() => void officer.recompute(one.id)}
          >
            {officer.busy ? t("recompute.busy") : t("recompute.do")}
          </button>
        ) : (
          <p className="soft">{t("recompute.key")}</p>
        )}
        <p role="status">{officer.recomputed && <Outcome found={officer.recomputed} />}</p>
        {officer.problem && officer.open && <Failure problem={officer.problem} />}
      </div>
    </section>
  );
}

function Facts({ run }: { run: Run }) {
  const { t, lang } = useWords();
  const weights = Object.entries(run.weights).map(([name, points]) => `${name} ${count(lang, points, 2)}`);
  const rows = [
    ["period", t("notes.period.days", { from: dayInWords(lang, run.first_on), to: dayInWords(lang, run.last_on) })],
    ["made", instantInWords(lang, run.made_at, TIME_ZONE)],
    ["engine", run.engine_version],
    ["data", run.data_hash.slice(0, SHORT)],
    ["seed", String(run.seed)],
    ["weights", t("made_from.weights_by", { who: run.weights_by, weights: weights.join(", ") })],
  ] as const;
  return (
    <dl className="made-from-facts">
      {rows.map(([name, text]) => (
        <div key={name}>
          <dt>{t(`made_from.${name}`)}</dt>
          <dd title={name === "data" ? run.data_hash : undefined}>
            {name === "data" ? <code>{text}…</code> : text}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Outcome({ found }: { found: Recomputed }) {
  const { t } = useWords();
  if (found.equal) return <strong className="equal">{t("recompute.equal")}</strong>;
  const why =
    found.data_hash === found.data_hash_now
      ? t("recompute.differs", { fields: found.differences.join(", ") })
      : t("recompute.new_data");
  return (
    <>
      <strong>{t("recompute.not_equal")}</strong> {why}
    </>
  );
}
