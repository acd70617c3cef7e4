"""What is fixed on the day a rule is adopted: outcomes, weeks and controls, with a hash that shows a later change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pyproj import Geod

from geo.errors import InvalidInput
from geo.local_time import midnight_s
from geo.study.words import Study, StudyBay

NEAREST_CONTROL_M = 300.0
"""A control lies farther away: nearer, drivers who are turned away go there (science brief, section 4)."""

WEEKS = 8
"""Weeks before and after that are compared, where nothing else is said (science brief, section 4)."""


_EARTH = Geod(ellps="WGS84")
"""Distances hold outside France too, where studies may lie."""


class Outcome(StrEnum):
    """What is compared, the main outcome first."""

    DELIVERIES = "deliveries_per_day"
    """Vans and trucks that found room."""
    OCCUPANCY = "occupancy"
    """Share of places taken, 0..1."""
    OVERSTAYS = "overstays_per_day"
    """Vans and trucks that stayed longer than the maximum stay in force when they came."""


@dataclass(frozen=True)
class Adoption:
    """A change of rule that was made."""

    bay_id: str
    adopted_on: date
    """First local day under the new rule."""
    measure: str
    """What was done, in the same words for each bay where the same was done: bays are pooled by it."""
    control_bay_ids: tuple[str, ...] = ()
    """Empty: chosen by rule."""


@dataclass(frozen=True)
class Spans:
    """How many weeks are compared."""

    before: int = WEEKS
    after: int = WEEKS


@dataclass(frozen=True)
class Registration:
    """What will be compared for one adoption."""

    bay_id: str
    measure: str
    adopted_on: date
    outcomes: tuple[Outcome, ...]
    """The first one decides about stopping; the others are told beside it."""
    before_from: date
    """First local day of the weeks before, which end with the day before adoption."""
    after_to: date
    """Day after the weeks after."""
    control_bay_ids: tuple[str, ...]
    """Sorted."""
    controls_by: str
    """``name`` where the officer named them, ``rule`` where they were chosen."""

    @property
    def weeks_before(self) -> int:
        """Weeks before adoption."""
        return (self.adopted_on - self.before_from).days // 7

    @property
    def weeks_after(self) -> int:
        """Weeks planned after adoption."""
        return (self.after_to - self.adopted_on).days // 7

    def document(self) -> dict[str, Any]:
        """Return the registration as JSON values, with its hash."""
        return {**self._said(), "hash": self.hash}

    @property
    def hash(self) -> str:
        """SHA-256 over everything that is fixed."""
        text = json.dumps(self._said(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _said(self) -> dict[str, Any]:
        return {
            "bay_id": self.bay_id,
            "measure": self.measure,
            "adopted_on": self.adopted_on.isoformat(),
            "outcomes": [outcome.value for outcome in self.outcomes],
            "before_from": self.before_from.isoformat(),
            "after_to": self.after_to.isoformat(),
            "control_bay_ids": list(self.control_bay_ids),
            "controls_by": self.controls_by,
        }


def register(
    study: Study, adoptions: Sequence[Adoption], spans: Spans | None = None
) -> tuple[Registration, ...]:
    """Fix what will be compared for each adoption; nothing of what was observed is looked at.

    Raises
    ------
    InvalidInput
        An adoption names a bay that is not in the study, itself or another adopted bay as its control, or a bay
        is adopted twice.
    """
    wanted = spans or Spans()
    bays = {bay.bay_id: bay for bay in study.bays}
    _check(adoptions, bays, wanted)
    return tuple(_registered(study, one, adoptions, wanted) for one in adoptions)


def registration_of(document: dict[str, Any]) -> Registration:
    """Return a registration from its JSON values.

    Raises
    ------
    InvalidInput
        Its hash is not that of what it says: it was changed after it was made.
    """
    found = Registration(
        bay_id=document["bay_id"],
        measure=document["measure"],
        adopted_on=date.fromisoformat(document["adopted_on"]),
        outcomes=tuple(Outcome(name) for name in document["outcomes"]),
        before_from=date.fromisoformat(document["before_from"]),
        after_to=date.fromisoformat(document["after_to"]),
        control_bay_ids=tuple(document["control_bay_ids"]),
        controls_by=document["controls_by"],
    )
    if document.get("hash") != found.hash:
        raise InvalidInput(
            f"the registration of bay {found.bay_id!r} has the hash {document.get('hash')!r}: wanted {found.hash}, that "
            "of what it says; it was changed after it was made"
        )
    return found


def controls_by_rule(
    study: Study, bay: StudyBay, window: tuple[date, date], adoptions: Iterable[Adoption]
) -> tuple[str, ...]:
    """Return the bays that may serve as controls of a bay, sorted.

    Same commune, farther than ``NEAREST_CONTROL_M`` from this bay and every other that is changed in the window, as
    far as places are known, never one of their neighbours, and no change of rule in the window. A bay whose turn comes
    later serves until then.

    Parameters
    ----------
    study
        Of which only bays, rules and neighbours are looked at.
    bay
        Whose rule is changed.
    window
        First local day, and the day after the last.
    adoptions
        All changes, of which those within the window matter.
    """
    changed = {bay.bay_id} | {
        one.bay_id for one in adoptions if window[0] < one.adopted_on < window[1]
    }
    near = {
        other
        for pair in study.neighbours
        for one, other in ((pair.bay_id, pair.neighbour_id), (pair.neighbour_id, pair.bay_id))
        if one in changed
    }
    sources = [one for one in study.bays if one.bay_id in changed]
    zone = study.period.time_zone
    bounds_s = midnight_s(window[0], zone), midnight_s(window[1], zone)
    return tuple(
        sorted(
            one.bay_id
            for one in study.bays
            if one.commune == bay.commune
            and one.bay_id not in changed | near
            and not _changes_within(one, bounds_s)
            and all(_distance_m(one, source) > NEAREST_CONTROL_M for source in sources)
        )
    )


def _registered(
    study: Study, one: Adoption, adoptions: Sequence[Adoption], spans: Spans
) -> Registration:
    before_from, after_to = _window(one, spans)
    bay = next(bay for bay in study.bays if bay.bay_id == one.bay_id)
    by_rule = not one.control_bay_ids
    controls = (
        controls_by_rule(study, bay, (before_from, after_to), adoptions)
        if by_rule
        else tuple(sorted(set(one.control_bay_ids)))
    )
    return Registration(
        one.bay_id,
        one.measure,
        one.adopted_on,
        tuple(Outcome),
        before_from,
        after_to,
        controls,
        "rule" if by_rule else "name",
    )


def _check(adoptions: Sequence[Adoption], bays: dict[str, StudyBay], spans: Spans) -> None:
    adopted_on: dict[str, date] = {}
    for one in adoptions:
        if one.bay_id in adopted_on:
            raise InvalidInput(f"bay {one.bay_id!r} is adopted twice: wanted one line for each bay")
        adopted_on[one.bay_id] = one.adopted_on
    for one in adoptions:
        for bay_id in (one.bay_id, *one.control_bay_ids):
            if bay_id not in bays:
                raise InvalidInput(
                    f"bay {bay_id!r} is adopted or a control: wanted a bay of the study"
                )
        first_on, end_on = _window(one, spans)
        changed = {bay_id for bay_id, on in adopted_on.items() if first_on < on < end_on}
        wrong = (changed | {one.bay_id}) & set(one.control_bay_ids)
        if wrong:
            raise InvalidInput(
                f"bay {one.bay_id!r} has the controls {', '.join(sorted(wrong))}: wanted bays whose rule is not "
                f"changed between {first_on} and {end_on}"
            )


def _window(one: Adoption, spans: Spans) -> tuple[date, date]:
    """Return the first day of the weeks before, and the day after the weeks after."""
    return (
        one.adopted_on - timedelta(weeks=spans.before),
        one.adopted_on + timedelta(weeks=spans.after),
    )


def _changes_within(bay: StudyBay, bounds_s: tuple[int, int]) -> bool:
    starts = [version.from_s for version in bay.history[1:]]
    return any(bounds_s[0] < start_s < bounds_s[1] for start_s in starts)


def _distance_m(one: StudyBay, other: StudyBay) -> float:
    """Return the distance between the middles of two bays; infinite where a place is not known."""
    if one.centre_lonlat is None or other.centre_lonlat is None:
        return float("inf")
    _, _, distance_m = _EARTH.inv(*one.centre_lonlat, *other.centre_lonlat)
    return float(distance_m)
