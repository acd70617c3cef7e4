"""Bays along the kerbs of the invented communes, with their capacity and time rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, sin

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from geo.crs import to_lonlat
from geo.rules import ALL_DAYS, WEEK
from geo.words import Bay, BayType, TimeRule
from sample_data.quarter.camera_street import camera_bays
from sample_data.quarter.names import COMMUNES, CRS, InventedCommune
from sample_data.quarter.roads import Road, bearing_rad, turns

LENGTHS_M = (10.0, 10.0, 12.0, 12.0, 12.0, 12.0, 15.0, 15.0, 15.0, 20.0)
"""Cerema, "Aménager les aires de livraison": 12 to 15 m; the rest occurs in inventories (Hauts-de-Seine file)."""

WIDTHS_M = (2.0, 2.2, 2.5)
"""Same source: 2.2 to 2.5 m of marking; 2.0 m occurs."""

VAN_M, GAP_M = 6.0, 1.0
"""Length of a van (the product's default) and of the gap in front of it (assumption)."""

HALF_ROAD_M = {"main": 5.4, "street": 4.2}
"""Half the width between kerbs (assumption)."""

APART_M = 45.0
"""Least distance between bays of one commune."""

MAX_TURN = 0.04
"""Radians by which a street may turn within a bay."""

CENTRE_PULL = 2.2
"""How much more likely a street is to have a bay at the town's centre than at its edge (assumption)."""

WORKDAYS = WEEK[:5]
MO_SA = WEEK[:6]


def _rules(
    *windows: tuple[Sequence[object], str, str], max_stay_min: int | None
) -> tuple[TimeRule, ...]:
    return tuple(
        TimeRule.model_validate(
            {"days": days, "start": start, "end": end, "max_stay_min": max_stay_min}
        )
        for days, start, end in windows
    )


@dataclass(frozen=True)
class RuleTemplate:
    """A kind of bay with its hours, and how common it is."""

    bay_type: BayType
    rules: tuple[TimeRule, ...]
    weight: float


TEMPLATES = (
    RuleTemplate(BayType.PERIODIC, _rules((MO_SA, "07:00", "20:00"), max_stay_min=30), 0.40),
    RuleTemplate(
        BayType.PERIODIC,
        _rules((WORKDAYS, "08:00", "12:00"), (WORKDAYS, "14:00", "19:00"), max_stay_min=30),
        0.13,
    ),
    RuleTemplate(BayType.PERIODIC, _rules((MO_SA, "06:00", "11:00"), max_stay_min=20), 0.11),
    RuleTemplate(BayType.PERIODIC, _rules((MO_SA, "07:00", "13:00"), max_stay_min=30), 0.10),
    RuleTemplate(
        BayType.PERIODIC,
        _rules((WORKDAYS, "13:00", "19:00"), (WEEK[5:6], "09:00", "19:00"), max_stay_min=30),
        0.06,
    ),
    RuleTemplate(BayType.PERMANENT, _rules((ALL_DAYS, "00:00", "24:00"), max_stay_min=30), 0.14),
    RuleTemplate(BayType.GOODS_ZONE, _rules((MO_SA, "06:00", "19:00"), max_stay_min=45), 0.06),
)
"""Hours: Paris shared bays (Mon-Sat 7-20, 30 min) and Grand Lyon's examples in Cerema's schema; weights are assumptions."""

USUAL_SHARE = 0.5
"""Share of bays that follow the commune's usual rule (assumption)."""

CAMERA_TEMPLATES = (0, 0, 5, 2)
"""Templates of the four bays that the camera sees."""


def make_bays(roads: Sequence[Road], seed: int) -> list[Bay]:
    """Place the bays of all communes; the first four are those that the camera sees."""
    rng = np.random.default_rng(seed)
    bays: list[Bay] = []
    for commune in COMMUNES:
        own = [road for road in roads if road.insee == commune.insee]
        placed = list(_camera_places(own)) if commune is COMMUNES[0] else []
        placed += _places(commune, own, [place.polygon for place in placed], rng)
        usual = int(rng.choice(len(TEMPLATES), p=_weights()))
        for number, place in enumerate(placed, start=1):
            template = TEMPLATES[
                place.template if place.template is not None else _template(usual, rng)
            ]
            bays.append(_bay(commune, number, place, template))
    return bays


@dataclass(frozen=True)
class Place:
    """A bay on the ground, in EPSG:2154."""

    street: str
    house: int
    polygon: Polygon
    length_m: float
    capacity: int
    template: int | None = None


def capacity_of(length_m: float) -> int:
    """Return how many vans fit one behind the other, at least one."""
    return max(1, int((length_m + GAP_M) // (VAN_M + GAP_M)))


def _camera_places(own: Sequence[Road]) -> Iterator[Place]:
    for i, seen in enumerate(camera_bays()):
        polygon = Polygon(seen.ring_xy)
        street = min(own, key=lambda road: _far_side_m(road.line, polygon))
        house = 2 * (1 + int(street.line.project(polygon.centroid) / 18.0))
        yield Place(street.name, house, polygon, seen.length_m, seen.capacity, CAMERA_TEMPLATES[i])


def _far_side_m(line: LineString, polygon: Polygon) -> float:
    """Return the greatest distance of a bay's corners from a street: small for the street along which it lies."""
    return max(line.distance(Point(corner)) for corner in polygon.exterior.coords)


def _places(
    commune: InventedCommune, own: Sequence[Road], taken: list[Polygon], rng: np.random.Generator
) -> list[Place]:
    """Try kerbs at random until the commune has its bays."""
    centre = Point(commune.centre_xy)
    town = centre.buffer(commune.town_radius_m)
    streets = [(road, road.line.intersection(town).length) for road in own]
    weights = np.array([length * _pull(road, centre, commune) for road, length in streets])
    found: list[Place] = []
    everything = [road.line for road in own]
    while len(found) + len(taken) < commune.bays:
        road = own[int(rng.choice(len(own), p=weights / weights.sum()))]
        place = _kerb_place(road, rng)
        others = [*taken, *(p.polygon for p in found)]
        if (
            place
            and town.contains(place.polygon)
            and _is_free(place.polygon, road, others, everything)
        ):
            found.append(place)
    return sorted(found, key=lambda place: (place.street, place.house))


def _pull(road: Road, centre: Point, commune: InventedCommune) -> float:
    near = 1.0 - min(road.line.distance(centre) / commune.town_radius_m, 1.0)
    return (1.0 + CENTRE_PULL * near) * (1.5 if road.kind == "main" else 1.0)


def _kerb_place(road: Road, rng: np.random.Generator) -> Place | None:
    """Return a rectangle along one kerb of a road; None where the road is too short or turns."""
    length_m, width_m = float(rng.choice(LENGTHS_M)), float(rng.choice(WIDTHS_M))
    at_m, side = rng.uniform(0.0, road.line.length), int(rng.choice([-1, 1]))
    half = length_m / 2 + 1.0
    if (
        at_m < half
        or at_m > road.line.length - half
        or turns(road.line, at_m - half, at_m + half) > MAX_TURN
    ):
        return None
    kerb = HALF_ROAD_M[road.kind]
    polygon = _rectangle(road.line, at_m, (length_m, side * (kerb - width_m), side * kerb))
    house = 2 * (1 + int(at_m / 18.0)) - (side < 0)
    return Place(road.name, house, polygon, length_m, capacity_of(length_m))


def _rectangle(line: LineString, at_m: float, size_m: tuple[float, float, float]) -> Polygon:
    """Return a rectangle beside a line: its length, and its near and far side across, left positive."""
    length_m, near_m, far_m = size_m
    angle, middle = bearing_rad(line, at_m), line.interpolate(at_m)
    u, v = np.array([cos(angle), sin(angle)]), np.array([-sin(angle), cos(angle)])
    corners = [
        (-length_m / 2, near_m),
        (length_m / 2, near_m),
        (length_m / 2, far_m),
        (-length_m / 2, far_m),
    ]
    return Polygon([np.array(middle.coords[0]) + u * x + v * y for x, y in corners])


def _is_free(polygon: Polygon, road: Road, others: list[Polygon], lines: list[LineString]) -> bool:
    """Tell whether a place is clear of other bays and of every other street."""
    clear = all(polygon.distance(other) > APART_M for other in others)
    return clear and all(
        line is road.line or line.distance(polygon) > HALF_ROAD_M["main"] + 2.0 for line in lines
    )


def _weights() -> list[float]:
    total = sum(template.weight for template in TEMPLATES)
    return [template.weight / total for template in TEMPLATES]


def _template(usual: int, rng: np.random.Generator) -> int:
    """Return the commune's usual rule or any: communes like one rule, and never quite keep to it."""
    return usual if rng.random() < USUAL_SHARE else int(rng.choice(len(TEMPLATES), p=_weights()))


def _bay(commune: InventedCommune, number: int, place: Place, template: RuleTemplate) -> Bay:
    ring = to_lonlat(np.array(place.polygon.exterior.coords), CRS)
    points = tuple((round(float(lon), 7), round(float(lat), 7)) for lon, lat in ring)
    return Bay(
        bay_id=f"{commune.insee}-{number:04d}",
        commune=commune.insee,
        name=f"{place.house} {place.street}",
        length_m=place.length_m,
        capacity=place.capacity,
        bay_type=template.bay_type,
        rules=template.rules,
        polygon_lonlat=points if Polygon(points).exterior.is_ccw else points[::-1],
    )
