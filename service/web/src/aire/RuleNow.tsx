/** What applies at the bay at this moment, and what comes next. */

import { POLL_MS, useResource } from "../api/use-resource";
import { useWords } from "../phrases/phrases";

interface RuleAt {
  sentence: Record<"fr" | "en", string>;
}

export function RuleNow({ bay }: { bay: string }) {
  const { lang } = useWords();
  const now = useResource<RuleAt>(`/api/v1/bays/${encodeURIComponent(bay)}/rule`, { pollMs: POLL_MS });
  return now.data && <p className="rule-now">{now.data.sentence[lang]}</p>;
}
