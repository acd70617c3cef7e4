/** What is counted: commune, bay type, vehicle class, and only figures seen for long enough. */

import { BAY_TYPES, VEHICLE_CLASSES } from "../api/types";
import type { CommuneFeature } from "../api/types";
import { Field } from "../app/Field";
import { percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Change } from "./CartePage";
import type { CarteState } from "./state";

interface FiltersProps {
  state: CarteState;
  change: Change;
  communes: readonly CommuneFeature[];
  enough: number;
}

export function Filters({ state, change, communes, enough }: FiltersProps) {
  const { t, lang } = useWords();
  const byName = communes
    .map(({ properties: { insee, name } }) => ({ value: insee, text: name }))
    .toSorted((a, b) => a.text.localeCompare(b.text, "fr"));
  const types = BAY_TYPES.map((value) => ({ value, text: t(`type.${value}`) }));
  const classes = VEHICLE_CLASSES.map((value) => ({ value, text: t(`class.${value}`) }));
  return (
    <section className="filters" aria-label={t("filters.label")}>
      <Choice
        label={t("filters.commune")}
        all={t("filters.commune.all")}
        value={state.commune}
        options={byName}
        onChoose={(commune) => change({ commune, bay: null, camera: null })}
      />
      <Choice
        label={t("filters.type")}
        all={t("filters.type.all")}
        value={state.bayType}
        options={types}
        onChoose={(bayType) => change({ bayType })}
      />
      <Choice
        label={t("filters.class")}
        all={t("filters.class.all")}
        value={state.vehicle}
        options={classes}
        onChoose={(vehicle) => change({ vehicle })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={state.enoughOnly}
          onChange={(event) => change({ enoughOnly: event.target.checked })}
        />
        {t("filters.enough", { share: percent(lang, enough) })}
      </label>
    </section>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  all: string;
  value: T | null;
  options: readonly { value: T; text: string }[];
  onChoose: (value: T | null) => void;
}

function Choice<T extends string>({ label, all, value, options, onChoose }: ChoiceProps<T>) {
  const choose = (text: string) =>
    onChoose(options.find((option) => option.value === text)?.value ?? null);
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value ?? ""} onChange={(event) => choose(event.target.value)}>
          <option value="">{all}</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
