/** Periods that are not counted, each with its reason: listed, added and undone by an officer. */

import { useId, useState } from "react";
import type { CommuneFigures } from "../api/types";
import { Field } from "../app/Field";
import { Failure } from "../app/States";
import { instantInWords } from "../figures/format";
import { TIME_ZONE } from "../figures/zone";
import { useWords } from "../phrases/phrases";
import { inForce } from "./exclusion";
import type { Draft, Exclusion } from "./exclusion";
import { useExclusions } from "./use-exclusions";
import type { OfficerDesk } from "./use-exclusions";

interface ExclusionsProps {
  figures: CommuneFigures;
  /** The figures changed: read them again. */
  onChange: () => void;
}

export function Exclusions({ figures, onChange }: ExclusionsProps) {
  const { t } = useWords();
  const desk = useExclusions(onChange);
  return (
    <section className="exclusions" aria-labelledby="exclusions-title">
      <h2 id="exclusions-title">{t("exclusion.title")}</h2>
      <p className="soft">{t("exclusion.lead")}</p>
      {desk.problem && <Failure problem={desk.problem} />}
      <p role="status" className="said">
        {desk.said && t(desk.said)}
      </p>
      {desk.open ? <Desk desk={desk} figures={figures} /> : <KeyForm enter={desk.enter} />}
    </section>
  );
}

function Desk({ desk, figures }: { desk: OfficerDesk; figures: CommuneFigures }) {
  const { t } = useWords();
  const names = new Map(figures.bays.map((bay) => [bay.bay_id, bay.name || bay.bay_id]));
  const nameOf = ({ bay_id: bay, device_id: device }: Exclusion) =>
    bay
      ? (names.get(bay) ?? bay)
      : (desk.devices.find((one) => one.id === device)?.name ?? device ?? "");
  return (
    <>
      <List list={inForce(desk.list, new Set(names.keys()))} nameOf={nameOf} undo={desk.undo} />
      <AddForm figures={figures} desk={desk} />
      <button type="button" className="link" onClick={desk.leave}>
        {t("exclusion.leave")}
      </button>
    </>
  );
}

export function KeyForm({ enter }: { enter: (key: string) => Promise<void> }) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  return (
    <form
      className="key-form"
      onSubmit={(event) => {
        event.preventDefault();
        void enter(typed.trim());
      }}
    >
      <Field label={t("exclusion.key")}>
        {(id) => (
          <input
            id={id}
            type="password"
            autoComplete="off"
            required
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <button type="submit" className="button">
        {t("exclusion.enter")}
      </button>
      <p className="soft">{t("exclusion.key.hint")}</p>
    </form>
  );
}

interface ListProps {
  list: readonly Exclusion[];
  nameOf: (exclusion: Exclusion) => string;
  undo: (id: number) => Promise<void>;
}

function List({ list, nameOf, undo }: ListProps) {
  const { t, lang } = useWords();
  if (list.length === 0) return <p className="soft">{t("exclusion.none")}</p>;
  return (
    <ul className="exclusion-list">
      {list.map((exclusion) => (
        <li key={exclusion.id}>
          <div>
            <strong>{nameOf(exclusion)}</strong>
            <span className="soft">
              {t("exclusion.span", {
                from: instantInWords(lang, exclusion.from, TIME_ZONE),
                to: instantInWords(lang, exclusion.to, TIME_ZONE),
              })}
            </span>
            <span>{exclusion.reason}</span>
          </div>
          <button type="button" className="button" onClick={() => void undo(exclusion.id)}>
            {t("exclusion.undo")}
          </button>
        </li>
      ))}
    </ul>
  );
}

function AddForm({ figures, desk }: { figures: CommuneFigures; desk: OfficerDesk }) {
  const { t } = useWords();
  const [draft, setDraft] = useState<Draft>(() => firstDraft(figures));
  const errorId = useId();
  const backwards = draft.from >= draft.to;
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (!backwards) void desk.add(draft).then(() => set({ reason: "" }));
  };
  return (
    <form className="add-form" onSubmit={submit}>
      <h3>{t("exclusion.add.title")}</h3>
      <Field label={t("exclusion.what")}>
        {(id) => (
          <select id={id} value={draft.what} onChange={(event) => set({ what: event.target.value })}>
            <Targets figures={figures} desk={desk} />
          </select>
        )}
      </Field>
      <Moment label={t("exclusion.from")} value={draft.from} onChange={(from) => set({ from })} />
      <Moment
        label={t("exclusion.to")}
        value={draft.to}
        onChange={(to) => set({ to })}
        errorId={backwards ? errorId : undefined}
      />
      <Field label={t("exclusion.reason")} wide>
        {(id) => (
          <input
            id={id}
            required
            maxLength={200}
            value={draft.reason}
            onChange={(event) => set({ reason: event.target.value })}
          />
        )}
      </Field>
      {backwards && (
        <p className="form-error" id={errorId}>
          {t("exclusion.backwards")}
        </p>
      )}
      <button type="submit" className="button primary">
        {t("exclusion.add")}
      </button>
    </form>
  );
}

function Targets({ figures, desk }: { figures: CommuneFigures; desk: OfficerDesk }) {
  const { t } = useWords();
  return (
    <>
      <optgroup label={t("exclusion.bays")}>
        {figures.bays.map((bay) => (
          <option key={bay.bay_id} value={`bay:${bay.bay_id}`}>
            {bay.name ? `${bay.name} (${bay.bay_id})` : bay.bay_id}
          </option>
        ))}
      </optgroup>
      {desk.devices.length > 0 && (
        <optgroup label={t("exclusion.devices")}>
          {desk.devices.map((device) => (
            <option key={device.id} value={`device:${device.id}`}>
              {device.name}
            </option>
          ))}
        </optgroup>
      )}
    </>
  );
}

interface MomentProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  errorId?: string | undefined;
}

function Moment({ label, value, onChange, errorId }: MomentProps) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="datetime-local"
          required
          value={value}
          aria-invalid={errorId !== undefined}
          aria-describedby={errorId}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** The month's first working-hours day of the first bay: something to change, never sent as it is. */
function firstDraft({ bays, period }: CommuneFigures): Draft {
  const what = bays[0] ? `bay:${bays[0].bay_id}` : "";
  return { what, from: `${period.from_on}T08:00`, to: `${period.from_on}T18:00`, reason: "" };
}
