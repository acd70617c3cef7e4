"""Groups of communes (EPCI) in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlmodel import Session, func

from geo.epci import Group
from geo.errors import UnknownGroup
from service.store.database import in_parts, upsert
from service.store.inventory_tables import GROUP, GROUP_MEMBER
from service.store.tables import BAY, COMMUNE


@dataclass(frozen=True)
class Member:
    """A commune of a group."""

    insee: str
    name: str | None
    """None where the commune is not in the database."""
    bays: int


def save_groups(session: Session, groups: Iterable[Group]) -> int:
    """Insert or replace groups, each with all its members; return how many."""
    taken = list(groups)
    rows = [{"siren": g.siren, "name": g.name, "kind": g.kind} for g in taken]
    upsert(session, GROUP, rows)
    for part in in_parts([group.siren for group in taken]):
        session.execute(delete(GROUP_MEMBER).where(GROUP_MEMBER.c.siren.in_(part)))
    members = [{"siren": g.siren, "insee": insee} for g in taken for insee in g.members]
    for some in in_parts(members):
        session.execute(insert(GROUP_MEMBER), list(some))
    return len(taken)


def list_groups(session: Session) -> list[Group]:
    """Return all groups by SIREN."""
    members: dict[str, list[str]] = {}
    for siren, insee in session.execute(
        select(GROUP_MEMBER.c.siren, GROUP_MEMBER.c.insee).order_by(GROUP_MEMBER.c.insee)
    ):
        members.setdefault(siren, []).append(insee)
    rows = session.execute(
        select(GROUP.c.siren, GROUP.c.name, GROUP.c.kind).order_by(GROUP.c.siren)
    )
    return [Group(siren, name, kind, tuple(members.get(siren, ()))) for siren, name, kind in rows]


def get_group(session: Session, siren: str) -> Group:
    """Return a group.

    Raises
    ------
    UnknownGroup
        No group has this SIREN.
    """
    columns = select(GROUP.c.name, GROUP.c.kind).where(GROUP.c.siren == siren)
    row = session.execute(columns).one_or_none()
    if row is None:
        raise UnknownGroup(f"no group of communes has the SIREN {siren!r}")
    members = select(GROUP_MEMBER.c.insee).where(GROUP_MEMBER.c.siren == siren)
    return Group(siren, row[0], row[1], tuple(sorted(session.scalars(members))))


def known_members(session: Session) -> dict[str, Member]:
    """Return every commune of the database as a member, with its number of bays, by code."""
    bays = select(BAY.c.insee, func.count().label("bays")).group_by(BAY.c.insee).subquery()
    rows = session.execute(
        select(COMMUNE.c.insee, COMMUNE.c.name, func.coalesce(bays.c.bays, 0)).outerjoin(
            bays, bays.c.insee == COMMUNE.c.insee
        )
    )
    return {insee: Member(insee, name, count) for insee, name, count in rows}


def groups_of_communes(session: Session) -> dict[str, list[str]]:
    """Return the SIREN of the groups of each commune, by code."""
    found: dict[str, list[str]] = {}
    rows = select(GROUP_MEMBER.c.insee, GROUP_MEMBER.c.siren).order_by(GROUP_MEMBER.c.siren)
    for insee, siren in session.execute(rows):
        found.setdefault(insee, []).append(siren)
    return found
