/** A term whose exact meaning is one click away. */

import { useWords } from "../phrases/phrases";
import type { Phrase } from "../phrases/phrases";

export function Term({ term, meaning }: { term: Phrase; meaning: Phrase }) {
  const { t } = useWords();
  return (
    <details className="term">
      <summary>{t(term)}</summary>
      <span className="term-meaning">{t(meaning)}</span>
    </details>
  );
}
