/** One commune and one month: key figures with their intervals, hours, classes, bays, downloads. */

import type { CommuneFigures, Status } from "../api/types";
import { useResource } from "../api/use-resource";
import type { Resource } from "../api/use-resource";
import { Link } from "../app/Link";
import { navigate, useAddress, withQuery } from "../app/location";
import { Failure, Loading } from "../app/States";
import { useTitle } from "../app/use-title";
import { monthInWords } from "../figures/format";
import { useWords } from "../phrases/phrases";
import { BayFigures } from "./BayFigures";
import { ClassMix } from "./ClassMix";
import { Exclusions } from "./Exclusions";
import { HoursChart } from "./HoursChart";
import { KeyFigures } from "./KeyFigures";
import { Lead } from "./Lead";
import { monthsBetween, usualMonth } from "./months";

export function CommunePage({ insee, status }: { insee: string; status: Status }) {
  const { t } = useWords();
  const address = useAddress();
  const months = monthsBetween(status.first_on, status.last_on);
  const month = address.searchParams.get("month") ?? usualMonth(months, status.last_on);
  return (
    <article className="page commune">
      <nav className="crumbs" aria-label={t("crumbs.label")}>
        <Link to="/communes">{t("nav.communes")}</Link>
      </nav>
      {month ? (
        <Month {...{ insee, month, months, status }} />
      ) : (
        <>
          <h1>{insee}</h1>
          <p>{t("commune.no_figures")}</p>
          <p>
            <Link to={`/communes/${insee}/inventaire`}>{t("commune.inventory")}</Link>
          </p>
        </>
      )}
    </article>
  );
}

interface MonthProps {
  insee: string;
  month: string;
  months: readonly string[];
  status: Status;
}

function Month({ insee, month, months, status }: MonthProps) {
  const { lang } = useWords();
  const figures = useResource<CommuneFigures>(
    `/api/v1/communes/${insee}/figures?month=${encodeURIComponent(month)}`,
  );
  const name = figures.data?.insee === insee ? figures.data.name : insee;
  useTitle(`${name}, ${monthInWords(lang, month)}`);
  return (
    <>
      <header className="commune-head">
        <h1>{name}</h1>
        <MonthPicker {...{ month, months }} />
      </header>
      <Outcome {...{ figures, status }} />
    </>
  );
}

function Outcome({ figures, status }: { figures: Resource<CommuneFigures>; status: Status }) {
  const { t } = useWords();
  const { data, problem, loading, reload } = figures;
  if (problem) return <Failure problem={problem} retry={reload} />;
  if (loading || !data) return <Loading what={t("commune.loading")} />;
  return <Figures {...{ status, reload }} figures={data} />;
}

interface FiguresProps {
  figures: CommuneFigures;
  status: Status;
  reload: () => void;
}

function Figures({ figures, status, reload }: FiguresProps) {
  const { t } = useWords();
  const enough = status.enough_coverage;
  return (
    <>
      <Lead figures={figures} enough={enough} />
      <Downloads insee={figures.insee} month={figures.month} />
      <KeyFigures figures={figures} enough={enough} />
      <HoursChart hours={figures.hours} enough={enough} />
      <ClassMix mix={figures.class_mix} />
      <BayFigures figures={figures} enough={enough} />
      <Exclusions figures={figures} onChange={reload} />
      <p className="soft map-link">
        <Link to={`/carte?commune=${figures.insee}`}>{t("commune.on_map")}</Link> ·{" "}
        <Link to={`/communes/${figures.insee}/inventaire`}>{t("commune.inventory")}</Link>
      </p>
    </>
  );
}

function MonthPicker({ month, months }: { month: string; months: readonly string[] }) {
  const { t, lang } = useWords();
  const address = useAddress();
  const go = (chosen: string) => navigate(withQuery(address, { month: chosen }));
  const listed = months.includes(month) ? months : [month, ...months];
  const at = listed.indexOf(month);
  return (
    <div className="month" role="group" aria-label={t("month.label")}>
      <StepButton label={t("month.before")} to={listed[at + 1]} go={go} sign="‹" />
      <select aria-label={t("month.label")} value={month} onChange={(event) => go(event.target.value)}>
        {listed.map((one) => (
          <option key={one} value={one}>
            {monthInWords(lang, one)}
          </option>
        ))}
      </select>
      <StepButton label={t("month.after")} to={listed[at - 1]} go={go} sign="›" />
    </div>
  );
}

interface StepProps {
  label: string;
  to: string | undefined;
  go: (month: string) => void;
  sign: string;
}

function StepButton({ label, to, go, sign }: StepProps) {
  return (
    <button type="button" aria-label={label} disabled={!to} onClick={() => to && go(to)}>
      {sign}
    </button>
  );
}

const FORMATS = ["pdf", "csv", "gpkg"] as const;

function Downloads({ insee, month }: { insee: string; month: string }) {
  const { t, lang } = useWords();
  return (
    <nav className="downloads" aria-label={t("download.label")}>
      <span className="soft">{t("download.label")}</span>
      {FORMATS.map((format) => (
        <a
          key={format}
          href={`/api/v1/communes/${insee}/report/${format}?month=${month}&lang=${lang}`}
          download
        >
          {t(`download.${format}`)}
        </a>
      ))}
    </nav>
  );
}

