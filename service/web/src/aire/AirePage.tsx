/** One bay: its rule, its week hour by hour, who stops there and for how long, what it rests on, what is proposed. */

import type { Status } from "../api/types";
import { useResource } from "../api/use-resource";
import type { Resource } from "../api/use-resource";
import { Link } from "../app/Link";
import { Failure, Loading } from "../app/States";
import { useTitle } from "../app/use-title";
import { weeksOf } from "../figures/weeks";
import { useWords } from "../phrases/phrases";
import { Demand } from "./Demand";
import { DwellTimes } from "./DwellTimes";
import { Head } from "./Head";
import { KeyFigures } from "./KeyFigures";
import { Lead } from "./Lead";
import { Quality } from "./Quality";
import { Rules } from "./Rules";
import { useAireState } from "./state";
import type { AireState, ChangeState } from "./state";
import { Suggestions } from "./Suggestions";
import { TypicalDay } from "./TypicalDay";
import type { AireFigures, SuggestionLines } from "./types";
import { Visitors } from "./Visitors";
import { WeekMap } from "./WeekMap";

export function AirePage({ bay, status }: { bay: string; status: Status }) {
  const { t } = useWords();
  const [state, change] = useAireState();
  const figures = useResource<AireFigures>(urlOf(bay, state, status), {
    version: status.last_complete_slot_at,
  });
  const known = figures.data?.bay_id === bay ? figures.data : null;
  useTitle(known?.name || bay);
  return (
    <article className="page aire">
      <nav className="crumbs" aria-label={t("crumbs.label")}>
        <Link to="/communes">{t("nav.communes")}</Link>
        {known && (
          <>
            {" › "}
            <Link to={`/communes/${known.commune.insee}`}>{known.commune.name}</Link>
          </>
        )}
      </nav>
      {known ? <Head {...{ figures: known, state, change, status }} /> : <h1>{bay}</h1>}
      <Outcome {...{ figures, known, state, change, status }} />
    </article>
  );
}

function urlOf(bay: string, { weeks, until }: AireState, status: Status): string {
  const query = new URLSearchParams({ weeks: String(weeks ?? weeksOf(status) ?? 1) });
  if (until) query.set("until", until);
  return `/api/v1/bays/${encodeURIComponent(bay)}/figures?${query}`;
}

interface OutcomeProps {
  figures: Resource<AireFigures>;
  /** The figures of this bay; those of another one are not shown. */
  known: AireFigures | null;
  state: AireState;
  change: ChangeState;
  status: Status;
}

function Outcome({ figures, known, state, change, status }: OutcomeProps) {
  const { t } = useWords();
  const { problem, reload } = figures;
  if (problem) return <Failure problem={problem} retry={reload} />;
  if (!known) return <Loading what={t("aire.loading")} />;
  return <Figures {...{ figures: known, state, change, status }} />;
}

interface FiguresProps {
  figures: AireFigures;
  state: AireState;
  change: ChangeState;
  status: Status;
}

function Figures({ figures, state, change, status }: FiguresProps) {
  const enough = status.enough_coverage;
  const suggestions = useResource<SuggestionLines>(
    `/api/v1/suggestions?bay=${encodeURIComponent(figures.bay_id)}`,
  );
  return (
    <>
      <Lead {...{ figures, enough }} />
      <KeyFigures figures={figures} />
      <div className="pair">
        <Rules figures={figures} />
        <div className="stack">
          <Suggestions suggestions={suggestions} />
          <Demand estimate={figures.estimate} />
        </div>
      </div>
      <WeekMap {...{ figures, enough }} />
      <DwellTimes dwell={figures.dwell} rules={figures.rules} {...{ state, change }} />
      <Visitors figures={figures} />
      <TypicalDay {...{ figures, state, change, enough }} />
      <Quality {...{ figures, enough }} />
    </>
  );
}
