/** What of a bay was not in its source. */

import type { Words } from "../phrases/phrases";
import type { InventoryBay } from "./types";

export function isGuessed({ details }: InventoryBay): boolean {
  return (details?.estimated ?? []).length > 0;
}

/** What was estimated, in one phrase. */
export function guessesInWords({ t }: Words, { details }: InventoryBay): string {
  const named = (details?.estimated ?? []).map((guess) => t(`guess.${guess}`));
  return t("inventory.estimated", { what: named.join(", ") });
}
