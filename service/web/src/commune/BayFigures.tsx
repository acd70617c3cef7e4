/** The bays that need attention first, then all of them. */

import { useState } from "react";
import type { CommuneBay, CommuneFigures } from "../api/types";
import { Link } from "../app/Link";
import { Share } from "../carte/FigureTable";
import { count, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { fullShare, reservedOf, shownShare } from "./reserved";

/** A bay that is full a third of the time turns deliveries away; a starting point for a talk, no rule. */
const OFTEN_FULL = 0.33;
const FIRST_ROWS = 8;

export function BayFigures({ figures, enough }: { figures: CommuneFigures; enough: number }) {
  const words = useWords();
  const { t, many } = words;
  const [all, setAll] = useState(false);
  const ranked = figures.bays.toSorted((a, b) => urgency(b, enough) - urgency(a, enough));
  const wanting = ranked.filter((bay) => reasonOf(bay, enough) !== null);
  const shown = all ? ranked : wanting.slice(0, FIRST_ROWS);
  return (
    <section className="bays" aria-labelledby="bays-title">
      <h2 id="bays-title">{t("bays.title")}</h2>
      <p className="soft">
        {wanting.length === 0 ? t("bays.none") : many("bays.count", wanting.length)}{" "}
        {reservedOf(figures) && t("bays.reserved")}
      </p>
      {shown.length > 0 && <Rows bays={shown} {...{ words, enough }} />}
      {figures.bays.length > 0 && (
        <button type="button" className="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("bays.fewer") : many("bays.all", figures.bays.length)}
        </button>
      )}
    </section>
  );
}

function Rows({ bays, words, enough }: { bays: readonly CommuneBay[]; words: Words; enough: number }) {
  const { t, lang } = words;
  return (
    <div className="table-box">
      <table className="table">
        <caption className="sr-only">{t("bays.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("column.bay")}</th>
            <th scope="col" className="reason">{t("column.reason")}</th>
            <th scope="col">{t("column.occupancy")}</th>
            <th scope="col">{t("column.full")}</th>
            <th scope="col">{t("column.coverage")}</th>
            <th scope="col">{t("column.stays")}</th>
            <th scope="col">{t("column.dwell")}</th>
          </tr>
        </thead>
        <tbody>
          {bays.map((bay) => (
            <tr key={bay.bay_id}>
              <th scope="row">
                <Link to={`/aires/${encodeURIComponent(bay.bay_id)}`}>{bay.name || bay.bay_id}</Link>
              </th>
              <td className="reason">{reasonInWords(words, bay, enough)}</td>
              <td>
                <Share row={{ ...bay, occupancy: shownShare(bay) }} enough={enough} />
              </td>
              <td>{percent(lang, fullShare(bay))}</td>
              <td>{percent(lang, bay.coverage)}</td>
              <td>{count(lang, bay.stays)}</td>
              <td>
                {count(lang, bay.dwell_median_min)} {bay.dwell_median_min !== null && t("unit.minutes")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Reason = "unseen" | "thin" | "full";

/** Why a bay needs attention; null where it does not. */
function reasonOf(bay: CommuneBay, enough: number): Reason | null {
  if (bay.occupancy === null) return "unseen";
  if (bay.coverage < enough) return "thin";
  return (fullShare(bay) ?? 0) >= OFTEN_FULL ? "full" : null;
}

/** Often full comes first, then what the cameras do not see. */
function urgency(bay: CommuneBay, enough: number): number {
  const reason = reasonOf(bay, enough);
  if (reason === "full") return 2 + (fullShare(bay) ?? 0);
  if (reason === null) return fullShare(bay) ?? 0;
  return reason === "unseen" ? 2 : 1.999 - bay.coverage / 1000;
}

function reasonInWords({ t, lang }: Words, bay: CommuneBay, enough: number): string {
  const reason = reasonOf(bay, enough);
  if (reason === null) return "";
  const said = t(`reason.${reason}`, {
    share: percent(lang, fullShare(bay)),
    coverage: percent(lang, bay.coverage),
  });
  const [main] = bay.unseen;
  if (reason === "full" || !main) return said;
  return t("reason.why", { reason: said, why: t(`unseen.${main.reason}`) });
}
