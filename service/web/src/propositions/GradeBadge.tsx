/** How well a suggestion is supported, as one letter. */

import { useWords } from "../phrases/phrases";
import type { Grade } from "./types";

export function GradeBadge({ grade }: { grade: Grade | null }) {
  const { t } = useWords();
  if (grade === null) return <span className="grade" aria-hidden="true" data-grade="none" />;
  return (
    <span className="grade" data-grade={grade}>
      <span className="sr-only">{t("grade.label")} </span>
      {grade}
    </span>
  );
}
