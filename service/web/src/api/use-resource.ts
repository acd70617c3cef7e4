/** One resource of the API as React state, polled where asked. */

import { useCallback, useEffect, useMemo, useState } from "react";
import { asProblem, readJson } from "./client";
import type { Problem } from "./client";

/** Slots last a quarter of an hour: a minute is soon enough. */
export const POLL_MS = 60_000;

export interface Resource<T> {
  /** The last good answer; kept while a newer one is on its way. */
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
}

interface Held<T> {
  url: string | null;
  data: T | null;
  problem: Problem | null;
}

interface Freshness {
  /** Ask again this often; an unchanged answer costs a 304. */
  pollMs?: number;
  /** Ask again when this changes. */
  version?: string | null;
}

export function useResource<T>(
  url: string | null,
  { pollMs, version = null }: Freshness = {},
): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ url: null, data: null, problem: null });
  const [turn, setTurn] = useState(0);
  const request = useMemo(() => ({ url, turn, version }), [url, turn, version]);
  const reload = useCallback(() => setTurn((count) => count + 1), []);

  useEffect(() => {
    if (request.url === null) return undefined;
    const { url: asked } = request;
    const abort = new AbortController();
    readJson<T>(asked, abort.signal)
      .then((data) => setHeld({ url: asked, data, problem: null }))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        setHeld((before) => ({ url: asked, data: before.data, problem: asProblem(error) }));
      });
    return () => abort.abort();
  }, [request]);

  useEffect(() => {
    if (!pollMs) return undefined;
    const timer = setInterval(reload, pollMs);
    return () => clearInterval(timer);
  }, [pollMs, reload]);

  const settled = held.url === url;
  return { data: held.data, problem: settled ? held.problem : null, loading: !settled, reload };
}
