/** Reading and writing the API: entity tags kept in memory, problems turned into one error. */

interface Kept {
  etag: string;
  body: unknown;
}

const kept = new Map<string, Kept>();

/** A refusal of the API: RFC 9457 with our stable code, or `network` when no answer came. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, detail: string) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.status = status;
  }
}

/** Any failure as a problem; what we did not foresee keeps its own words as detail. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem("server", 0, String(error));
}

/** Read JSON; an unchanged answer (304) gives back the very same object, so that nothing redraws. */
export async function readJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const known = kept.get(url);
  const headers: HeadersInit = known ? { "If-None-Match": known.etag } : {};
  const response = await reach(url, { headers, cache: "no-store", signal: signal ?? null });
  if (response.status === 304 && known) return known.body as T;
  if (!response.ok) throw await problemOf(response);
  const body = (await response.json()) as T;
  const etag = response.headers.get("ETag");
  if (etag) kept.set(url, { etag, body });
  return body;
}

/** Ask for a change with an officer's key. */
export async function change<T>(
  method: "POST" | "PUT" | "DELETE" | "GET",
  url: string,
  officerKey: string,
  body?: unknown,
): Promise<T | null> {
  const headers: Record<string, string> = { Authorization: `Bearer ${officerKey}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await reach(url, {
    method,
    headers,
    cache: "no-store",
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return text ? (JSON.parse(text) as T) : null;
}

/** Send a file as it is, with an officer's key. */
export async function sendFile<T>(url: string, officerKey: string, file: File): Promise<T> {
  const headers = { Authorization: `Bearer ${officerKey}`, "Content-Type": "application/octet-stream" };
  const response = await reach(url, { method: "POST", headers, cache: "no-store", body: file });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

/** Read a file with an officer's key: the key travels in a header, never in an address. */
export async function readFile(url: string, officerKey: string): Promise<{ name: string; blob: Blob }> {
  const headers = { Authorization: `Bearer ${officerKey}` };
  const response = await reach(url, { headers, cache: "no-store" });
  if (!response.ok) throw await problemOf(response);
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  return { name: named?.[1] ?? url.split("/").at(-1) ?? "file", blob: await response.blob() };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem("network", 0, String(error));
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) return new Problem("server", response.status, response.statusText);
  const body = (await response.json()) as { code?: string; detail?: string };
  return new Problem(body.code ?? "server", response.status, body.detail ?? response.statusText);
}
