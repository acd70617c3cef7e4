/** The rule that is tried out: edited by sliders, written in the address, asked of the service. */

import { useEffect, useState } from "react";
import { asProblem, Problem } from "../api/client";
import type { TimeRule } from "../api/types";
import { clockOf, DAY_MIN, groupsOf, minutesOf, RULE_DAYS, rulesOf } from "./rules";
import type { Group, Window } from "./rules";
import type { Answer, RuleDay } from "./types";

/** Windows start and end on half hours, as the engine's own. */
export const STEP_MIN = 30;
export const MAX_STAYS = [15, 20, 30, 45, 60] as const;
export const MAX_WINDOWS = 2;
/** A pause after the last movement of a slider: shorter than a hand feels, long enough to spare most questions. */
const PAUSE_MS = 120;

/** Monday to Friday, Saturday, Sunday, holidays: together only where both rules treat them alike. */
const KINDS: readonly (readonly RuleDay[])[] = [["mo", "tu", "we", "th", "fr"], ["sa"], ["su"], ["ph"]];

/** The groups of days that the editor shows: of one kind and alike in all of these rules. */
export function editableGroups(base: readonly TimeRule[], others: readonly TimeRule[]): Group[] {
  return KINDS.flatMap((kind) => {
    const alike = groupsOf(others, kind);
    return alike.flatMap(({ days }) => groupsOf(base, days));
  });
}

/** `mo.tu*0600-1100-20_1400-1600-20,sa*`: signs that an address needs not escape. */
export function writeGroups(groups: readonly Group[]): string {
  return groups
    .map(({ days, windows }) => `${days.join(".")}*${windows.map(writeWindow).join("_")}`)
    .join(",");
}

function writeWindow({ from, to, max_stay_min: limit }: Window): string {
  const edges = [from, to].map((at) => clockOf(at).replace(":", ""));
  return [...edges, limit ?? 0].join("-");
}

/** Read what `writeGroups` wrote; null where it is not of that form. */
export function readGroups(text: string | null): Group[] | null {
  if (!text) return null;
  const groups = text.split(",").map((part) => {
    const [names = "", windows = ""] = part.split("*");
    const days = RULE_DAYS.filter((day) => names.split(".").includes(day));
    return { days, windows: windows ? windows.split("_").map(readWindow) : [] };
  });
  const sound = groups.every(({ days, windows }) => days.length > 0 && windows.every(isSound));
  return sound ? groups : null;
}

function readWindow(text: string): Window {
  const [from = "", to = "", limit = "0"] = text.split("-");
  return { from: readClock(from), to: readClock(to), max_stay_min: Number(limit) || null };
}

function readClock(text: string): number {
  return minutesOf(`${text.slice(0, 2)}:${text.slice(2)}`);
}

function isSound({ from, to }: Window): boolean {
  return from >= 0 && from < to && to <= DAY_MIN;
}

/** A window that fits in the longest free part of a day. */
export function anotherWindow(windows: readonly Window[]): Window | null {
  const edges = [0, ...windows.flatMap(({ from, to }) => [from, to]), DAY_MIN];
  const free = edges
    .flatMap((from, index) => (index % 2 === 0 ? [{ from, to: edges[index + 1] ?? from }] : []))
    .toSorted((a, b) => b.to - b.from - (a.to - a.from))[0];
  if (!free || free.to - free.from < 6 * STEP_MIN) return null;
  const middle = Math.round((free.from + free.to) / 2 / STEP_MIN) * STEP_MIN;
  return { from: middle - 2 * STEP_MIN, to: middle + 2 * STEP_MIN, max_stay_min: windows[0]?.max_stay_min ?? 30 };
}

export interface Asked {
  answer: Answer | null;
  problem: Problem | null;
  /** The answer shown is not yet that of the rule shown. */
  waiting: boolean;
}

/** What a rule would change: asked after a short pause; an answer to an older question is dropped. */
export function useAnswer(bay: string, groups: readonly Group[] | null): Asked {
  const body = groups && JSON.stringify({ bay_id: bay, rules: rulesOf(groups) });
  const [held, setHeld] = useState<{ body: string | null; answer: Answer | null; problem: Problem | null }>({
    body: null,
    answer: null,
    problem: null,
  });
  useEffect(() => {
    if (body === null) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      ask(body, abort.signal)
        .then((answer) => setHeld({ body, answer, problem: null }))
        .catch((error: unknown) => {
          if (!abort.signal.aborted) setHeld((old) => ({ ...old, body, problem: asProblem(error) }));
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [body]);
  return { answer: held.answer, problem: held.problem, waiting: body !== null && held.body !== body };
}

async function ask(body: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch("/api/v1/what-if", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    cache: "no-store",
    body,
    signal,
  });
  if (response.ok) return (await response.json()) as Answer;
  const told = (await response.json()) as { code?: string; detail?: string };
  throw new Problem(told.code ?? "server", response.status, told.detail ?? response.statusText);
}
