/** The officer's session: her key, the excluded periods, and what happened last. */

import { useCallback, useEffect, useState } from "react";
import { asProblem, change } from "../api/client";
import type { Problem } from "../api/client";
import type { Phrase } from "../phrases/phrases";
import { requestOf } from "./exclusion";
import type { Draft, Exclusion } from "./exclusion";
import { forgetKey, keepKey, keptKey } from "./officer-key";

const BASE = "/api/v1/exclusions";

export interface Device {
  id: string;
  name: string;
}

export interface OfficerDesk {
  open: boolean;
  list: readonly Exclusion[];
  devices: readonly Device[];
  problem: Problem | null;
  /** What was done last, to be said in place. */
  said: Phrase | null;
  enter: (key: string) => Promise<void>;
  leave: () => void;
  add: (draft: Draft) => Promise<void>;
  undo: (id: number) => Promise<void>;
}

interface Desk {
  list: readonly Exclusion[];
  devices: readonly Device[];
}

export function useExclusions(onChange: () => void): OfficerDesk {
  const [key, setKey] = useState(keptKey);
  const [desk, setDesk] = useState<Desk>({ list: [], devices: [] });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState<Phrase | null>(null);

  const attempt = useCallback(async (act: () => Promise<Phrase | null>) => {
    setProblem(null);
    setSaid(null);
    try {
      setSaid(await act());
    } catch (error) {
      setProblem(asProblem(error));
    }
  }, []);

  useEffect(() => {
    if (!key) return undefined;
    let gone = false;
    readDesk(key)
      .then((read) => !gone && setDesk(read))
      .catch((error: unknown) => !gone && setProblem(asProblem(error)));
    return () => {
      gone = true;
    };
  }, [key]);

  const write = (method: "POST" | "DELETE", url: string, body: unknown, done: Phrase) =>
    attempt(async () => {
      await change(method, url, key ?? "", body);
      setDesk(await readDesk(key ?? ""));
      onChange();
      return done;
    });

  return {
    open: key !== null,
    ...desk,
    problem,
    said,
    enter: (typed) =>
      attempt(async () => {
        setDesk(await readDesk(typed));
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
    add: (draft) => write("POST", BASE, requestOf(draft), "exclusion.added"),
    undo: (id) => write("DELETE", `${BASE}/${id}`, undefined, "exclusion.undone"),
  };
}

async function readDesk(key: string): Promise<Desk> {
  const [exclusions, devices] = await Promise.all([
    change<{ items: Exclusion[] }>("GET", BASE, key),
    change<{ items: Device[] }>("GET", "/api/v1/devices", key),
  ]);
  return { list: exclusions?.items ?? [], devices: devices?.items ?? [] };
}
