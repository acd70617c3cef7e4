/** The page's one sentence: what the chosen time looks like, with the exact figures one click away. */

import { useState } from "react";
import type { CommuneFeature, Slot, Status } from "../api/types";
import { clock, instantInWords, percent } from "../figures/format";
import { TIME_ZONE } from "../figures/zone";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import type { Selection } from "./selection";
import type { CarteState } from "./state";

interface HeadlineProps {
  status: Status;
  state: CarteState;
  selection: Selection;
  communes: readonly CommuneFeature[];
  slot: Slot | null;
  enough: number;
}

export function Headline({ status, state, selection, communes, slot, enough }: HeadlineProps) {
  const words = useWords();
  const { t, lang } = words;
  const { total } = selection;
  const place = communes.find((one) => one.properties.insee === state.commune)?.properties.name;
  const where = place ? t("headline.in", { place }) : t("headline.everywhere");
  const only = state.vehicle && t("headline.class", { vehicle: t(`class.${state.vehicle}`) });
  const values = { where, when: whenInWords(words, state, slot), only: only ? ` ${only}` : "" };
  return (
    <div className="headline">
      <h1>{t("carte.title")}</h1>
      <p className="headline-sentence">
        {sentence(words, values, status.first_on !== null, total.occupancy, state.view === "week")}
      </p>
      <dl className="headline-exact">
        <Exact term={t("word.occupancy")} meaning={t("word.occupancy.meaning")}>
          {percent(lang, total.occupancy, 1)}
        </Exact>
        <Exact term={t("word.coverage")} meaning={t("word.coverage.meaning")}>
          {percent(lang, total.coverage)}
          {total.coverage < enough && <span className="thin"> {t("coverage.thin")}</span>}
        </Exact>
        <Exact term={t("word.full")} meaning={t("word.full.meaning")}>
          {percent(lang, total.full)}
        </Exact>
      </dl>
      {state.view === "slot" && slot && <Refreshed to={slot.to} />}
    </div>
  );
}

function Exact({ term, meaning, children }: { term: string; meaning: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>
        <details className="term">
          <summary>{term}</summary>
          <span className="term-meaning">{meaning}</span>
        </details>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Says that the last slot changed, once per change. */
function Refreshed({ to }: { to: string }) {
  const { t, lang } = useWords();
  const [first] = useState(to);
  return (
    <p className="sr-only" aria-live="polite">
      {to !== first && t("slot.refreshed", { when: instantInWords(lang, to, TIME_ZONE) })}
    </p>
  );
}

function whenInWords({ t, lang }: Words, { view, day, hour }: CarteState, slot: Slot | null): string {
  if (view === "week") {
    return t("when.week", { day: t(`day.${day}`), from: clock(lang, hour), to: clock(lang, hour + 1) });
  }
  if (!slot) return t("when.slot.waiting");
  return t("when.slot", { when: instantInWords(lang, slot.from, TIME_ZONE) });
}

function sentence(
  { t }: Words,
  values: Record<"where" | "when" | "only", string>,
  hasFigures: boolean,
  occupancy: number | null,
  usual: boolean,
): React.ReactNode {
  if (!hasFigures) return t("headline.no_figures");
  if (occupancy === null) return t("headline.unseen", values);
  const strong = inTen(t, occupancy);
  const [before = "", after = ""] = t(usual ? "headline.usual" : "headline.seen", {
    ...values,
    places: "\n",
  }).split("\n");
  return (
    <>
      {before}
      <strong>{strong}</strong>
      {after}
    </>
  );
}

/** "3 places sur 10 sont prises": the share as people say it. */
function inTen(t: Words["t"], occupancy: number): string {
  const tenths = Math.round(occupancy * 10);
  if (tenths === 0) return t("places.none");
  if (tenths === 10) return t("places.all");
  return tenths === 1 ? t("places.one") : t("places.some", { n: tenths });
}
