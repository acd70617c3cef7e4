"""Routes of groups of communes (EPCI): members, and their occupancy as one place."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response

from geo.communes_fields import SIREN_PATTERN
from geo.epci import Contradiction, Group, contradictions
from geo.sums import Sums, by_commune
from service.api.answers import answer, answer_tagged, encode, share, shares, tag_of
from service.api.occupancy import MAX_WEEKS, week_days
from service.api.parameters import read_day
from service.context import Ctx
from service.store.axis import BayAxis, bay_axis
from service.store.database import reading
from service.store.figures import day_versions
from service.store.groups import Member, get_group, known_members, list_groups
from service.weeks import take, typical_week

SirenPath = Annotated[
    str, Path(pattern=f"^{SIREN_PATTERN}$", description="SIREN of a group of communes.")
]

router = APIRouter(prefix="/api/v1/groups", tags=["groups"])


@router.get("")
def get_groups(request: Request, context: Ctx) -> Response:
    """Return the groups of communes with how many members they have, how many are known here, and their bays.

    `contradictions` lists communes that several groups with taxation of their own claim; the law allows one.
    """
    with reading(context.engine) as session:
        groups, known = list_groups(session), known_members(session)
    items = [_summary(group, known) for group in groups]
    told = [_contradiction(item) for item in contradictions(groups)]
    return answer(request, {"items": items, "contradictions": told})


@router.get("/{siren}")
def get_one_group(request: Request, context: Ctx, siren: SirenPath) -> Response:
    """Return a group with its members; those that are not known here have no name and no bays."""
    with reading(context.engine) as session:
        group, known, all_groups = (
            get_group(session, siren),
            known_members(session),
            list_groups(session),
        )
    members = [
        {**asdict(known.get(insee, Member(insee, None, 0))), "is_known": insee in known}
        for insee in group.members
    ]
    told = [_contradiction(c) for c in contradictions(all_groups) if siren in c.sirens]
    return answer(request, {**_summary(group, known), "communes": members, "contradictions": told})


@router.get("/{siren}/week")
def get_group_week(
    request: Request,
    context: Ctx,
    siren: SirenPath,
    weeks: Annotated[int, Query(ge=1, le=MAX_WEEKS, description="Whole weeks summed.")] = 8,
    until: Annotated[
        str | None, Query(description="Last day, included; the last with figures if left out.")
    ] = None,
) -> Response:
    """Return the typical week of all bays of a group together, of the whole period, and of each commune.

    Each bay counts by its capacity and by the time in which it was seen; `coverage` is the share of the time of all
    bays of known members that was seen. Members without a bay here count for nothing, and are in `without_bays`.
    """
    with reading(context.engine) as session:
        group = get_group(session, siren)
        from_on, to_on = week_days(session, weeks, read_day(until))
        axis = bay_axis(session)
        versions = sorted(day_versions(session, from_on, to_on).items())
        tag = tag_of(group, axis.checksum, versions, from_on, to_on)

        def body() -> bytes:
            sums = typical_week(session, context.cache, axis, from_on, to_on)
            head = {"siren": siren, "name": group.name}
            days = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
            return encode({**head, **days, **_figures(group, axis, sums)})

        return answer_tagged(request, tag, lambda: context.bodies.get(tag, body))


def _figures(group: Group, axis: BayAxis, sums: Sums) -> dict[str, Any]:
    """Return the sums of a group's bays: parts are added, shares never averaged."""
    with_bays = [insee for insee in group.members if insee in axis.communes]
    position = {axis.communes.index(insee): i for i, insee in enumerate(with_bays)}
    kept = np.flatnonzero(np.isin(axis.commune, list(position)))
    bays = take(sums, kept)
    own = np.array([position[c] for c in axis.commune[kept].tolist()], np.int64)
    week = by_commune(bays, np.zeros(len(kept), np.int64), 1)
    each = _whole(by_commune(bays, own, len(with_bays)))
    return {
        "bays": len(kept),
        "occupancy": shares(week.occupancy)[0],
        "coverage": shares(np.nan_to_num(week.coverage))[0],
        "full": shares(week.full_share)[0],
        "total": _total(_whole(week), 0),
        "communes": [
            {"insee": insee, "bays": int((own == i).sum()), **_total(each, i)}
            for i, insee in enumerate(with_bays)
        ],
        "without_bays": [insee for insee in group.members if insee not in with_bays],
    }


def _whole(sums: Sums) -> Sums:
    """Return the sums over all hours of the week as one group."""
    return Sums(*(getattr(sums, part.name).sum(axis=-1, keepdims=True) for part in fields(Sums)))


def _total(sums: Sums, i: int) -> dict[str, Any]:
    return {
        "occupancy": share(sums.occupancy[i, 0]),
        "coverage": share(np.nan_to_num(sums.coverage)[i, 0]),
        "full_share": share(sums.full_share[i, 0]),
        "arrivals": int(sums.arrivals[i].sum()),
    }


def _summary(group: Group, known: dict[str, Member]) -> dict[str, Any]:
    there = [known[insee] for insee in group.members if insee in known]
    return {
        "siren": group.siren,
        "name": group.name,
        "kind": group.kind,
        "members": len(group.members),
        "known": len(there),
        "bays": sum(member.bays for member in there),
    }


def _contradiction(item: Contradiction) -> dict[str, Any]:
    return {"insee": item.insee, "groups": list(item.sirens)}
