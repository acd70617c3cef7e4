"""Which way a bay given as a point lies: along its own kerb, the nearest street, or its neighbours."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import to_metric
from geo.inventory.cells import plain
from geo.inventory.draft import Draft
from geo.streets import Street

Floats = NDArray[np.float64]

STREET_WITHIN_M = 30.0
"""A street's line farther than this is another street's: half a wide avenue (the Champs-Élysées are 70 m wide)."""

SAME_SIDE_M = (15.0, 150.0)
"""Nearest and farthest neighbour on the same side that tells a direction.

Positions are good to about two metres, so that 15 m tell a direction within 8 degrees; streets bend over more than
150 m. Assumptions of the house, as no source was found.
"""

OTHER_SIDE_M = (60.0, 200.0)
"""The same for neighbours across the street, some ten metres aside: within 10 degrees. Assumption of the house."""

NEAREST = 4
"""Neighbours that vote."""

MOST_IN_A_STREET = 500
"""More rows than this name no street; the longest of Paris has 66 bays."""

STRAIGHT = 0.25
"""Largest share of the spread across the direction in that along it."""

RIVER = "river"


class By(StrEnum):
    """What told the direction of a bay."""

    SOURCE = "source"
    STREET = "street"
    NEIGHBOURS = "neighbours"


@dataclass(frozen=True)
class Heading:
    """Direction of a bay's length, radians counter-clockwise from east in metric coordinates."""

    angle: float
    by: By


def headings(
    drafts: Sequence[Draft], centres_xy: Floats, streets: Sequence[Street], crs: str
) -> list[Heading | None]:
    """Return the heading of each bay, None where nothing tells it.

    Parameters
    ----------
    drafts
        Rows given as points, all in the same metric system.
    centres_xy
        Their positions, shape ``(n, 2)``, metres.
    """
    found: list[Heading | None] = [
        _along(_metric(draft.said.kerb_lonlat, crs), centre, By.SOURCE)
        for draft, centre in zip(drafts, centres_xy, strict=True)
    ]
    by_street = _by_street(drafts, centres_xy, streets, crs)
    by_neighbours = _by_neighbours(drafts, centres_xy)
    return [
        own or by_street.get(position) or by_neighbours.get(position)
        for position, own in enumerate(found)
    ]


def _metric(line_lonlat: Sequence[tuple[float, float]], crs: str) -> Floats:
    return to_metric(np.array(line_lonlat, np.float64), crs) if line_lonlat else np.empty((0, 2))


def _along(line_xy: Floats, point: Floats, by: By) -> Heading | None:
    """Return the direction of the piece of a line that is nearest to a point."""
    if len(line_xy) < 2:  # noqa: PLR2004 - a line has two points
        return None
    starts, steps = line_xy[:-1], np.diff(line_xy, axis=0)
    lengths = np.maximum((steps**2).sum(axis=1), 1e-12)
    along = np.clip(((point - starts) * steps).sum(axis=1) / lengths, 0, 1)
    nearest = np.argmin(np.hypot(*(starts + along[:, None] * steps - point).T))
    return Heading(float(np.arctan2(steps[nearest, 1], steps[nearest, 0])), by)


def _by_street(
    drafts: Sequence[Draft], centres_xy: Floats, streets: Sequence[Street], crs: str
) -> dict[int, Heading]:
    """Return headings by the named street of the bay's address where it is near, else by the nearest named one."""
    named = [street for street in streets if street.name and street.kind != RIVER]
    lines = [_metric(street.line_lonlat, crs) for street in named]
    if not lines:
        return {}
    shapes = [shapely.LineString(line) for line in lines]
    tree = shapely.STRtree(shapes)
    points = [shapely.Point(x, y) for x, y in centres_xy.tolist()]
    near: dict[int, list[int]] = {}
    for point, line in tree.query(points, predicate="dwithin", distance=STREET_WITHIN_M).T.tolist():
        near.setdefault(point, []).append(line)
    found: dict[int, Heading] = {}
    for point, candidates in near.items():
        address = plain(str(drafts[point].said.details.get("address") or ""))
        chosen = min(
            candidates,
            key=lambda line: (
                plain(named[line].name) not in address,
                shapes[line].distance(points[point]),
            ),
        )
        heading = _along(lines[chosen], centres_xy[point], By.STREET)
        if heading is not None:
            found[point] = heading
    return found


def _by_neighbours(drafts: Sequence[Draft], centres_xy: Floats) -> Mapping[int, Heading]:
    groups: dict[Hashable, list[int]] = {}
    for position, draft in enumerate(drafts):
        if draft.said.street is not None:
            groups.setdefault(draft.said.street, []).append(position)
    found: dict[int, Heading] = {}
    for members in groups.values():
        if len(members) > MOST_IN_A_STREET:
            continue
        known: dict[Hashable, int] = {}
        sides = np.array(
            [known.setdefault(drafts[member].said.side, len(known)) for member in members]
        )
        directions = _directions(centres_xy[members], sides)
        found |= {
            member: heading
            for member, heading in zip(members, directions, strict=True)
            if heading is not None
        }
    return found


def _directions(xy: Floats, sides: NDArray[Any]) -> list[Heading | None]:
    apart = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    same = sides[:, None] == sides[None, :]
    return [
        _principal(xy, position, apart[position], same[position], SAME_SIDE_M)
        or _principal(xy, position, apart[position], np.ones(len(xy), bool), OTHER_SIDE_M)
        for position in range(len(xy))
    ]


def _principal(
    xy: Floats,
    position: int,
    apart: Floats,
    allowed: NDArray[np.bool_],
    within_m: tuple[float, float],
) -> Heading | None:
    """Return the principal direction of a point and its nearest neighbours, None where they lie on no line."""
    near = np.flatnonzero(allowed & (apart >= within_m[0]) & (apart <= within_m[1]))
    if not len(near):
        return None
    voters = near[np.argsort(apart[near])[:NEAREST]]
    steps = xy[voters] - xy[position]
    spread = steps.T @ steps
    size, axes = np.linalg.eigh(spread)
    if size[0] > STRAIGHT**2 * size[1]:
        return None
    return Heading(float(np.arctan2(axes[1, 1], axes[0, 1])), By.NEIGHBOURS)
