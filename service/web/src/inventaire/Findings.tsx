/** What is wrong with the inventory or not known of it: grouped by what it is, the worst first. */

import { Link } from "../app/Link";
import { useWords } from "../phrases/phrases";
import type { Finding, Findings as Found } from "./types";
import { SEVERITIES } from "./types";

export function Findings({ findings }: { findings: Found }) {
  const { t, many } = useWords();
  const groups = grouped(findings.items);
  const bays = new Set(findings.items.map(({ bay_id: id }) => id)).size;
  return (
    <section className="findings" aria-labelledby="findings-title">
      <h3 id="findings-title">{t("findings.title")}</h3>
      <p className="soft">{groups.length === 0 ? t("findings.none") : many("findings.lead", bays)}</p>
      {groups.map((group) => (
        <Group key={group[0].code} group={group} />
      ))}
    </section>
  );
}

type FindingGroup = readonly [Finding, ...Finding[]];

function grouped(items: readonly Finding[]): readonly FindingGroup[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const item of items) {
    const known = groups.get(item.code);
    if (known) known.push(item);
    else groups.set(item.code, [item]);
  }
  const rank = ([first]: FindingGroup) => SEVERITIES.indexOf(first.severity);
  return [...groups.values()].toSorted((a, b) => rank(a) - rank(b) || b.length - a.length);
}

function Group({ group }: { group: FindingGroup }) {
  const { t, lang, many, named } = useWords();
  const [{ code, severity }] = group;
  return (
    <details className="finding" data-severity={severity}>
      <summary>
        <span className="severity">{t(`severity.${severity}`)}</span> {named(`finding.${code}`, code)}{" "}
        <span className="soft">{many("count.bays", group.length)}</span>
      </summary>
      <ul>
        {group.map((one, index) => (
          <li key={`${one.bay_id} ${index}`}>
            <Link to={`/aires/${encodeURIComponent(one.bay_id)}`}>{one.bay_id}</Link>{" "}
            <span>{one.message[lang]}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
