/** The commune's named days, market or works, that rules refer to. */

import { useState } from "react";
import { Field } from "../app/Field";
import { dayInWords } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Calendar } from "./types";
import type { InventoryDesk } from "./use-inventory";

/** Days of a calendar that are listed; the others are counted. */
const MOST_DAYS = 6;

export function Calendars({ calendars, desk }: { calendars: readonly Calendar[]; desk: InventoryDesk }) {
  const { t } = useWords();
  return (
    <section className="calendars" aria-labelledby="calendars-title">
      <h3 id="calendars-title">{t("calendars.title")}</h3>
      <p className="soft">{t("calendars.lead")}</p>
      {calendars.length > 0 && (
        <ul>
          {calendars.map((one) => (
            <One key={one.name} one={one} desk={desk} />
          ))}
        </ul>
      )}
      <AddDay calendars={calendars} desk={desk} />
    </section>
  );
}

function One({ one: { name, days }, desk }: { one: Calendar; desk: InventoryDesk }) {
  const { t, lang, many } = useWords();
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const coming = days.filter(({ on }) => on >= today);
  return (
    <li>
      <div>
        <strong>{name}</strong> <span className="soft">{many("calendars.days", days.length)}</span>
        <p className="soft">
          {coming.length === 0
            ? t("calendars.past")
            : coming.slice(0, MOST_DAYS).map(({ on }) => dayInWords(lang, on)).join(", ")}
          {coming.length > MOST_DAYS && ` ${many("calendars.others", coming.length - MOST_DAYS)}`}
        </p>
      </div>
      <button
        type="button"
        className="link"
        disabled={desk.busy}
        onClick={() => void desk.keepCalendar(name, [])}
        aria-label={t("calendars.remove.of", { name })}
      >
        {t("calendars.remove")}
      </button>
    </li>
  );
}

function AddDay({ calendars, desk }: { calendars: readonly Calendar[]; desk: InventoryDesk }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [on, setOn] = useState("");
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const known = calendars.find((one) => one.name === name.trim())?.days ?? [];
    const others = known.filter((day) => day.on !== on);
    const days = [...others, { on, label: "" }].toSorted((a, b) => a.on.localeCompare(b.on));
    void desk.keepCalendar(name.trim(), days);
    setOn("");
  };
  return (
    <form className="calendar-form" onSubmit={submit}>
      <Field label={t("calendars.name")}>
        {(id) => (
          <>
            <input
              id={id}
              required
              maxLength={64}
              list={`${id}-known`}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <datalist id={`${id}-known`}>
              {calendars.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.name}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label={t("calendars.on")}>
        {(id) => <input id={id} type="date" required value={on} onChange={(event) => setOn(event.target.value)} />}
      </Field>
      <button type="submit" className="button" disabled={desk.busy}>
        {t("calendars.add")}
      </button>
    </form>
  );
}
