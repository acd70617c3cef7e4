/** An excluded period on the wire and in a form. */

import { instantOf } from "../figures/zone";

export interface Exclusion {
  id: number;
  bay_id: string | null;
  device_id: string | null;
  from: string;
  to: string;
  reason: string;
  undone_at: string | null;
}

/** What the officer fills in; times are wall times `YYYY-MM-DDTHH:MM` of the commune. */
export interface Draft {
  /** `bay:ID` or `device:ID`. */
  what: string;
  from: string;
  to: string;
  reason: string;
}

export interface NewExclusion {
  bay_id?: string;
  device_id?: string;
  from: string;
  to: string;
  reason: string;
}

export function requestOf({ what, from, to, reason }: Draft): NewExclusion {
  const id = what.slice(what.indexOf(":") + 1);
  const target = what.startsWith("device:") ? { device_id: id } : { bay_id: id };
  return { ...target, from: instantOf(from), to: instantOf(to), reason: reason.trim() };
}

/** Those that touch a commune's bays, or one of the listed devices; undone ones are left out. */
export function inForce(
  exclusions: readonly Exclusion[],
  bayIds: ReadonlySet<string>,
): readonly Exclusion[] {
  return exclusions.filter(
    ({ bay_id: bay, undone_at: undone }) => undone === null && (bay === null || bayIds.has(bay)),
  );
}
