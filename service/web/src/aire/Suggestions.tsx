/** What is proposed for the bay, each with the way to what explains it. */

import type { Resource } from "../api/use-resource";
import { Link } from "../app/Link";
import { Failure, Loading } from "../app/States";
import { percent } from "../figures/format";
import { ruleInWords } from "../figures/rules";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import type { SuggestionLine, SuggestionLines } from "./types";

export function Suggestions({ suggestions }: { suggestions: Resource<SuggestionLines> }) {
  const { t } = useWords();
  const { data, problem, loading, reload } = suggestions;
  return (
    <section className="block" aria-labelledby="suggestions-title">
      <h2 id="suggestions-title">{t("aire.suggestions.title")}</h2>
      {problem && <Failure problem={problem} retry={reload} />}
      {!problem && loading && <Loading what={t("loading")} />}
      {!problem && !loading && data && <Lines items={data.items} />}
    </section>
  );
}

function Lines({ items }: { items: readonly SuggestionLine[] }) {
  const words = useWords();
  const { t } = words;
  if (items.length === 0) return <p className="soft">{t("aire.suggestions.none")}</p>;
  return (
    <ul className="suggestion-lines">
      {items.map((item) => (
        <li key={item.id}>
          <Link to={`/propositions/${item.id}`}>{t(`aire.decision.${item.decision}`)}</Link>
          {item.rules_new?.map((rule, index) => (
            <p key={index}>{ruleInWords(words, rule)}</p>
          ))}
          <p className="soft">{sureness(words, item)}</p>
        </li>
      ))}
    </ul>
  );
}

/** How sure the proposal is and where it stands; nothing is said of what is not known. */
function sureness(words: Words, item: SuggestionLine): string {
  const { t, many } = words;
  const { p_gain: gain, grade, status, needs_days: days } = item;
  const said = [
    gain === null ? "" : gainInWords(words, gain),
    grade === null ? "" : t("aire.suggestion.grade", { grade }),
    status === null ? "" : t(`aire.status.${status}`),
    days === null ? "" : many("aire.suggestion.days", days),
  ];
  return said.filter(Boolean).join(" · ");
}

/** Nothing is certain: what rounds to all is said to be above 99 %. */
function gainInWords({ t, lang }: Words, gain: number): string {
  const nearly = gain >= 0.995;
  return t(nearly ? "aire.suggestion.gain.above" : "aire.suggestion.gain", {
    share: percent(lang, nearly ? 0.99 : gain),
  });
}
