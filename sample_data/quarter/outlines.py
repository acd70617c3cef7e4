"""Outlines of the communes: cells around their towns with borders bent like real ones, and a river along some."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import linemerge, polygonize

from sample_data.quarter.names import COMMUNES

Floats = NDArray[np.float64]

REACH_M = 2_100.0
"""How far the quarter reaches beyond its outer towns."""

BEND = 0.13
"""Sideways displacement of a border's middle as a share of its length."""

STEP_M = 90.0
"""Borders are bent until their pieces are this short."""

Node = tuple[float, float]


@dataclass(frozen=True)
class Outlines:
    """The ground plan in EPSG:2154."""

    communes: tuple[Polygon, ...]
    """In the order of ``COMMUNES``; neighbours share their border point by point."""
    river: LineString


def make_outlines(seed: int) -> Outlines:
    """Draw the outlines of all communes and the river."""
    rng = np.random.default_rng(seed)
    edges = [edge for edge in _straight_edges(_region(rng)) if edge.length > 1]
    river_path = _path_across(edges)
    bent = [_rounded(_bent(edge, rng)) for edge in edges]
    cells = list(polygonize(bent))
    centres = [Point(commune.centre_xy) for commune in COMMUNES]
    communes = tuple(next(cell for cell in cells if cell.contains(centre)) for centre in centres)
    return Outlines(communes, _joined([bent[i] for i in river_path]))


def _region(rng: np.random.Generator) -> Polygon:
    """Return the outer border: a soft line around all towns."""
    around = MultiPoint([commune.centre_xy for commune in COMMUNES]).convex_hull.buffer(REACH_M)
    ring = shapely.segmentize(around, 1_500.0).exterior.simplify(300.0)
    points = np.array(ring.coords)[:-1]
    points += rng.normal(0.0, 260.0, points.shape)
    return Polygon(points)


def _straight_edges(region: Polygon) -> list[LineString]:
    """Return the borders between towns as straight lines from node to node, the outer border cut at its nodes."""
    towns = MultiPoint([commune.centre_xy for commune in COMMUNES])
    cells = shapely.voronoi_polygons(towns, extend_to=region.buffer(3_000.0))
    lines = shapely.union_all([shapely.intersection(cell, region).boundary for cell in cells.geoms])
    merged = shapely.line_merge(lines)
    return [LineString(edge.simplify(1.0).coords) for edge in shapely.get_parts(merged)]


def _bent(edge: LineString, rng: np.random.Generator) -> Floats:
    """Displace the middle of each piece again and again, the ends staying where they are."""
    points = np.array(edge.coords)
    while True:
        steps = np.diff(points, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        if lengths.max() <= STEP_M:
            return points
        across = np.stack([-steps[:, 1], steps[:, 0]], axis=1)
        shift = np.clip(rng.normal(0.0, BEND, len(steps)), -2 * BEND, 2 * BEND)
        middles = points[:-1] + steps / 2 + across * shift[:, None]
        joined = np.empty((len(points) + len(middles), 2))
        joined[::2], joined[1::2] = points, middles
        points = joined


def _rounded(points: Floats) -> LineString:
    """Cut corners once (Chaikin) and keep the centimetre, so that neighbours stay equal after writing."""
    quarter = points[:-1] * 0.75 + points[1:] * 0.25
    rest = points[:-1] * 0.25 + points[1:] * 0.75
    soft = np.stack([quarter, rest], axis=1).reshape(-1, 2)
    return LineString(np.round(np.concatenate([points[:1], soft[1:-1], points[-1:]]), 2))


def _path_across(edges: list[LineString]) -> list[int]:
    """Return the edges of the shortest way along inner borders from the western to the eastern side."""
    links: dict[Node, list[tuple[Node, int]]] = {}
    for i, edge in enumerate(edges):
        a, b = _ends(edge)
        links.setdefault(a, []).append((b, i))
        links.setdefault(b, []).append((a, i))
    middle_y = shapely.union_all(edges).centroid.y
    outer = {i for i, edge in enumerate(edges) if _is_outer(edge, edges)}
    rim = [node for node, ways in links.items() if any(i in outer for _, i in ways)]
    west = min(rim, key=lambda node: node[0] + abs(node[1] - middle_y))
    east = max(rim, key=lambda node: node[0] - abs(node[1] - middle_y))
    return _shortest(links, west, east, outer, [edge.length for edge in edges])


def _is_outer(edge: LineString, edges: list[LineString]) -> bool:
    """Tell whether a border has a commune on one side only."""
    cells = list(polygonize(edges))
    middle = edge.interpolate(0.5, normalized=True).buffer(1.0)
    return sum(cell.intersects(middle) for cell in cells) == 1


def _shortest(
    links: dict[Node, list[tuple[Node, int]]],
    start: Node,
    goal: Node,
    barred: set[int],
    lengths: list[float],
) -> list[int]:
    queue: list[tuple[float, Node, list[int]]] = [(0.0, start, [])]
    done: set[Node] = set()
    while queue:
        far, node, path = heappop(queue)
        if node == goal:
            return path
        if node in done:
            continue
        done.add(node)
        for other, i in links[node]:
            if i not in barred:
                heappush(queue, (far + lengths[i], other, [*path, i]))
    raise ValueError("no way for the river: the inner borders do not join both sides")


def _ends(edge: LineString) -> tuple[Node, Node]:
    a, b = edge.coords[0], edge.coords[-1]
    return (round(a[0], 1), round(a[1], 1)), (round(b[0], 1), round(b[1], 1))


def _joined(pieces: list[LineString]) -> LineString:
    """Join consecutive border lines into one."""
    if len(pieces) == 1:
        return pieces[0]
    merged = linemerge(pieces)
    if not isinstance(merged, LineString):
        gaps = [round(a.distance(b), 2) for a, b in pairwise(pieces)]
        raise TypeError(f"the river is in pieces {gaps} m apart: wanted one line")
    return merged
