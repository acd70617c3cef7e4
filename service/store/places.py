"""Communes and streets as rows: what an import replaced of them, and how it is put back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import delete, insert, select
from sqlmodel import Session

from geo.communes import CommuneOutline
from geo.streets import Street
from geo.words import Commune
from service.store.database import in_parts, upsert
from service.store.known_bays import referring
from service.store.tables import COMMUNE, STREET


@dataclass(frozen=True)
class Places:
    """Rows of some communes, and of all streets or none."""

    communes: Mapping[str, Mapping[str, Any]]
    """By INSEE code; those that are not known are left out."""
    streets: Sequence[Mapping[str, Any]] | None
    """None where streets do not matter."""


def places_now(session: Session, insee_codes: Collection[str], *, with_streets: bool) -> Places:
    """Return communes, and the streets if asked for, as they are now."""
    communes = {
        row["insee"]: dict(row)
        for part in in_parts(insee_codes)
        for row in session.execute(select(COMMUNE).where(COMMUNE.c.insee.in_(part))).mappings()
    }
    return Places(communes, _streets(session) if with_streets else None)


def list_outlines(session: Session) -> list[CommuneOutline]:
    """Return all communes with their outlines, by code."""
    columns = (
        COMMUNE.c[name]
        for name in ("insee", "name", "population", "time_zone", "outline", "vintage")
    )
    rows = session.execute(select(*columns).order_by(COMMUNE.c.insee))
    return [
        CommuneOutline(
            Commune(insee=insee, name=name, population=population, time_zone=time_zone),
            shapely.from_geojson(outline),
            vintage,
        )
        for insee, name, population, time_zone, outline, vintage in rows
    ]


def replaced_text(before: Places, after: Places) -> str:
    """Return what differs between two states as JSON text: each row before, and a checksum of what stands there now."""
    communes = {
        insee: {"before": before.communes.get(insee), "after": _checksum(row)}
        for insee, row in after.communes.items()
        if before.communes.get(insee) != row
    }
    streets = (
        None
        if before.streets == after.streets
        else {"before": before.streets, "after": _checksum(after.streets)}
    )
    return json.dumps({"communes": communes, "streets": streets})


def list_streets(session: Session) -> list[Street]:
    """Return all streets."""
    return [
        Street(
            name=row["name"],
            commune=row["insee"],
            kind=row["kind"],
            line_lonlat=json.loads(row["geometry"])["coordinates"],
        )
        for row in _streets(session)
    ]


def touches_others(text: str, insee: str) -> bool:
    """Tell whether an import replaced streets, or a commune other than one."""
    replaced = json.loads(text)
    return replaced["streets"] is not None or bool(set(replaced["communes"]) - {insee})


def put_back(session: Session, text: str) -> None:
    """Put communes and streets back as they were before an import.

    What something else replaced in the meantime stays, and so does a commune that the import brought and something
    refers to by now: it is a place, not a claim of the inventory.
    """
    replaced = json.loads(text)
    streets = replaced["streets"]
    if streets is not None and _checksum(_streets(session)) == streets["after"]:
        session.execute(delete(STREET))
        if streets["before"]:
            session.execute(insert(STREET), streets["before"])
    before = {insee: item["before"] for insee, item in replaced["communes"].items()}
    now = places_now(session, before, with_streets=False).communes
    left = {
        insee
        for insee, row in now.items()
        if _checksum(row) == replaced["communes"][insee]["after"]
    }
    upsert(session, COMMUNE, [before[insee] for insee in sorted(left) if before[insee]])
    brought = [insee for insee in left if before[insee] is None]
    free = set(brought) - set(referring(session, COMMUNE, brought))
    for part in in_parts(sorted(free)):
        session.execute(delete(COMMUNE).where(COMMUNE.c.insee.in_(part)))


def _streets(session: Session) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(STREET).order_by(STREET.c.id)).mappings()]


def _checksum(rows: object) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
