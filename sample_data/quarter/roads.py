"""Streets of the invented communes: roads between towns and older streets bent around each centre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import cos, pi, radians, sin

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from sample_data.quarter.names import COMMUNES, STREET_NAMES, InventedCommune
from sample_data.quarter.outlines import Outlines

Floats = NDArray[np.float64]

MIN_BORDER_M = 900.0
"""Communes with a shorter common border have no road of their own between them."""

BLOCK_M = (75.0, 150.0)
"""Range of distances between parallel streets of an old town."""

WAVE_M = 34.0
"""How far streets swing from straight."""

STRAIGHT_M, FREE_M = 140.0, 420.0
"""Around the camera's street streets are straight, and swing freely from the second distance on."""

MIN_STREET_M = 90.0
"""Shorter pieces are left out."""

GAP_SHARE = 0.16
"""Share of blocks through which a street does not run."""

RIVERBANK_M = 28.0


@dataclass(frozen=True)
class Road:
    """A street's line in EPSG:2154 with its name."""

    name: str
    insee: str
    kind: str
    """``main`` or ``street``."""
    line: LineString


def make_roads(outlines: Outlines, camera_axis: LineString, seed: int) -> list[Road]:
    """Draw the roads between towns, cut at the borders, and the streets of each town.

    Parameters
    ----------
    outlines
        Communes and river.
    camera_axis
        Centre line of the street that the camera sees, in EPSG:2154; the first commune's streets follow it.
    seed
        Same seed, same streets.
    """
    rng = np.random.default_rng(seed)
    main = list(_main_roads(outlines, rng))
    roads = list(main)
    for commune, outline in zip(COMMUNES, outlines.communes, strict=True):
        own = [road.line for road in main if road.insee == commune.insee]
        seen = camera_axis if commune is COMMUNES[0] else LineString()
        place = _town(commune, outline, rng).difference(outlines.river.buffer(RIVERBANK_M))
        streets = _kept(_grid(commune, seen, rng), place, _Held(own, seen), rng)
        names = iter(rng.permutation(STREET_NAMES))
        roads += [
            Road(str(next(names)), commune.insee, "street", line)
            for line in streets[: len(STREET_NAMES)]
        ]
    return roads


def _main_roads(outlines: Outlines, rng: np.random.Generator) -> Iterator[Road]:
    for (a, first), (b, second) in combinations(zip(COMMUNES, outlines.communes, strict=True), 2):
        border = first.intersection(second)
        if border.length < MIN_BORDER_M:
            continue
        crossing = np.array(_middle(border).coords[0])
        line = _curve(np.array(a.centre_xy), crossing, np.array(b.centre_xy), rng)
        for here, there, outline in ((a, b, first), (b, a, second)):
            piece = _longest(line.intersection(outline))
            if piece is not None:
                yield Road(f"route {_towards(there.name)}", here.insee, "main", piece)


def _middle(border: BaseGeometry) -> Point:
    """Return a point on a border, in the middle of its longest piece."""
    piece = _longest(shapely.line_merge(border))
    return (
        border.representative_point() if piece is None else piece.interpolate(0.5, normalized=True)
    )


def _towards(name: str) -> str:
    """Return a commune's name after the French for "of"."""
    if name.startswith("Les "):
        return f"des {name[4:]}"
    if name.startswith("La "):
        return f"de {name}"
    return f"d'{name}" if name[0] in "AEIOUYÉ" else f"de {name}"


def _curve(start: Floats, middle: Floats, end: Floats, rng: np.random.Generator) -> LineString:
    """Return a bent road through three places, smoothed."""
    points = np.stack([start, middle, end])
    for spread in (0.10, 0.07, 0.05):
        steps = np.diff(points, axis=0)
        across = np.stack([-steps[:, 1], steps[:, 0]], axis=1)
        middles = points[:-1] + steps / 2 + across * rng.uniform(-spread, spread, (len(steps), 1))
        joined = np.empty((len(points) + len(middles), 2))
        joined[::2], joined[1::2] = points, middles
        points = joined
    return _smooth(points)


def _smooth(points: Floats, rounds: int = 3) -> LineString:
    for _ in range(rounds):
        quarter = points[:-1] * 0.75 + points[1:] * 0.25
        rest = points[:-1] * 0.25 + points[1:] * 0.75
        soft = np.stack([quarter, rest], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], soft[1:-1], points[-1:]])
    return LineString(points)


def _town(commune: InventedCommune, outline: Polygon, rng: np.random.Generator) -> BaseGeometry:
    """Return the built-up area: a soft blob around the centre, inside the commune."""
    angles = np.linspace(0.0, 2 * pi, 48, endpoint=False)
    radius = np.full(48, commune.town_radius_m)
    for wave in (2, 3, 5):
        radius += (
            commune.town_radius_m
            * rng.uniform(0.05, 0.13)
            * np.sin(wave * angles + rng.uniform(0, 2 * pi))
        )
    ring = np.array(commune.centre_xy) + radius[:, None] * np.stack(
        [np.cos(angles), np.sin(angles)], axis=1
    )
    return Polygon(ring).intersection(outline.buffer(-40.0))


