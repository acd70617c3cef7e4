/** The address bar as the store of the page's state. */

import { useSyncExternalStore } from "react";

const CHANGED = "airelib:address";

/** Go to a path and query; `replace` keeps the history short while a slider moves. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === address()) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  window.dispatchEvent(new Event(CHANGED));
}

export function useAddress(): URL {
  const now = useSyncExternalStore(subscribe, address);
  return new URL(now, location.origin);
}

/** The same place with some query values set, or taken away where null. */
export function withQuery(url: URL, values: Record<string, string | null>): string {
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return joined(url.pathname, query);
}

/** A path that keeps the language of the current address. */
export function pathKeepingLanguage(url: URL, path: string): string {
  const [name = path, search = ""] = path.split("?");
  const query = new URLSearchParams(search);
  const lang = url.searchParams.get("lang");
  if (lang) query.set("lang", lang);
  return joined(name, query);
}

function joined(path: string, query: URLSearchParams): string {
  const text = query.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
  return text ? `${path}?${text}` : path;
}

function address(): string {
  return location.pathname + location.search;
}

function subscribe(notify: () => void): () => void {
  window.addEventListener("popstate", notify);
  window.addEventListener(CHANGED, notify);
  return () => {
    window.removeEventListener("popstate", notify);
    window.removeEventListener(CHANGED, notify);
  };
}
