"""Where the bays of a simulated commune lie, how long they are, and which rules they have now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import to_lonlat
from geo.rules import ALL_DAYS, WEEK
from geo.simulation.truth import Kerb
from geo.words import BayType, TimeRule

Floats = NDArray[np.float64]

COMMUNE = "99901"
"""INSEE gives 99xxx to foreign countries: no French commune has this code."""

CRS, ORIGIN_XY = "EPSG:2154", (700_000.0, 6_600_000.0)
"""Metres in which the streets are drawn, and where: the middle of nowhere in particular."""

LENGTHS_M = (10.0, 12.0, 15.0, 18.0, 20.0, 24.0)
LENGTH_SHARES = (0.12, 0.28, 0.28, 0.14, 0.08, 0.10)
"""Kerb lengths of 10 to 24 m (science brief, section 6), most of 12 to 15 m (Cerema, section 1.1)."""

WIDTH_M = 2.2
"""Marking (Cerema, science brief, 1.1)."""

STREET_BAYS = (2, 6)
"""Bays along one street, least and most (science brief, 3.5)."""

APART_M = (30.0, 140.0)
"""Metres between neighbours along a street, least and most (assumption)."""

STREETS_APART_M = 150.0
"""Assumption."""

NEAR_M = 100.0
"""Neighbours farther than this are none (science brief, 2.4)."""


def _rule(days: tuple[str, ...], start: str, end: str, max_stay_min: int = 30) -> TimeRule:
    return TimeRule.model_validate(
        {"days": days, "start": start, "end": end, "max_stay_min": max_stay_min}
    )


PARIS_RULE = (_rule(WEEK[:6], "07:00", "20:00"),)

CURRENT_RULES: tuple[tuple[float, tuple[TimeRule, ...]], ...] = (
    (0.35, PARIS_RULE),
    (0.20, (_rule(WEEK[:6], "08:00", "19:00"),)),
    (0.15, (_rule(WEEK[:5], "08:00", "12:00"), _rule(WEEK[:5], "14:00", "19:00"))),
    (0.15, (_rule(WEEK[:6], "06:00", "11:00"),)),
    (0.15, (_rule(ALL_DAYS, "00:00", "24:00"),)),
)
"""Five rules that occur (Paris; Lyon twice; Antibes; permanent bays: science brief, 1.1) with their shares of the bays
(assumption) and the common maximum stay of 30 minutes."""


@dataclass(frozen=True)
class Place:
    """A bay of a simulated commune."""

    kerb: Kerb
    street: int
    along_m: float
    """Its front along the street."""
    ring_lonlat: list[list[float]]

    @property
    def capacity(self) -> int:
        """Vans that fit."""
        return max(int(self.kerb.length_m // 6.0), 1)


def draw_places(count: int, *, is_uniform: bool, rng: np.random.Generator) -> list[Place]:
    """Draw bays along streets, each with its length and one of the current rules.

    Parameters
    ----------
    count
        Of bays.
    is_uniform
        Whether all have the first rule.
    rng
        Of all draws.
    """
    length_m = rng.choice(LENGTHS_M, count, p=LENGTH_SHARES)
    rule = rng.choice(len(CURRENT_RULES), count, p=[share for share, _ in CURRENT_RULES])
    gap_m = rng.uniform(*APART_M, count)
    streets = np.repeat(np.arange(count), rng.integers(STREET_BAYS[0], STREET_BAYS[1] + 1, count))
    digits = max(4, len(str(count)))
    places: list[Place] = []
    along_m = 0.0
    for i, street in enumerate(streets[:count].tolist()):
        starts_street = i == 0 or street != places[-1].street
        along_m = 0.0 if starts_street else along_m + float(gap_m[i])
        rules = CURRENT_RULES[0 if is_uniform else int(rule[i])][1]
        kerb = Kerb(f"{COMMUNE}-{i + 1:0{digits}d}", float(length_m[i]), rules)
        places.append(Place(kerb, street, along_m, _ring(street, along_m, kerb.length_m)))
        along_m += kerb.length_m
    return places


def bay_type(rules: tuple[TimeRule, ...]) -> BayType:
    """Return permanent for rules of every day round the clock, periodic for all others."""
    whole = [rule for rule in rules if (rule.start, rule.end) == ("00:00", "24:00")]
    is_permanent = {day for rule in whole for day in rule.days} == set(ALL_DAYS)
    return BayType.PERMANENT if is_permanent else BayType.PERIODIC


def feature(place: Place, rules: tuple[TimeRule, ...]) -> dict[str, object]:
    """Return the GeoJSON feature of a bay with the rules of the end of the period."""
    return {
        "type": "Feature",
        "properties": {
            "bay_id": place.kerb.bay_id,
            "commune": COMMUNE,
            "length_m": place.kerb.length_m,
            "capacity": place.capacity,
            "bay_type": bay_type(rules).value,
            "rules": [rule.model_dump(mode="json") for rule in rules],
        },
        "geometry": {"type": "Polygon", "coordinates": [place.ring_lonlat]},
    }


def neighbours(places: Sequence[Place]) -> list[tuple[str, str, float]]:
    """Return the bays of a street that are within ``NEAR_M`` of each other, both ways, with their distance in metres."""
    found = []
    for i, place in enumerate(places):
        for other in places[max(i - STREET_BAYS[1], 0) : i + STREET_BAYS[1] + 1]:
            apart_m = abs(_middle_m(place) - _middle_m(other))
            if other is not place and other.street == place.street and apart_m <= NEAR_M:
                found.append((place.kerb.bay_id, other.kerb.bay_id, round(apart_m, 1)))
    return found


def _middle_m(place: Place) -> float:
    return place.along_m + place.kerb.length_m / 2


def _ring(street: int, along_m: float, length_m: float) -> list[list[float]]:
    """Return a closed ring, counter-clockwise; fifty streets lie side by side, then the next block begins."""
    x_m = ORIGIN_XY[0] + 1000.0 * (street // 50) + along_m
    corner = np.array([x_m, ORIGIN_XY[1] + STREETS_APART_M * (street % 50)])
    sides = np.array([[0, 0], [length_m, 0], [length_m, WIDTH_M], [0, WIDTH_M], [0, 0]])
    return [[round(x, 7), round(y, 7)] for x, y in to_lonlat(sides + corner, CRS).tolist()]
