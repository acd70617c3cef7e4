/** The officer's decision on a suggestion, and all that was decided before. */

import { useState } from "react";
import { Field } from "../app/Field";
import { Failure } from "../app/States";
import { KeyForm } from "../commune/Exclusions";
import { dayInWords, instantInWords } from "../figures/format";
import { TIME_ZONE } from "../figures/zone";
import { useWords } from "../phrases/phrases";
import { Documents } from "./Documents";
import type { Standing, Step, Whole } from "./types";
import { neededInWords } from "./Unchanged";
import type { DecisionDraft, Officer, Verdict } from "./use-officer";

/** What an officer may do next, by status. */
const CHOICES: Record<Standing, readonly Verdict[]> = {
  proposed: ["accepted", "refused", "more_data"],
  more_data: ["accepted", "refused"],
  accepted: ["adopted"],
  refused: [],
  adopted: [],
  expired: [],
};

export function DecisionPanel({ one, officer }: { one: Whole; officer: Officer }) {
  const { t } = useWords();
  const choices = one.status ? CHOICES[one.status] : [];
  return (
    <aside className="decision" aria-labelledby="decision-title">
      <h2 id="decision-title">{t("decision.title")}</h2>
      <p>{one.status ? t(`decision.now.${one.status}`) : t("decision.nothing")}</p>
      {officer.problem && <Failure problem={officer.problem} />}
      <p role="status" className="said">
        {officer.said && t(officer.said)}
      </p>
      {choices.length > 0 && <Desk choices={choices} one={one} officer={officer} />}
      <Documents one={one} open={officer.open} />
      <Leave officer={officer} />
      {one.trail.length > 0 && <Trail steps={one.trail} />}
    </aside>
  );
}

function Leave({ officer }: { officer: Officer }) {
  const { t } = useWords();
  return officer.open ? (
    <button type="button" className="link" onClick={officer.leave}>
      {t("exclusion.leave")}
    </button>
  ) : null;
}

interface ChooseProps {
  choices: readonly Verdict[];
  one: Whole;
  officer: Officer;
}

function Desk(props: ChooseProps) {
  const { officer, one } = props;
  return officer.open ? <Choose key={one.status} {...props} /> : <KeyForm enter={officer.enter} />;
}

function Choose({ choices, one, officer }: ChooseProps) {
  const { t } = useWords();
  const [to, setTo] = useState<Verdict | null>(null);
  const seen = one.status ?? "proposed";
  const send = (draft: DecisionDraft) => void officer.decide(one.id, draft);
  return (
    <div className="choose">
      <div className="choose-buttons">
        {choices.map((choice) => (
          <button
            key={choice}
            type="button"
            className={choice === "accepted" ? "button primary" : "button"}
            aria-expanded={to === choice}
            disabled={officer.busy}
            onClick={() => setTo(to === choice ? null : choice)}
          >
            {t(`decide.${choice}`)}
          </button>
        ))}
      </div>
      {to && <Form key={to} {...{ to, seen, one, send }} busy={officer.busy} />}
    </div>
  );
}

interface FormProps {
  to: Verdict;
  seen: Standing;
  one: Whole;
  send: (draft: DecisionDraft) => void;
  busy: boolean;
}

/** One line of text, and the date where a rule is adopted; a refusal must say why. */
function Form({ to, seen, one, send, busy }: FormProps) {
  const words = useWords();
  const { t } = words;
  const [reason, setReason] = useState("");
  const [on, setOn] = useState("");
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const said = reason.trim() ? { reason: reason.trim() } : {};
    send({ to, seen, ...said, ...(to === "adopted" ? { adopted_on: on } : {}) });
  };
  return (
    <form className="decide-form" onSubmit={submit}>
      {to === "more_data" && <p>{neededInWords(words, one.record.needs_days)}</p>}
      {to === "adopted" && (
        <Field label={t("decide.adopted_on")}>
          {(id) => (
            <input id={id} type="date" required value={on} onChange={(event) => setOn(event.target.value)} />
          )}
        </Field>
      )}
      <Field label={to === "refused" ? t("decide.reason") : t("decide.note")}>
        {(id) => (
          <input
            id={id}
            maxLength={200}
            required={to === "refused"}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <button type="submit" className="button primary" disabled={busy}>
        {t(`decide.${to}.confirm`)}
      </button>
    </form>
  );
}

function Trail({ steps }: { steps: readonly Step[] }) {
  const { t, lang } = useWords();
  return (
    <section className="trail" aria-labelledby="trail-title">
      <h3 id="trail-title">{t("trail.title")}</h3>
      <ol>
        {steps.map((step) => (
          <li key={step.id}>
            <strong>{t(`status.${step.to_status}`)}</strong>{" "}
            {step.adopted_on && t("trail.since", { date: dayInWords(lang, step.adopted_on) })}
            <span className="soft">
              {step.by_key ? step.by_name : t("trail.run")} · {instantInWords(lang, step.at, TIME_ZONE)}
            </span>
            {step.reason && step.by_key && <q>{step.reason}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}
