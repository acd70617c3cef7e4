/** What the map page reads from the service: places once, one week for the slider, the last slot. */

import type { Bays, Communes, Slot, Status, Streets, Week } from "../api/types";
import { POLL_MS, useResource } from "../api/use-resource";
import type { Resource } from "../api/use-resource";
import { weekUrl } from "../figures/weeks";
import type { CarteState } from "./state";

export interface CarteFacts {
  bays: Resource<Bays>;
  communes: Resource<Communes>;
  streets: Resource<Streets>;
  week: Resource<Week>;
  slot: Resource<Slot>;
}

export function useCarteFacts({ view, vehicle }: CarteState, status: Status): CarteFacts {
  const version = status.last_complete_slot_at;
  const shown = view === "slot" && status.first_on !== null;
  const kind = vehicle ? `class=${vehicle}` : "";
  const slotUrl = `/api/v1/occupancy?level=bay${kind && `&${kind}`}`;
  return {
    bays: useResource<Bays>("/api/v1/bays"),
    communes: useResource<Communes>("/api/v1/communes"),
    streets: useResource<Streets>("/api/v1/streets"),
    week: useResource<Week>(weekUrl(status, "bay", vehicle), { version }),
    slot: useResource<Slot>(shown ? slotUrl : null, { version, pollMs: POLL_MS }),
  };
}

/** Whether there is enough to fill the panel; the map and the last slot may follow. */
export function isReady({ bays, communes, week }: CarteFacts, status: Status): boolean {
  const hasWeek = week.data !== null || status.first_on === null;
  return bays.data !== null && communes.data !== null && hasWeek;
}

/** The first resource that failed, with the way to ask again. */
export function failed(facts: CarteFacts): Resource<unknown> | null {
  return Object.values(facts).find((resource: Resource<unknown>) => resource.problem) ?? null;
}
