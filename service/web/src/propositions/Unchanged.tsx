/** The bays without a proposal: those that need more data, and those whose rule is right as it is. */

import { Link } from "../app/Link";
import { useWords } from "../phrases/phrases";
import type { Words } from "../phrases/phrases";
import { GradeBadge } from "./GradeBadge";
import type { Item } from "./types";

export function Unchanged({ items }: { items: readonly Item[] }) {
  const { t, many } = useWords();
  const waiting = items.filter((item) => item.decision === "need_data");
  const kept = items.filter((item) => item.decision === "keep");
  return (
    <>
      {waiting.length > 0 && (
        <section className="unchanged" aria-labelledby="waiting-title">
          <h2 id="waiting-title">{many("waiting.title", waiting.length)}</h2>
          <ul>
            {waiting.map((item) => (
              <Waiting key={item.id} item={item} />
            ))}
          </ul>
        </section>
      )}
      {kept.length > 0 && (
        <details className="unchanged">
          <summary>{many("kept.title", kept.length)}</summary>
          <p className="soft">{t("kept.lead")}</p>
          <ul>
            {kept.map((item) => (
              <li key={item.id}>
                <Link to={`/propositions/${item.id}`}>{item.name || item.bay_id}</Link>{" "}
                <span className="soft">{item.bay_id}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Waiting({ item }: { item: Item }) {
  const words = useWords();
  return (
    <li className="waiting-row">
      <GradeBadge grade={item.grade} />
      <Link to={`/propositions/${item.id}`}>{item.name || item.bay_id}</Link>{" "}
      <span className="soft">{neededInWords(words, item.needs_days)}</span>
    </li>
  );
}

export function neededInWords({ t, many }: Words, days: number | null): string {
  return days === null ? t("needs.not_days") : many("needs.days", days);
}
