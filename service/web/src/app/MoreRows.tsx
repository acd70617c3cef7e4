/** The button under a long table that draws a hundred rows more, so that ten thousand bays stay quick. */

import { useState } from "react";
import { useWords } from "../phrases/phrases";

/** Rows drawn at once. */
const PAGE_ROWS = 100;

/** How many rows of a table are drawn, and the way to more. */
export function useRowLimit(): readonly [number, () => void] {
  const [limit, setLimit] = useState(PAGE_ROWS);
  return [limit, () => setLimit(limit + PAGE_ROWS)];
}

export function MoreRows({ rows, limit, more }: { rows: number; limit: number; more: () => void }) {
  const { many } = useWords();
  return rows > limit ? (
    <button type="button" className="button" onClick={more}>
      {many("table.more", Math.min(PAGE_ROWS, rows - limit))}
    </button>
  ) : null;
}
