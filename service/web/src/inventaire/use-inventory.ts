/** The officer's session at the inventory: her key, what she sees with it, and what happened last. */

import { useCallback, useEffect, useState } from "react";
import { asProblem, change, sendFile } from "../api/client";
import type { Problem } from "../api/client";
import { forgetKey, keepKey, keptKey } from "../commune/officer-key";
import type { Phrase } from "../phrases/phrases";
import type { Calendar, Findings, Import, NamedDay, Preview, Report } from "./types";

const BASE = "/api/v1/inventory";

interface Shelf {
  findings: Findings;
  imports: readonly Import[];
  calendars: readonly Calendar[];
}

interface Done {
  id: number;
  report: Report;
}

export interface InventoryDesk {
  open: boolean;
  /** A request is on its way. */
  busy: boolean;
  shelf: Shelf | null;
  problem: Problem | null;
  said: Phrase | null;
  enter: (key: string) => Promise<void>;
  leave: () => void;
  preview: (file: File) => Promise<Preview | null>;
  take: (file: File) => Promise<Done | null>;
  undo: (id: number) => Promise<void>;
  keepCalendar: (name: string, days: readonly NamedDay[]) => Promise<void>;
}

export function useInventory(insee: string, onChange: () => void): InventoryDesk {
  const [key, setKey] = useState(keptKey);
  const { busy, problem, setProblem, said, setSaid, attempt, forget } = useAttempts();
  const [shelf, setShelf] = useShelf(insee, key, setProblem);
  const opened = key ?? "";
  const after = async (done: Phrase) => {
    setShelf(await readShelf(insee, opened));
    onChange();
    setSaid(done);
  };
  return {
    open: key !== null,
    busy,
    shelf,
    problem,
    said,
    enter: async (typed) => {
      await attempt(async () => {
        setShelf(await readShelf(insee, typed));
        keepKey(typed);
        setKey(typed);
      });
    },
    leave: () => {
      forgetKey();
      setKey(null);
      setShelf(null);
      forget();
    },
    preview: (file) => attempt(() => sendFile<Preview>(addressOf("preview", insee, file), opened, file)),
    take: (file) =>
      attempt(async () => {
        const done = await sendFile<Done>(addressOf("imports", insee, file), opened, file);
        await after("import.done");
        return done;
      }),
    undo: async (id) => {
      await attempt(async () => {
        await change("POST", `${BASE}/imports/${id}/undo`, opened);
        await after("import.undone");
      });
    },
    keepCalendar: async (name, days) => {
      await attempt(async () => {
        await change("PUT", `/api/v1/calendars?commune=${insee}`, opened, { name, days });
        await after("calendar.kept");
      });
    },
  };
}

/** What the officer sees with her key; read again by whoever changes it. */
function useShelf(insee: string, key: string | null, fail: (problem: Problem) => void) {
  const [shelf, setShelf] = useState<Shelf | null>(null);
  useEffect(() => {
    if (!key) return undefined;
    let gone = false;
    readShelf(insee, key)
      .then((read) => !gone && setShelf(read))
      .catch((error: unknown) => !gone && fail(asProblem(error)));
    return () => {
      gone = true;
    };
  }, [insee, key, fail]);
  return [shelf, setShelf] as const;
}

/** One request after the other, with its failure or what it did. */
function useAttempts() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState<Phrase | null>(null);
  const forget = useCallback(() => {
    setProblem(null);
    setSaid(null);
  }, []);
  const attempt = useCallback(
    async <T>(act: () => Promise<T>): Promise<T | null> => {
      setBusy(true);
      forget();
      try {
        return await act();
      } catch (error) {
        setProblem(asProblem(error));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [forget],
  );
  return { busy, problem, setProblem, said, setSaid, attempt, forget };
}

function addressOf(what: "preview" | "imports", insee: string, file: File): string {
  return `${BASE}/${what}?${new URLSearchParams({ name: file.name, commune: insee })}`;
}

async function readShelf(insee: string, key: string): Promise<Shelf> {
  const [findings, imports, calendars] = await Promise.all([
    change<Findings>("GET", `${BASE}/findings?commune=${insee}`, key),
    change<{ items: Import[] }>("GET", `${BASE}/imports?commune=${insee}`, key),
    change<{ items: Calendar[] }>("GET", `/api/v1/calendars?commune=${insee}`, key),
  ]);
  return {
    findings: findings ?? { commune: insee, bays: 0, items: [] },
    imports: imports?.items ?? [],
    calendars: calendars?.items ?? [],
  };
}
