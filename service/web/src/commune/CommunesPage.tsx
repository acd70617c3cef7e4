/** All communes: their typical week in one line each, and the way to their month. */

import type { Communes, Status, Week, WeekItem } from "../api/types";
import { useResource } from "../api/use-resource";
import type { Resource } from "../api/use-resource";
import { Link } from "../app/Link";
import { Failure, Loading } from "../app/States";
import { useTitle } from "../app/use-title";
import { Share } from "../carte/FigureTable";
import { count, dayInWords, percent } from "../figures/format";
import { weekUrl } from "../figures/weeks";
import { weighted } from "../figures/weighted";
import type { Figure } from "../figures/weighted";
import { useWords } from "../phrases/phrases";

export function CommunesPage({ status }: { status: Status }) {
  const { t } = useWords();
  const communes = useResource<Communes>("/api/v1/communes");
  const hasFigures = status.first_on !== null;
  const week = useResource<Week>(weekUrl(status, "commune"));
  useTitle(t("nav.communes"));
  return (
    <article className="page">
      <h1>{t("communes.title")}</h1>
      {week.data && <Period week={week.data} />}
      <Outcome {...{ communes, week, hasFigures }} enough={status.enough_coverage} />
    </article>
  );
}

interface OutcomeProps {
  communes: Resource<Communes>;
  week: Resource<Week>;
  hasFigures: boolean;
  enough: number;
}

function Outcome({ communes, week, hasFigures, enough }: OutcomeProps) {
  const { t } = useWords();
  const failure = [communes, week].find((resource) => resource.problem);
  if (failure?.problem) return <Failure problem={failure.problem} retry={failure.reload} />;
  if (!communes.data || (hasFigures && !week.data)) return <Loading what={t("loading")} />;
  return <Rows communes={communes.data} week={week.data} enough={enough} />;
}

function Period({ week }: { week: Week }) {
  const { t, lang } = useWords();
  const values = { from: dayInWords(lang, week.from_on), to: dayInWords(lang, week.to_on) };
  return <p className="soft">{t("notes.period", values)}</p>;
}

function Rows({ communes, week, enough }: { communes: Communes; week: Week | null; enough: number }) {
  const { t, lang } = useWords();
  const items = new Map((week?.items ?? []).map((item) => [item.id, wholeWeek(item)]));
  const rows = communes.features
    .map(({ properties }) => properties)
    .toSorted((a, b) => a.name.localeCompare(b.name, "fr"));
  return (
    <div className="table-box">
      <table className="table">
        <caption className="sr-only">{t("communes.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("column.commune")}</th>
            <th scope="col">{t("column.occupancy")}</th>
            <th scope="col">{t("column.coverage")}</th>
            <th scope="col">{t("column.bays")}</th>
            <th scope="col">{t("column.population")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ insee, name, bays, population }) => {
            const figure = items.get(insee) ?? { occupancy: null, coverage: 0 };
            return (
              <tr key={insee}>
                <th scope="row">
                  <Link to={`/communes/${insee}`}>{name}</Link>
                </th>
                <td>
                  <Share row={figure} enough={enough} />
                </td>
                <td>{percent(lang, figure.coverage)}</td>
                <td>
                  <Link to={`/communes/${insee}/inventaire`}>
                    {count(lang, bays)} <span className="sr-only">{t("inventory.title", { name })}</span>
                  </Link>
                </td>
                <td>{count(lang, population)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The 168 hours of one commune as one figure. */
function wholeWeek({ occupancy, coverage, full }: WeekItem): Figure {
  return weighted(
    occupancy.map((share, hour) => ({
      occupancy: share,
      coverage: coverage[hour] ?? 0,
      full: full[hour] ?? null,
      capacity: 1,
    })),
  );
}
