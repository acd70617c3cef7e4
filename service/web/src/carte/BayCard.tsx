/** The chosen bay: its rule in words and its figures at the chosen time. */

import { useEffect, useRef } from "react";
import type { BayFeature, BayWeek, CommuneFeature, Status, TimeRule } from "../api/types";
import { useResource } from "../api/use-resource";
import { Link } from "../app/Link";
import { count, dayInWords, percent } from "../figures/format";
import { calibrationsInWords, reasonsInWords, unseenShare } from "../figures/provenance";
import { ruleInWords } from "../figures/rules";
import { bayWeekUrl } from "../figures/weeks";
import { useWords } from "../phrases/phrases";
import type { Change } from "./CartePage";
import type { BayRow } from "./selection";
import { figureLines } from "./shades";

interface BayCardProps {
  bay: BayFeature;
  /** Its figures; null where the filters leave it out. */
  row: BayRow | null;
  status: Status;
  communes: readonly CommuneFeature[];
  change: Change;
  /** The bay chosen on the map last: its card is brought into view. */
  shown: string | null;
}

export function BayCard({ bay, row, status, communes, change, shown }: BayCardProps) {
  const words = useWords();
  const card = useRef<HTMLElement>(null);
  const { t, lang, many } = words;
  const { bay_id: id, name, commune, capacity, length_m: lengthM, bay_type: type } = bay.properties;
  const place = communes.find((one) => one.properties.insee === commune)?.properties.name;
  useEffect(() => {
    if (shown === id) card.current?.scrollIntoView({ block: "nearest" });
  }, [shown, id]);
  return (
    <section ref={card} className="bay-card" aria-labelledby="bay-name">
      <header>
        <h2 id="bay-name">{name || id}</h2>
        <button type="button" className="link" onClick={() => change({ bay: null, camera: null })}>
          {t("bay.close")}
        </button>
      </header>
      <p className="soft">
        <Link to={`/communes/${commune}`}>{place ?? commune}</Link> · {id} · {t(`type.${type}`)} ·{" "}
        {many("vehicles", capacity)} · {t("aire.kerb", { n: count(lang, lengthM, 1) })}
      </p>
      <p>{row ? figureLines(words, row).join(" · ") : t("bay.filtered")}</p>
      {isThin(row, status.enough_coverage) && <p className="thin">{t("coverage.thin")}</p>}
      <Rules rules={bay.properties.rules} />
      <RestsOn bay={id} status={status} />
      <p>
        <Link to={`/aires/${encodeURIComponent(id)}`}>{t("aire.open")}</Link>
      </p>
    </section>
  );
}

/** What the typical week rests on: double parking seen, why the rest was not, and by which calibration. */
function RestsOn({ bay, status }: { bay: string; status: Status }) {
  const words = useWords();
  const { t, lang, error } = words;
  const version = status.last_complete_slot_at;
  const { data, problem } = useResource<BayWeek>(bayWeekUrl(status, bay), { version });
  if (problem) return <p className="soft">{error(problem.code)}</p>;
  if (data?.id !== bay) return null;
  const share = unseenShare(data.unseen);
  const calibration = calibrationsInWords(words, data.calibrations);
  const doubleMin = Math.round(data.double_parked_s / 60);
  return (
    <div className="rests-on soft">
      <p>{t("bay.since", { from: dayInWords(lang, data.from_on) })}</p>
      <dl>
        {doubleMin > 0 && <Fact term={t("bay.double")} text={`${count(lang, doubleMin)} ${t("unit.minutes")}`} />}
        {share !== null && (
          <Fact
            term={t("bay.unseen")}
            text={t("bay.unseen.why", {
              share: percent(lang, share),
              reasons: reasonsInWords(words, data.unseen),
            })}
          />
        )}
      </dl>
      {calibration && <p>{calibration}</p>}
    </div>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Rules({ rules }: { rules: readonly TimeRule[] }) {
  const words = useWords();
  if (rules.length === 0) return <p className="soft">{words.t("rule.none")}</p>;
  return (
    <ul className="rules">
      {rules.map((rule, index) => (
        <li key={index}>{ruleInWords(words, rule)}</li>
      ))}
    </ul>
  );
}

function isThin(row: BayRow | null, enough: number): boolean {
  return row !== null && row.occupancy !== null && row.coverage < enough;
}
