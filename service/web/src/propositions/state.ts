/** The state of the inbox, read from and written to the address. */

import type { Grade, Standing } from "./types";
import { GRADES } from "./types";

/** What the inbox shows: those to decide on, or those of one status. */
export type Tab = "open" | "accepted" | "refused" | "adopted" | "expired";
export const TABS: readonly Tab[] = ["open", "accepted", "refused", "adopted", "expired"];

export interface InboxState {
  commune: string | null;
  tab: Tab;
  grade: Grade | null;
}

export function readState(query: URLSearchParams): InboxState {
  return {
    commune: query.get("commune"),
    tab: TABS.find((tab) => tab === query.get("status")) ?? "open",
    grade: GRADES.find((grade) => grade === query.get("grade")) ?? null,
  };
}

/** Statuses that wait for an officer. */
const WAITING: ReadonlySet<Standing> = new Set(["proposed", "more_data"]);

export function isWaiting(status: Standing | null): boolean {
  return status !== null && WAITING.has(status);
}

export function countOf(tab: Tab, counts: Record<Standing, number>): number {
  return tab === "open" ? counts.proposed + counts.more_data : counts[tab];
}

export function inboxUrl({ commune, tab, grade }: InboxState): string {
  const query = new URLSearchParams();
  if (commune) query.set("commune", commune);
  if (tab !== "open") query.set("status", tab);
  if (grade) query.set("grade", grade);
  const text = query.toString();
  return text ? `/api/v1/suggestions?${text}` : "/api/v1/suggestions";
}
