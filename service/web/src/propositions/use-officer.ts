/** What an officer does with a suggestion: her key, her decisions, and computing it again. */

import { useCallback, useState } from "react";
import { asProblem, change } from "../api/client";
import type { Problem } from "../api/client";
import { forgetKey, keepKey, keptKey } from "../commune/officer-key";
import type { Phrase } from "../phrases/phrases";
import type { Recomputed, Standing, Whole } from "./types";

/** What may be decided. */
export type Verdict = "accepted" | "refused" | "more_data" | "adopted";

export interface DecisionDraft {
  to: Verdict;
  seen: Standing;
  reason?: string;
  adopted_on?: string;
}

export interface Officer {
  open: boolean;
  /** A request is on its way. */
  busy: boolean;
  problem: Problem | null;
  said: Phrase | null;
  recomputed: Recomputed | null;
  enter: (key: string) => Promise<void>;
  leave: () => void;
  decide: (id: number, draft: DecisionDraft) => Promise<void>;
  recompute: (id: number) => Promise<void>;
}

export function useOfficer(onChange: () => void): Officer {
  const [key, setKey] = useState(keptKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState<Phrase | null>(null);
  const [recomputed, setRecomputed] = useState<Recomputed | null>(null);

  const attempt = useCallback(async (act: () => Promise<Phrase | null>) => {
    setBusy(true);
    setProblem(null);
    setSaid(null);
    try {
      setSaid(await act());
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }, []);

  const base = "/api/v1/suggestions";
  return {
    open: key !== null,
    busy,
    problem,
    said,
    recomputed,
    enter: (typed) =>
      attempt(async () => {
        await change("GET", "/api/v1/devices", typed);
        keepKey(typed);
        setKey(typed);
        return null;
      }),
    leave: () => {
      forgetKey();
      setKey(null);
      setProblem(null);
      setSaid(null);
    },
    decide: (id, draft) =>
      attempt(async () => {
        try {
          await change<Whole>("POST", `${base}/${id}/decision`, key ?? "", draft);
        } finally {
          onChange();
        }
        return `decided.${draft.to}`;
      }),
    recompute: (id) =>
      attempt(async () => {
        setRecomputed(null);
        setRecomputed(await change<Recomputed>("POST", `${base}/${id}/recompute`, key ?? ""));
        return null;
      }),
  };
}
