/** Coherent sets of changes for a commune: how much fewer different rules cost. */

import { count, percent } from "../figures/format";
import { useWords } from "../phrases/phrases";
import { rulesInWords } from "./rules";
import type { Plan } from "./types";

export function Plans({ plans }: { plans: readonly Plan[] }) {
  const words = useWords();
  const { t, lang } = words;
  return (
    <section className="plans" aria-labelledby="plans-title">
      <h2 id="plans-title">{t("plans.title")}</h2>
      <p className="soft">{t("plans.lead")}</p>
      <div className="table-box" role="group" aria-labelledby="plans-title" tabIndex={0}>
        <table className="table">
          <caption className="sr-only">{t("plans.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("plans.templates")}</th>
              <th scope="col" className="reason">
                {t("plans.rules")}
              </th>
              <th scope="col">{t("plans.changes")}</th>
              <th scope="col">{t("plans.share")}</th>
            </tr>
          </thead>
          <tbody>
            {plans.map((plan) => (
              <tr key={plan.max_templates}>
                <th scope="row">{count(lang, plan.max_templates)}</th>
                <td className="reason">
                  {plan.templates.map((rules, index) => (
                    <p key={index}>{rulesInWords(words, rules).join(" ; ") || t("rule.none")}</p>
                  ))}
                </td>
                <td>{count(lang, plan.changes)}</td>
                <td>{plan.gain_free > 0 ? percent(lang, plan.gain / plan.gain_free) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
