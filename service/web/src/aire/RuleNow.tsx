/** What applies at the bay at this moment, and what comes next. */

import { useWords } from "../phrases/phrases";
import type { RuleAt } from "./types";

export function RuleNow({ now }: { now: RuleAt | null }) {
  const { lang } = useWords();
  return now && <p className="rule-now">{now.sentence[lang]}</p>;
}
