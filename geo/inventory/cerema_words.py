"""Words of the national schema's closed lists, as readers meet them: any case, accents or not, older forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from geo.bay_details import Arrangement, Placement, State
from geo.exports import cerema_words as written
from geo.inventory.cells import plain
from geo.words import BayType, Control

Value = TypeVar("Value")


def _read(words: Mapping[Value, str], others: Mapping[str, Value]) -> dict[str, Value]:
    """Return values by the plain form of the words that are written for them, and of others that are met."""
    return {plain(word): value for value, word in words.items()} | dict(others)


ARRANGEMENTS = _read(
    written.ARRANGEMENTS,
    {
        "en bataille": Arrangement.PERPENDICULAR,
        "en epi": Arrangement.ANGLED,
        "longitudinal": Arrangement.PARALLEL,
        "en creneau": Arrangement.PARALLEL,
    },
)
PARITIES = _read(written.PARITIES, {})
PLACEMENTS = _read(written.PLACEMENTS, {"sur chaussee": Placement.CARRIAGEWAY})
STATES = _read(written.MARKING_STATES, {"n/a": State.NOT_APPLICABLE})
TYPES = _read(
    written.TYPES,
    {
        "periodique": BayType.PERIODIC,
        "permanente": BayType.PERMANENT,
        "periodic": BayType.PERIODIC,
        "permanent": BayType.PERMANENT,
        "goods zone": BayType.GOODS_ZONE,
    },
)
CONTROLS = _read(written.CONTROLS, {"disque": Control.DISC})
"""Values of the columns DISPOSITION, PARITE_TROTTOIR, LOCALISATION, *_ETAT, TYPE and DUREE_CONTROLE.

Source: Cerema schema-aire-livraison 1.0.0; the other forms stand in files of version 0.1.0 or in other inventories.
"""
