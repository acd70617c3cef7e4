/** The inbox of suggestions: ranked, by commune, status and grade. */

import { useResource } from "../api/use-resource";
import { Field } from "../app/Field";
import { Link } from "../app/Link";
import { navigate, useAddress, withQuery } from "../app/location";
import { Failure, Loading } from "../app/States";
import { useTitle } from "../app/use-title";
import { count, dayInWords } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { Ranked } from "./Ranked";
import { Plans } from "./Plans";
import { countOf, inboxUrl, isWaiting, readState, TABS } from "./state";
import type { InboxState } from "./state";
import { GRADES } from "./types";
import type { Inbox, Item } from "./types";
import { Unchanged } from "./Unchanged";

type Change = (values: Record<string, string | null>) => void;

export function PropositionsPage() {
  const { t } = useWords();
  const address = useAddress();
  const state = readState(address.searchParams);
  const inbox = useResource<Inbox>(inboxUrl(state));
  useTitle(t("propositions.title"));
  const change: Change = (values) => navigate(withQuery(address, values));
  return (
    <article className="page propositions">
      <h1>{t("propositions.title")}</h1>
      {inbox.problem && <Failure problem={inbox.problem} retry={inbox.reload} />}
      {!inbox.data && !inbox.problem && <Loading what={t("propositions.loading")} />}
      {inbox.data && <Contents {...{ state, change }} inbox={inbox.data} stale={inbox.loading} />}
    </article>
  );
}

interface ContentsProps {
  inbox: Inbox;
  state: InboxState;
  change: Change;
  /** A newer answer is on its way. */
  stale: boolean;
}

function Contents({ inbox, state, change, stale }: ContentsProps) {
  const { t } = useWords();
  if (inbox.runs.length === 0) return <NoRun />;
  const names = new Map(inbox.runs.map((run) => [run.commune, run.commune_name]));
  const open = state.tab === "open";
  const shown = open ? inbox.items.filter((item) => isWaiting(item.status)) : inbox.items;
  return (
    <div className="inbox-box" aria-busy={stale}>
      <Lead inbox={inbox} state={state} shown={shown} />
      <div className="inbox-filters">
        <Tabs inbox={inbox} state={state} />
        <Filters {...{ inbox, state, change }} />
      </div>
      {shown.length > 0 ? (
        <Ranked items={shown} names={names} />
      ) : (
        <p className="inbox-none">{t(`propositions.none.${state.tab}`)}</p>
      )}
      {open && <Unchanged items={inbox.items} />}
      {open && <PlansOf inbox={inbox} commune={state.commune} />}
    </div>
  );
}

/** Plans are of one commune: shown where one is chosen, or where there is only one. */
function PlansOf({ inbox, commune }: { inbox: Inbox; commune: string | null }) {
  const chosen = commune ?? (inbox.runs.length === 1 ? inbox.runs[0]?.commune : null);
  const plans = inbox.runs.find((run) => run.commune === chosen)?.commune_plans ?? [];
  return plans.length > 0 ? <Plans plans={plans} /> : null;
}

function Lead({ inbox, state, shown }: { inbox: Inbox; state: InboxState; shown: readonly Item[] }) {
  const words = useWords();
  const { t, lang, many } = words;
  const runs = inbox.runs.filter((run) => state.commune === null || run.commune === state.commune);
  const last = runs.map((run) => run.last_on).toSorted().at(-1);
  const first = runs.map((run) => run.first_on).toSorted()[0];
  return (
    <div className="lead">
      <p className="lead-sentence">
        {many("propositions.lead", countOf("open", inbox.counts))}{" "}
        {state.tab === "open" && together(words, shown)}
      </p>
      {first && last && (
        <p className="soft">
          {t("propositions.period", { from: dayInWords(lang, first), to: dayInWords(lang, last) })}
        </p>
      )}
    </div>
  );
}

/** What all of them would bring, the hours that residents lose as well as those that they win. */
function together({ many }: Words, items: readonly Item[]): string {
  const sum = (field: "unserved_per_day" | "resident_hours_per_week") =>
    Math.round(items.reduce((total, item) => total + (item.effect?.[field].mean ?? 0), 0));
  const [deliveries, hours] = [-sum("unserved_per_day"), sum("resident_hours_per_week")];
  const way = hours > 0 ? "more" : "fewer";
  const parts = [
    deliveries > 0 ? many("propositions.lead.deliveries", deliveries) : "",
    hours === 0 ? "" : many(`propositions.lead.residents.${way}`, Math.abs(hours)),
  ];
  return parts.join(" ");
}

function Tabs({ inbox, state }: { inbox: Inbox; state: InboxState }) {
  const { t, lang } = useWords();
  const address = useAddress();
  const to = (tab: string) => withQuery(address, { status: tab === "open" ? null : tab });
  return (
    <nav className="tabs" aria-label={t("propositions.tabs")}>
      {TABS.map((tab) => (
        <Link key={tab} to={to(tab)} aria-current={tab === state.tab ? "page" : undefined}>
          {t(`tab.${tab}`)} <span>{count(lang, countOf(tab, inbox.counts))}</span>
        </Link>
      ))}
    </nav>
  );
}

function Filters({ inbox, state, change }: Omit<ContentsProps, "stale">) {
  const { t } = useWords();
  return (
    <div className="inbox-selects">
      <Field label={t("filters.commune")}>
        {(id) => (
          <select
            id={id}
            value={state.commune ?? ""}
            onChange={(event) => change({ commune: event.target.value || null })}
          >
            <option value="">{t("filters.commune.all")}</option>
            {inbox.runs.map((run) => (
              <option key={run.commune} value={run.commune}>
                {run.commune_name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("column.grade")}>
        {(id) => (
          <select
            id={id}
            value={state.grade ?? ""}
            onChange={(event) => change({ grade: event.target.value || null })}
          >
            <option value="">{t("filters.grade.all")}</option>
            {GRADES.map((grade) => (
              <option key={grade} value={grade}>
                {grade}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

/** Nothing was computed yet: the command that does it. */
function NoRun() {
  const { t } = useWords();
  return (
    <div className="state-empty">
      <p>{t("propositions.empty")}</p>
      <pre>
        <code>airelib suggestions run --commune INSEE</code>
      </pre>
    </div>
  );
}
