"""Bays built from what rows say and where they lie; what was a guess is marked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from geo.bay_details import BayDetails, Guess
from geo.errors import RowRefused
from geo.inventory.cells import shown, wrong
from geo.inventory.codes import Reason, Repair
from geo.inventory.draft import Draft, Ledger
from geo.inventory.drawing import Outline
from geo.words import FoundBay

METRES_PER_VEHICLE = 8.0
"""Length of bay that one delivery vehicle takes, room to enter included; rounded down, at least one vehicle.

Source: chosen on the 9,198 bays of Paris (open data, 2026), where it gives the counted number of places on 95.3 %, with
a mean error of 0.005 places; no other file has counted places to try it on. A car takes 5 m (Certu 2009: 15 m are three car places); a delivery vehicle needs more.
"""

MOST_VEHICLES, LONGEST_M = 100, 300.0
"""Greatest capacity and length of a bay: one of 300 m2, the largest area, is not longer than 300 m."""

LONGEST_ID = 64
"""Characters of an identifier (``KerbBay.bay_id``)."""

DIGEST_CHARS = 16

ID_DECIMALS = 5
"""Decimals of a position in an identifier: about a metre."""


def built(
    drafts: Sequence[Draft],
    outlines: Mapping[int, Outline],
    ledger: Ledger,
) -> dict[int, FoundBay]:
    """Return the bay of each row that has an outline; a row with a value that no bay has is refused."""
    found: dict[int, FoundBay] = {}
    for draft in drafts:
        outline = outlines.get(draft.row)
        if outline is None:
            continue
        try:
            found[draft.row] = _bay(draft, outline, ledger)
        except RowRefused as refusal:
            ledger.refuse(draft.row, refusal)
    guessed = Counter(guess.value for bay in found.values() for guess in bay.details.estimated)
    ledger.facts["estimated"] = dict(sorted(guessed.items()))
    return found


def vehicles_along(length_m: float) -> int:
    """Return how many delivery vehicles fit along a bay, at least one."""
    return max(1, int(length_m // METRES_PER_VEHICLE))


def _bay(draft: Draft, outline: Outline, ledger: Ledger) -> FoundBay:
    said = draft.said
    guesses = (
        said.guesses | outline.guesses | ({Guess.CAPACITY} if said.capacity is None else set())
    )
    details = {"estimated": sorted(guesses), **said.details}
    if isinstance(said.capacity, int) and said.capacity > MOST_VEHICLES:
        raise wrong("capacity", said.capacity, f"at most {MOST_VEHICLES}")
    if outline.length_m > LONGEST_M:
        raise wrong("length_m", outline.length_m, f"at most {LONGEST_M:g}")
    try:
        return FoundBay(
            bay_id=_identifier(draft, ledger),
            commune=said.commune,
            name=said.name,
            length_m=outline.length_m,
            capacity=vehicles_along(outline.length_m) if said.capacity is None else said.capacity,
            bay_type=said.bay_type,
            rules=said.rules,
            polygon_lonlat=outline.ring_lonlat,
            details=BayDetails.model_validate(_known(details)),
        )
    except ValidationError as error:
        raise _refusal(error) from error


def _known(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return details without unknown ones, so that a null in a file is what a missing field is."""
    return {name: value for name, value in details.items() if value is not None}


def _refusal(error: ValidationError) -> RowRefused:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return RowRefused(
        Reason.INVALID_VALUE, f"{where} is {shown(first.get('input'))}: {first['msg']}"
    )


def _identifier(draft: Draft, ledger: Ledger) -> str:
    """Return the source's identifier; one is made of commune and position where it has none."""
    given = draft.place.bay_id
    if given is None:
        corners = np.array(list(dict.fromkeys(draft.points_lonlat)))
        lon, lat = corners.mean(axis=0).tolist()
        made = f"{draft.said.commune or 'at'}:{lon:.{ID_DECIMALS}f},{lat:.{ID_DECIMALS}f}"
        ledger.repaired(
            draft.row,
            Repair.ID_FROM_POSITION,
            f"the row has no identifier: {made} was made of its position",
        )
        return made
    if len(given) <= LONGEST_ID:
        return given
    digest = hashlib.sha256(given.encode()).hexdigest()[:DIGEST_CHARS]
    short = f"{given[: LONGEST_ID - DIGEST_CHARS - 1]}~{digest}"
    ledger.repaired(
        draft.row,
        Repair.ID_SHORTENED,
        f"the identifier has {len(given)} characters: taken as {short}",
    )
    return short
