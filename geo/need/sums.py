"""Sums of the need by street or segment, and what the bays there could serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from geo.need.expected import Need, Standing
from geo.need.parameters import Parameters
from geo.need.places import NOWHERE, Spot, bay_shapes, is_street, near_bays, nearest_segments
from geo.need.ranges import NOTHING, Range
from geo.need.street_names import plain_street
from geo.streets import Street
from geo.words import KerbBay

By = Literal["street", "segment"]

Key = tuple[str, str | None, int]
"""Plain name, commune, segment; ``NOWHERE`` in sums by street."""


@dataclass(frozen=True)
class Surroundings:
    """What the need is laid out on."""

    streets: Sequence[Street] = ()
    bays: Sequence[KerbBay] = ()
    by: By = "street"


@dataclass
class StreetNeed:
    """What is expected of the establishments of one street or segment: a prior, never a measure."""

    name: str | None
    """None for all establishments of which no street is known."""
    commune: str | None
    segments: set[int] = field(default_factory=set)
    """Positions in the file of streets."""
    points_lonlat: list[tuple[float, float]] = field(default_factory=list)
    """Places of its establishments."""
    standings: dict[Standing, int] = field(default_factory=dict)
    """How many establishments there are of each standing."""
    deliveries: Range = NOTHING
    """A week, of the counted establishments."""
    by_kind: dict[str, Range] = field(default_factory=dict)
    placed: Range = NOTHING
    """Of them, those of establishments whose place is known."""
    near: Range | None = None
    """Of these, those of establishments with a bay within reach; None where no bays were given."""
    bays: int | None = None
    """Bays whose nearest street it is; None where no bays or no lines were given."""
    capacity: int | None = None
    """Vehicles that fit in these."""

    @property
    def near_share(self) -> float | None:
        """Share of the deliveries that a bay within reach could serve, 0..1; None where no bay or place is known."""
        if self.near is None or self.placed.mid == 0:
            return None
        return self.near.mid / self.placed.mid

    @property
    def deliveries_per_place(self) -> Range | None:
        """Deliveries a week for each place of the street's bays; None where it has none."""
        return self.deliveries.scaled(1 / self.capacity) if self.capacity else None

    def places_needed(self, per_place: Range) -> Range:
        """Return how many places would serve the deliveries, if one serves so many a week."""
        wanted = self.deliveries
        return Range(
            wanted.low / per_place.high, wanted.mid / per_place.mid, wanted.high / per_place.low
        )


def by_street(
    needs: Sequence[Need], spots: Sequence[Spot], streets: Sequence[Street], by: By = "street"
) -> dict[Key, StreetNeed]:
    """Sum what is expected by street, or by segment; every establishment is in exactly one sum.

    Returns
    -------
    dict[Key, StreetNeed]
        In order of commune and name, the establishments without a street last; with ``segments`` of the whole street
        where sums are by street.
    """
    found: dict[Key, StreetNeed] = {}
    for need, spot in zip(needs, spots, strict=True):
        key = key_of(spot, by)
        street = found.setdefault(key, StreetNeed(spot.name, key[1]))
        if spot.segment != NOWHERE:
            street.segments.add(spot.segment)
        _add(street, need)
    if by == "street":
        _complete(found, streets)
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def key_of(spot: Spot, by: By) -> Key:
    """Return under which sum an establishment of a spot counts."""
    if spot.name is None:
        return "", None, NOWHERE
    return plain_street(spot.name), spot.commune, spot.segment if by == "segment" else NOWHERE


def add_bays(
    sums: Mapping[Key, StreetNeed],
    needs: Sequence[Need],
    spots: Sequence[Spot],
    surroundings: Surroundings,
    parameters: Parameters,
) -> list[str] | None:
    """Compare sums with bays; return the bays that lie on none of the streets, None where no lines were given.

    A bay belongs to its nearest street, so that no place counts twice; an establishment is near a bay of any street.
    """
    bays, by = surroundings.bays, surroundings.by
    for street in sums.values():
        street.near = NOTHING
        if street.segments:
            street.bays, street.capacity = 0, 0
    near = near_bays([need.establishment for need in needs], bays, parameters.within_m.value)
    for need, spot, is_near in zip(needs, spots, near, strict=True):
        if is_near and need.standing == "counted" and need.deliveries is not None:
            street = sums[key_of(spot, by)]
            street.near = (street.near or NOTHING) + need.deliveries
    if not surroundings.streets:
        return None
    segments = nearest_segments(
        bay_shapes(bays), [""] * len(bays), surroundings.streets, parameters.snap_m.value
    )
    owners = {segment: street for street in sums.values() for segment in street.segments}
    left = []
    for bay, segment in zip(bays, segments.tolist(), strict=True):
        owner = owners.get(segment)
        if owner is None:
            left.append(bay.bay_id)
        else:
            owner.bays = (owner.bays or 0) + 1
            owner.capacity = (owner.capacity or 0) + bay.capacity
    return left


def _add(street: StreetNeed, need: Need) -> None:
    one = need.establishment
    street.standings[need.standing] = street.standings.get(need.standing, 0) + 1
    if one.lonlat is not None:
        street.points_lonlat.append(one.lonlat)
    if need.standing != "counted" or need.deliveries is None or need.kind is None:
        return
    street.deliveries += need.deliveries
    street.by_kind[need.kind] = street.by_kind.get(need.kind, NOTHING) + need.deliveries
    if one.lonlat is not None:
        street.placed += need.deliveries


def _complete(sums: Mapping[Key, StreetNeed], streets: Sequence[Street]) -> None:
    """Give each street all its segments, with those on which no establishment lies."""
    named: dict[str, list[tuple[str | None, StreetNeed]]] = {}
    for (name, commune, _), need in sums.items():
        named.setdefault(name, []).append((commune, need))
    for position, street in enumerate(streets):
        if not is_street(street):
            continue
        for commune, need in named.get(plain_street(street.name), ()):
            if street.commune in {None, commune}:
                need.segments.add(position)


def _order(key: Key) -> tuple[bool, str, str, int]:
    return key[0] == "", key[1] or "", key[0], key[2]
