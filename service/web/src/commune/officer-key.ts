/** The officer's key: kept for this tab only, gone when it closes, never written in the address. */

const KEPT = "airelib.officer-key";

export function keptKey(): string | null {
  return sessionStorage.getItem(KEPT);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(KEPT, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(KEPT);
}
