/** What speaks against a suggestion, what else was weighed, whom it touches, and what it rests on. */

import { useState } from "react";
import { Link } from "../app/Link";
import { percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { rulesInWords } from "./rules";
import { chanceInWords, MAIN_QUANTITIES, shownRange, signed } from "./sentences";
import type { Alternative, Assumption, Said, Whole } from "./types";

export function ReasonsNot({ reasons }: { reasons: readonly Said[] }) {
  const { t, lang } = useWords();
  return (
    <section className="reasons-not" aria-labelledby="reasons-title">
      <h2 id="reasons-title">{t("reasons.title")}</h2>
      {reasons.length === 0 && <p className="soft">{t("reasons.none")}</p>}
      <ul>
        {reasons.map((reason) => (
          <li key={reason.code}>{reason[lang]}</li>
        ))}
      </ul>
    </section>
  );
}

export function Alternatives({ alternatives }: { alternatives: readonly Alternative[] }) {
  const words = useWords();
  const { t, lang } = words;
  if (alternatives.length === 0) return null;
  return (
    <section className="alternatives" aria-labelledby="alternatives-title">
      <h2 id="alternatives-title">{t("alternatives.title")}</h2>
      <div className="table-box" role="group" aria-labelledby="alternatives-title" tabIndex={0}>
        <table className="table">
          <caption className="sr-only">{t("alternatives.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("alternatives.rule")}</th>
              {MAIN_QUANTITIES.map(({ name }) => (
                <th key={name} scope="col">
                  {t(`ranked.${name}`)}
                </th>
              ))}
              <th scope="col">{t("ranked.chance")}</th>
            </tr>
          </thead>
          <tbody>
            {alternatives.map((one, index) => (
              <tr key={index}>
                <th scope="row">{rulesInWords(words, one.rules).join(" ; ") || t("rule.none")}</th>
                {MAIN_QUANTITIES.map((quantity) => (
                  <td key={quantity.name}>
                    {signed(lang, shownRange(quantity, one.effect).mean, quantity.digits)}
                  </td>
                ))}
                <td>{chanceInWords(words, one.p_gain)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function Neighbours({ neighbours }: { neighbours: Whole["neighbours"] }) {
  const { t } = useWords();
  if (neighbours.length === 0) return null;
  return (
    <section className="neighbours" aria-labelledby="neighbours-title">
      <h2 id="neighbours-title">{t("neighbours.title")}</h2>
      <p>{t("neighbours.lead")}</p>
      <ul>
        {neighbours.map((bay) => (
          <li key={bay.bay_id}>
            <Link to={`/aires/${encodeURIComponent(bay.bay_id)}`}>{bay.name || bay.bay_id}</Link>{" "}
            <span className="soft">{bay.bay_id}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Assumptions({ assumptions }: { assumptions: readonly Assumption[] }) {
  const words = useWords();
  const { t } = words;
  if (assumptions.length === 0) return null;
  return (
    <section className="assumptions" aria-labelledby="assumptions-title">
      <h2 id="assumptions-title">{t("assumptions.title")}</h2>
      <p className="soft">{t("assumptions.lead")}</p>
      <ul>
        {assumptions.map((one) => (
          <li key={one.name}>
            {assumptionInWords(words, one)} <span className="source">{t(`source.${one.source}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function assumptionInWords({ t, lang }: Words, { name, mean, p05, p95 }: Assumption): string {
  return t(`assumption.${name}`, {
    share: percent(lang, mean),
    low: percent(lang, p05),
    high: percent(lang, p95),
  });
}

export function Considerants({ text }: { text: Said | null }) {
  const { t, lang } = useWords();
  const [copied, setCopied] = useState(false);
  if (text === null) return null;
  const copy = () => void navigator.clipboard.writeText(text[lang]).then(() => setCopied(true));
  return (
    <section className="considerants" aria-labelledby="considerants-title">
      <h2 id="considerants-title">{t("considerants.title")}</h2>
      <p className="soft">{t("considerants.lead")}</p>
      <blockquote>{text[lang]}</blockquote>
      <p className="considerants-copy">
        <button type="button" className="link" onClick={copy}>
          {t("considerants.copy")}
        </button>{" "}
        <span role="status" className="soft">
          {copied && t("considerants.copied")}
        </span>
      </p>
    </section>
  );
}