def _grid(commune: InventedCommune, seen: LineString, rng: np.random.Generator) -> list[LineString]:
    """Return two bundles of streets across each other, swung by slow waves.

    Where the camera sees a street, the first street of the first bundle follows it, and none crosses it there.
    """
    turn = radians(90.0 - commune.grid_bearing_deg)
    axes = np.array([[cos(turn), sin(turn)], [-sin(turn), cos(turn)]])
    origin = np.array(commune.centre_xy if seen.is_empty else seen.centroid.coords[0])
    reach = commune.town_radius_m * 1.6
    along = np.arange(-reach, reach + 1, 20.0)
    waves = _waves(rng)
    lines = []
    for axis in (0, 1):
        for offset in _offsets(reach, rng):
            local = np.stack([along, np.full_like(along, offset)], axis=1)[:, [axis, 1 - axis]]
            line = LineString(
                (local + _swing(local, waves, held=not seen.is_empty)) @ axes + origin
            )
            if axis == 0 or not line.intersects(seen):
                lines.append(line)
    return lines


def _offsets(reach: float, rng: np.random.Generator) -> Floats:
    """Return uneven distances of parallel streets on both sides of the first, which is at 0."""
    sides = [np.cumsum(rng.uniform(*BLOCK_M, int(reach / BLOCK_M[0]))) for _ in range(2)]
    return np.concatenate([[0.0], sides[0], -sides[1]])


def _waves(rng: np.random.Generator) -> Floats:
    """Return wave vectors and phases of the swing, shape ``(2, 3, 3)``: one set for each direction."""
    length = rng.uniform(450.0, 1_100.0, (2, 3))
    angle = rng.uniform(0, 2 * pi, (2, 3))
    return np.stack(
        [
            np.cos(angle) * 2 * pi / length,
            np.sin(angle) * 2 * pi / length,
            rng.uniform(0, 2 * pi, (2, 3)),
        ],
        axis=-1,
    )


def _swing(local: Floats, waves: Floats, *, held: bool) -> Floats:
    phase = local @ waves[:, :, :2].reshape(-1, 2).T + waves[:, :, 2].reshape(-1)
    swing: Floats = WAVE_M * np.sin(phase).reshape(len(local), 2, 3).mean(axis=2) * 2
    if not held:
        return swing
    far = np.clip(
        (np.hypot(local[:, 0], local[:, 1]) - STRAIGHT_M) / (FREE_M - STRAIGHT_M), 0.0, 1.0
    )
    return np.asarray(swing * (far * far * (3 - 2 * far))[:, None])


@dataclass(frozen=True)
class _Held:
    """What streets give way to, and where one must run."""

    main: list[LineString]
    seen: LineString


def _kept(
    grid: list[LineString], place: BaseGeometry, held: _Held, rng: np.random.Generator
) -> list[LineString]:
    """Return the streets inside the town, blocks left out here and there, none beside a main road, longest first."""
    beside = shapely.union_all(held.main).buffer(30.0)
    must = held.seen.buffer(1.0)
    pieces: list[LineString] = []
    for line in grid:
        blocks = [block for block in _blocks(line, grid) if place.contains(block)]
        drawn = rng.random(len(blocks)) > GAP_SHARE
        kept = [
            block
            for block, is_drawn in zip(blocks, drawn, strict=True)
            if block.intersection(must).length > 1.0
            or (is_drawn and block.intersection(beside).length < 0.6 * block.length)
        ]
        pieces += [run for run in _runs(kept) if run.length >= MIN_STREET_M]
    return sorted(pieces, key=lambda piece: -piece.length)


def _blocks(line: LineString, grid: list[LineString]) -> list[LineString]:
    """Cut a street where others cross it, from its beginning to its end."""
    crossings = shapely.get_coordinates(
        [line.intersection(other) for other in grid if other is not line]
    )
    cuts = np.unique(np.round(shapely.line_locate_point(line, shapely.points(crossings)), 2))
    pieces = [substring(line, a, b) for a, b in pairwise([0.0, *cuts, line.length]) if b - a > 1.0]
    return [piece for piece in pieces if isinstance(piece, LineString)]


def _runs(blocks: list[LineString]) -> Iterator[LineString]:
    """Join consecutive blocks of one street."""
    run: list[tuple[float, ...]] = []
    for block in blocks:
        points = list(block.coords)
        if run and Point(run[-1]).distance(Point(points[0])) > 1.0:
            yield LineString(run)
            run = []
        run += points[1:] if run else points
    if len(run) > 1:
        yield LineString(run)


def _lines(geometry: BaseGeometry) -> list[LineString]:
    if isinstance(geometry, LineString):
        return [] if geometry.is_empty else [geometry]
    return list(geometry.geoms) if isinstance(geometry, MultiLineString) else []


def _longest(geometry: BaseGeometry) -> LineString | None:
    return max(_lines(geometry), key=lambda line: line.length, default=None)


def bearing_rad(line: LineString, at_m: float) -> float:
    """Return the direction of a line at a distance along it, anticlockwise from east, over five metres around."""
    a, b = line.interpolate(max(at_m - 2.5, 0.0)), line.interpolate(min(at_m + 2.5, line.length))
    return float(np.arctan2(b.y - a.y, b.x - a.x))


def turns(line: LineString, from_m: float, to_m: float) -> float:
    """Return how much a line turns between two distances along it, radians."""
    steps = np.linspace(from_m, to_m, 6)
    angles = [bearing_rad(line, float(at)) for at in steps]
    return float(max(abs((b - a + pi) % (2 * pi) - pi) for a, b in pairwise(angles)))
