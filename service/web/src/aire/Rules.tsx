/** The rule in force as a week, and those before it. */

import { WeekStrip } from "../charts/WeekStrip";
import { dayInWords } from "../figures/format";
import { isPlain, ruleInWords } from "../figures/rules";
import { useWords } from "../phrases/phrases";
import type { AireFigures, RulesThen } from "./types";

export function Rules({ figures }: { figures: AireFigures }) {
  const words = useWords();
  const { t, lang } = words;
  const now = figures.rule_history.at(-1);
  const past = figures.rule_history.slice(0, -1).toReversed();
  return (
    <section className="block" aria-labelledby="rule-title">
      <h2 id="rule-title">{t("aire.rule.title")}</h2>
      <p className="rule-now">{figures.rule_now[lang]}</p>
      <WeekStrip rules={figures.rules} label={t("aire.rule.title")} />
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
