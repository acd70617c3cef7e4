"""Takes outlines of communes and their groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from geo.communes import CommuneOutline
from geo.communes_vintages import latest, whole_communes
from geo.epci import Contradiction, Group, contradictions
from service.ingest.inventory import follow_capacity
from service.store.bays import save_communes
from service.store.communes import bays_of_communes, is_older, stored_communes
from service.store.groups import list_groups, save_groups
from service.store.notes import next_inventory


@dataclass(frozen=True)
class Taken:
    """What became of a file of communes."""

    communes: int
    older: tuple[str, ...]
    """Codes whose outline was not taken: the database has one of a later vintage."""
    groups: int
    left: Mapping[str, tuple[str, ...]]
    """Members that a group had and its new list does not name, by SIREN."""
    contradictions: tuple[Contradiction, ...]
    """Communes that groups of the database and of the file claim together."""


def save_outlines(
    session: Session,
    outlines: Iterable[CommuneOutline],
    groups: Iterable[Group] = (),
    *,
    takes_older: bool = False,
) -> Taken:
    """Insert or replace communes and groups; figures follow where a time zone is another.

    Parameters
    ----------
    outlines
        Of any vintages; one is taken for each commune, the newest.
    groups
        Replace those with the same SIREN, with their members.
    takes_older
        Whether an outline may replace one of a later vintage.
    """
    stored = stored_communes(session)
    wholes = whole_communes(latest(list(outlines)))
    older = {
        item.commune.insee
        for item in wholes
        if not takes_older and is_older(item.vintage, stored.get(item.commune.insee))
    }
    taken = [item for item in wholes if item.commune.insee not in older]
    next_inventory(session)
    count = save_communes(session, taken)
    moved = [
        item.commune.insee
        for item in taken
        if item.commune.insee in stored
        and stored[item.commune.insee].time_zone != item.commune.time_zone
    ]
    follow_capacity(session, bays_of_communes(session, moved))
    before = list_groups(session)
    saved = save_groups(session, groups)
    after = list_groups(session)
    return Taken(count, tuple(sorted(older)), saved, _left(before, after), contradictions(after))


def _left(before: Sequence[Group], after: Sequence[Group]) -> Mapping[str, tuple[str, ...]]:
    """Return which members each group has no longer: the file of one department knows but some of them."""
    now = {group.siren: set(group.members) for group in after}
    gone = {group.siren: set(group.members) - now[group.siren] for group in before}
    return {siren: tuple(sorted(codes)) for siren, codes in gone.items() if codes}
