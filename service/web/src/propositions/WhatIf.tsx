/** The what-if editor: move the edges of a window or the maximum stay, and the effect follows. */

import { useState } from "react";
import { Field } from "../app/Field";
import { navigate, useAddress, withQuery } from "../app/location";
import { Failure, Loading } from "../app/States";
import { useWords } from "../phrases/phrases";
import { EffectRows } from "./Effects";
import { daysInWords } from "./rules";
import type { Group, Window } from "./rules";
import { chanceInWords, deliveriesInWords, residentsInWords } from "./sentences";
import type { Whole } from "./types";
import {
  anotherWindow,
  editableGroups,
  MAX_STAYS,
  MAX_WINDOWS,
  readGroups,
  useAnswer,
  writeGroups,
} from "./what-if";
import type { Asked } from "./what-if";
import { WindowSlider } from "./WindowSlider";

const QUERY = "if";

/* Coming near the editor asks once about the rule as it stands: the service has the estimates ready when a slider moves. */

export function WhatIf({ one }: { one: Whole }) {
  const { t } = useWords();
  const address = useAddress();
  const { rule_now: now, rules_new: next } = one.record;
  const edited = readGroups(address.searchParams.get(QUERY));
  const groups = edited ?? editableGroups(next ?? now, now);
  const [near, setNear] = useState(false);
  const asked = useAnswer(one.bay_id, edited ?? (near ? groups : null));
  const change = (changed: readonly Group[] | null) =>
    navigate(withQuery(address, { [QUERY]: changed && writeGroups(changed) }), { replace: true });
  return (
    <section
      className="what-if"
      aria-labelledby="what-if-title"
      onFocus={() => setNear(true)}
      onPointerEnter={() => setNear(true)}
    >
      <h2 id="what-if-title">{t("what_if.title")}</h2>
      <p className="soft">{t("what_if.lead")}</p>
      <div className="what-if-days">
        {groups.map((group, index) => (
          <Days
            key={group.days.join()}
            group={group}
            onChange={(windows) => change(groups.with(index, { ...group, windows }))}
          />
        ))}
      </div>
      <p className="what-if-tools">
        <button type="button" className="link" onClick={() => change(editableGroups(now, next ?? now))}>
          {t("what_if.from_now")}
        </button>
        {edited && (
          <button type="button" className="link" onClick={() => change(null)}>
            {next ? t("what_if.reset") : t("what_if.close")}
          </button>
        )}
      </p>
      {edited && <Outcome asked={asked} />}
    </section>
  );
}

interface DaysProps {
  group: Group;
  onChange: (windows: readonly Window[]) => void;
}

function Days({ group: { days, windows }, onChange }: DaysProps) {
  const words = useWords();
  const { t } = words;
  const another = windows.length < MAX_WINDOWS ? anotherWindow(windows) : null;
  const name = daysInWords(words, days);
  const ordered = (changed: readonly Window[]) => onChange(changed.toSorted((a, b) => a.from - b.from));
  return (
    <div className="what-if-group" role="group" aria-label={name} data-empty={windows.length === 0}>
      <strong>{name}</strong>
      {windows.length === 0 && <p className="soft">{t("what_if.shared")}</p>}
      {windows.map((window, index) => (
        <div className="what-if-window" key={index}>
          <WindowSlider
            window={window}
            low={windows[index - 1]?.to ?? 0}
            high={windows[index + 1]?.from ?? 1440}
            name={name}
            onChange={(changed) => onChange(windows.with(index, changed))}
          />
          <MaxStay window={window} onChange={(changed) => onChange(windows.with(index, changed))} />
          <button
            type="button"
            className="link"
            onClick={() => onChange(windows.filter((_, other) => other !== index))}
          >
            {t("what_if.remove")}
            <span className="sr-only"> ({name})</span>
          </button>
        </div>
      ))}
      {another && (
        <button type="button" className="link" onClick={() => ordered([...windows, another])}>
          {t("what_if.add")}
          <span className="sr-only"> ({name})</span>
        </button>
      )}
    </div>
  );
}

function MaxStay({ window, onChange }: { window: Window; onChange: (window: Window) => void }) {
  const { t } = useWords();
  const known: readonly number[] = MAX_STAYS;
  const limit = window.max_stay_min;
  const offered = limit === null || known.includes(limit) ? known : [...known, limit].toSorted((a, b) => a - b);
  return (
    <Field label={t("what_if.max_stay")}>
      {(id) => (
        <select
          id={id}
          value={limit ?? 0}
          onChange={(event) => onChange({ ...window, max_stay_min: Number(event.target.value) || null })}
        >
          {offered.map((minutes) => (
            <option key={minutes} value={minutes}>
              {minutes} {t("unit.minutes")}
            </option>
          ))}
          <option value={0}>{t("what_if.no_limit")}</option>
        </select>
      )}
    </Field>
  );
}

function Outcome({ asked: { answer, problem, waiting } }: { asked: Asked }) {
  const words = useWords();
  const { t } = words;
  if (problem && !waiting) return <Failure problem={problem} />;
  if (!answer) return <Loading what={t("what_if.first")} />;
  return (
    <div className="what-if-outcome" data-waiting={waiting} aria-busy={waiting}>
      <p role="status">
        <strong>{deliveriesInWords(words, answer.effect)}</strong> {residentsInWords(words, answer.effect)}{" "}
        {t("proposition.chance", { chance: chanceInWords(words, answer.p_gain) })}
      </p>
      <EffectRows effect={answer.effect} />
    </div>
  );
}
