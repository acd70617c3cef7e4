/** One suggestion: what it changes, how sure that is, why, what speaks against it, and the officer's decision. */

import { useResource } from "../api/use-resource";
import { Link } from "../app/Link";
import { Failure, Loading } from "../app/States";
import { useTitle } from "../app/use-title";
import { count, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import { DecisionPanel } from "./DecisionPanel";
import { Effects } from "./Effects";
import { Evidence } from "./Evidence";
import { GradeBadge } from "./GradeBadge";
import { Provenance } from "./Provenance";
import { Alternatives, Assumptions, Considerants, Neighbours, ReasonsNot } from "./Reasons";
import { rulesInWords } from "./rules";
import { chanceInWords, deliveriesInWords, gradeMeaning, residentsInWords } from "./sentences";
import type { Whole } from "./types";
import { neededInWords } from "./Unchanged";
import { useOfficer } from "./use-officer";
import { WeekStrip } from "./WeekStrip";
import { WhatIf } from "./WhatIf";

export function PropositionPage({ id }: { id: string }) {
  const { t } = useWords();
  const found = useResource<Whole>(`/api/v1/suggestions/${id}`);
  const one = found.data;
  useTitle(titleOf(t("proposition.title"), one));
  return (
    <article className="page proposition">
      <nav className="crumbs" aria-label={t("crumbs.label")}>
        <Link to="/propositions">{t("propositions.title")}</Link>
      </nav>
      {found.problem && <Failure problem={found.problem} retry={found.reload} />}
      {!one && !found.problem && <Loading what={t("proposition.loading")} />}
      {one && <Contents one={one} reload={found.reload} />}
    </article>
  );
}

function titleOf(title: string, one: Whole | null): string {
  return one ? `${title}, ${one.name || one.bay_id}` : title;
}

function Contents({ one, reload }: { one: Whole; reload: () => void }) {
  const officer = useOfficer(reload);
  const { record } = one;
  return (
    <>
      <Head one={one} />
      <Lead one={one} />
      <div className="proposition-columns">
        <div className="proposition-main">
          <WeekStrip now={record.rule_now} next={record.rules_new} />
          {record.effect && <Effects effect={record.effect} />}
          <WhatIf key={one.id} one={one} />
          <Evidence evidence={record.evidence} one={one} />
          <ReasonsNot reasons={record.reasons_not} />
          <Alternatives alternatives={record.alternatives} />
          <Neighbours neighbours={one.neighbours} />
          <Assumptions assumptions={record.assumptions} />
          <Considerants text={record.considerants} />
        </div>
        <DecisionPanel one={one} officer={officer} />
      </div>
      <Provenance one={one} officer={officer} />
    </>
  );
}

function Head({ one }: { one: Whole }) {
  const { t, lang, many } = useWords();
  const { bay } = one;
  return (
    <header className="proposition-head">
      <h1>{one.name || one.bay_id}</h1>
      {one.status && (
        <span className="status" data-status={one.status}>
          {t(`status.${one.status}`)}
        </span>
      )}
      <p className="soft">
        <Link to={`/communes/${one.commune}`}>{one.commune_name}</Link> ·{" "}
        <Link to={`/aires/${encodeURIComponent(one.bay_id)}`}>{one.bay_id}</Link> ·{" "}
        {t(`type.${bay.bay_type}`)} · {many("vehicles", bay.capacity)} · {count(lang, bay.length_m, 1)} m
      </p>
      {one.standing !== null && (
        <p>
          <Link to={`/propositions/${one.standing}`}>{t("proposition.newer")}</Link>
        </p>
      )}
    </header>
  );
}

function Lead({ one }: { one: Whole }) {
  const words = useWords();
  const { t } = words;
  const { decision, rule_now, rules_new, effect } = one.record;
  const now = rulesInWords(words, rule_now, true).join(" ; ") || t("rule.none");
  if (decision !== "change" || !effect) return <NoChange one={one} now={now} />;
  const next = rulesInWords(words, rules_new ?? [], true).join(" ; ");
  return (
    <div className="lead">
      <p className="lead-sentence">
        {next ? t("proposition.reserve", { next, now }) : t("proposition.open_all", { now })}
      </p>
      <p className="lead-effect">
        {deliveriesInWords(words, effect)} {residentsInWords(words, effect)}
      </p>
      <Certainty one={one} />
    </div>
  );
}

function NoChange({ one, now }: { one: Whole; now: string }) {
  const words = useWords();
  const { t } = words;
  const waits = one.decision === "need_data";
  return (
    <div className="lead">
      <p className="lead-sentence">
        {waits ? t("proposition.need_data") : t("proposition.keep", { now })}
      </p>
      {waits && <p className="lead-effect">{neededInWords(words, one.needs_days)}</p>}
      {waits && <Certainty one={one} />}
    </div>
  );
}

function Certainty({ one }: { one: Whole }) {
  const words = useWords();
  const { t, lang, many } = words;
  const { grade, p_gain: pGain, record } = one;
  return (
    <div className="certainty">
      <GradeBadge grade={grade} />
      <p>
        {pGain !== null && t("proposition.chance", { chance: chanceInWords(words, pGain) })}{" "}
        {grade && gradeMeaning(words, grade)}{" "}
        <span className="soft">
          {many("proposition.seen", record.seen_days, { coverage: percent(lang, record.coverage) })}
        </span>
      </p>
    </div>
  );
}
