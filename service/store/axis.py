"""Bays in a fixed order: the first axis of every array of figures, and what a zone identifier names."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import sqlalchemy
from numpy.typing import NDArray
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from service.store.database import in_parts
from service.store.inventory_tables import PAST_ZONE
from service.store.tables import BAY, COMMUNE, BayRow


@dataclass(frozen=True)
class BayPlace:
    """What ingest and figures need of a bay."""

    bay_id: str
    insee: str
    zone_id: str
    capacity: int
    time_zone: str


@dataclass(frozen=True)
class BayAxis:
    """Bays in a fixed order (by identifier): the first axis of every array of figures."""

    places: tuple[BayPlace, ...]
    index: dict[str, int] = field(init=False)
    """Position of each bay."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {p.bay_id: i for i, p in enumerate(self.places)})

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def capacity(self) -> NDArray[np.int64]:
        """Vehicles that fit in each bay, shape ``(B,)``."""
        return np.array([place.capacity for place in self.places], np.int64)

    @cached_property
    def communes(self) -> tuple[str, ...]:
        """INSEE codes of the bays' communes, in order, each once."""
        return tuple(sorted({place.insee for place in self.places}))

    @cached_property
    def commune(self) -> NDArray[np.int64]:
        """Commune of each bay as a position in ``communes``, shape ``(B,)``."""
        position = {insee: i for i, insee in enumerate(self.communes)}
        return np.array([position[place.insee] for place in self.places], np.int64)

    @cached_property
    def checksum(self) -> int:
        """Changes when a bay comes, goes, or changes capacity or commune."""
        said = repr([(p.bay_id, p.insee, p.capacity, p.time_zone) for p in self.places])
        return zlib.crc32(said.encode())

    def of_commune(self, insee: str) -> NDArray[np.int64]:
        """Return the positions of a commune's bays."""
        return np.flatnonzero([place.insee == insee for place in self.places])


def bay_axis(session: Session, insee: str | None = None) -> BayAxis:
    """Return all bays, or those of one commune, in order of their identifiers."""
    places = _places(session, BAY.c.insee == insee) if insee else _places(session)
    return BayAxis(tuple(sorted(places, key=lambda place: place.bay_id)))


def axis_of(session: Session, bay_ids: Collection[str]) -> BayAxis:
    """Return the known ones of some bays, in order of their identifiers."""
    places = [
        place for part in in_parts(bay_ids) for place in _places(session, BAY.c.bay_id.in_(part))
    ]
    return BayAxis(tuple(sorted(places, key=lambda place: place.bay_id)))


def places_of_zones(session: Session, zone_ids: Collection[str]) -> dict[str, BayPlace]:
    """Return the bays with these CDS zone identifiers, by identifier asked for; unknown ones are left out.

    An identifier that a bay had before it moved still names it: cameras know no other.
    """
    found = {place.zone_id: place for place in _places(session, BAY.c.zone_id.in_(zone_ids))}
    missing = set(zone_ids) - set(found)
    if not missing:
        return found
    past = sqlalchemy.select(PAST_ZONE.c.zone_id, PAST_ZONE.c.bay_id).where(
        PAST_ZONE.c.zone_id.in_(missing)
    )
    bay_of_zone = {row[0]: row[1] for row in session.execute(past)}
    moved = axis_of(session, set(bay_of_zone.values()))
    return found | {
        zone_id: moved.places[moved.index[bay_id]] for zone_id, bay_id in bay_of_zone.items()
    }


def _places(session: Session, *conditions: ColumnElement[bool]) -> list[BayPlace]:
    statement = (
        sqlalchemy.select(
            BAY.c.bay_id, BAY.c.insee, BAY.c.zone_id, BAY.c.capacity, COMMUNE.c.time_zone
        )
        .join(COMMUNE, COMMUNE.c.insee == BAY.c.insee)
        .where(*conditions)
    )
    return [BayPlace(*row) for row in session.execute(statement)]


def lock_bays(session: Session, bay_ids: Iterable[str]) -> None:
    """Make other writers of these bays wait for this transaction.

    PostgreSQL locks the rows, always in the same order so that two batches cannot wait for each
    other; SQLite has one writer anyway.
    """
    for part in in_parts(sorted(bay_ids)):
        statement = (
            select(BayRow.bay_id)
            .where(col(BayRow.bay_id).in_(part))
            .order_by(BayRow.bay_id)
            .with_for_update()
        )
        session.exec(statement).all()
