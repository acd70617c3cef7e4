/** The rule in force as a week, and those before it. */

import type { TimeRule } from "../api/types";
import { WeekStrip } from "../charts/WeekStrip";
import { dayInWords } from "../figures/format";
import { isConditional, ruleInWords } from "../figures/rules";
import { isPlain, ruleInWords } from "../figures/rules";
import { useWords } from "../phrases/phrases";
import type { AireFigures, RuleAt, RulesThen } from "./types";

export function Rules({ figures }: { figures: AireFigures }) {
  const { t, lang } = useWords();
  const now = figures.rule_history.at(-1);
  const past = figures.rule_history.slice(0, -1).toReversed();
  return (
    <section className="block" aria-labelledby="rule-title">
      <h2 id="rule-title">{t("aire.rule.title")}</h2>
      <p className="rule-now">{figures.rule_now.sentence[lang]}</p>
      <WeekStrip rules={figures.rules} label={t("aire.rule.title")} />
      <InWords rules={figures.rules} said={figures.rule_now} />
      {figures.rules.length === 0 ? (
        <p className="soft">{t("rule.none")}</p>
      ) : (
        <ul className="rules">
          {figures.rules.map((rule, index) => (
            <li key={index}>{(!isPlain(rule) && figures.rule_texts[index]?.[lang]) || ruleInWords(words, rule)}</li>
          ))}
        </ul>
      )}
      {now?.from_on && <p className="soft">{t("aire.rule.since", { from: dayInWords(lang, now.from_on) })}</p>}
      {past.length > 0 && (
        <details>
          <summary>{t("aire.rule.before")}</summary>
          {past.map((then) => (
            <Past key={then.until_on} then={then} />
          ))}
        </details>
      )}
    </section>
  );
}

/** The rules in a list; where some hold under conditions, in the service's own words. */
function InWords({ rules, said }: { rules: readonly TimeRule[]; said: RuleAt }) {
  const words = useWords();
  if (rules.length === 0) return <p className="soft">{words.t("rule.none")}</p>;
  if (rules.some(isConditional)) return <p>{said.rules_text[words.lang]}</p>;
  return (
    <ul className="rules">
      {rules.map((rule, index) => (
        <li key={index}>{ruleInWords(words, rule)}</li>
      ))}
    </ul>
  );
}

function Past({ then }: { then: RulesThen }) {
  const { t, lang } = useWords();
  const until = then.until_on ? dayInWords(lang, then.until_on) : "";
  const label = then.from_on
    ? t("aire.rule.from_until", { from: dayInWords(lang, then.from_on), until })
    : t("aire.rule.until", { until });
  return (
    <div className="past-rule">
      <h3 className="soft">{label}</h3>
      <WeekStrip rules={then.rules} label={label} />
      {then.rules.length === 0 && <p className="soft">{t("rule.none")}</p>}
    </div>
  );
}
