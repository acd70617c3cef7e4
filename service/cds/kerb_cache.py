"""Keeps the bays of the communes that were asked about last, until an import or an undo changes the inventory."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from sqlmodel import Session

from geo.words import Commune
from service.cds.zones import Kerb
from service.store.notes import INVENTORY, get_note
from service.store.rule_history import past_rules
from service.store.zones import list_zones

MAX_KERBS = 4
"""Communes kept; Paris, the largest, has 9,198 bays."""


class KerbCache:
    """Kerbs by commune, least recently used first, each with the version of the inventory it was read at."""

    def __init__(self) -> None:
        self._kerbs: OrderedDict[str, tuple[str | None, Kerb]] = OrderedDict()
        self._lock = Lock()

    def get(self, session: Session, commune: Commune) -> Kerb:
        """Return the bays of a commune with their history, as the session sees them."""
        version = get_note(session, INVENTORY)
        with self._lock:
            known = self._kerbs.get(commune.insee)
            if known is not None and known[0] == version:
                self._kerbs.move_to_end(commune.insee)
                return known[1]
        kerb = Kerb(
            list_zones(session, commune.insee),
            past_rules(session, commune.insee),
            commune.time_zone,
        )
        with self._lock:
            self._kerbs[commune.insee] = (version, kerb)
            self._kerbs.move_to_end(commune.insee)
            while len(self._kerbs) > MAX_KERBS:
                self._kerbs.popitem(last=False)
        return kerb
