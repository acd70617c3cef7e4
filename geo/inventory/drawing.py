"""Outlines of bays: rectangles drawn about points and along lines, polygons checked and put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from geo.bay_details import Guess
from geo.bays import MAX_AREA_M2, MIN_AREA_M2
from geo.crs import to_lonlat, to_metric
from geo.errors import RowRefused
from geo.geojson import DECIMALS
from geo.inventory.codes import Reason, Repair
from geo.inventory.draft import Draft, Ledger
from geo.inventory.shapes import Points
from geo.inventory.turning import By, Heading, headings
from geo.streets import Street

DEFAULT_LENGTH_M = 10.0
"""Length of a bay whose source gives none.

Source: median of the 9,198 bays of Paris (10.06 m) and of the 921 rows of Hauts-de-Seine with a length (10 m).
"""

DEFAULT_WIDTH_M = 2.2
"""Width drawn where none was measured: the least marking (Certu, Aménagement des aires de livraison, 2009)."""

MENDED_SHARE = 0.9
"""Share of its area that a polygon keeps when it is put right; a bow-tie does not."""


@dataclass(frozen=True)
class Outline:
    """A bay on the ground."""

    ring_lonlat: Points
    """Closed, counter-clockwise, WGS 84."""
    polygon_m: Polygon
    """The same in the metric system of the draft."""
    length_m: float
    guesses: frozenset[Guess]
    is_turned_by_others: bool = False
    """Whether its direction was taken from its neighbours."""


def outlines(
    drafts: Sequence[Draft], streets: Sequence[Street], ledger: Ledger
) -> dict[int, Outline]:
    """Return the outline of each row; one that no bay has is refused."""
    found: dict[int, Outline] = {}
    for crs in sorted({draft.crs for draft in drafts}):
        here = [draft for draft in drafts if draft.crs == crs]
        found |= _of_points([d for d in here if _kind(d) == "point"], streets, crs, ledger)
        found |= _of_lines([d for d in here if _kind(d) == "line"], crs)
        found |= _of_rings([d for d in here if _kind(d) == "ring"], crs, ledger)
    kept: dict[int, Outline] = {}
    for row, outline in found.items():
        area = outline.polygon_m.area
        if MIN_AREA_M2 <= area <= MAX_AREA_M2:
            kept[row] = outline
        else:
            ledger.refuse(
                row,
                RowRefused(
                    Reason.INVALID_GEOMETRY,
                    f"the bay covers {area:.1f} m2: wanted {MIN_AREA_M2:.0f} to {MAX_AREA_M2:.0f} m2",
                ),
            )
    return kept


def _kind(draft: Draft) -> str:
    if draft.said.ring_lonlat:
        return "ring"
    return draft.place.shape.kind if draft.place.shape else "none"


def _size(draft: Draft) -> tuple[float, float, frozenset[Guess]]:
    """Return the length and width to draw, and which of them are guesses."""
    said = draft.said
    measured = said.details.get("width_m")
    width_m = measured if isinstance(measured, float | int) else said.drawn_width_m
    guesses = {Guess.LENGTH} if said.length_m is None else set()
    if width_m is None:
        guesses.add(Guess.WIDTH)
    return said.length_m or DEFAULT_LENGTH_M, width_m or DEFAULT_WIDTH_M, frozenset(guesses)


def _of_points(
    drafts: Sequence[Draft], streets: Sequence[Street], crs: str, ledger: Ledger
) -> dict[int, Outline]:
    if not drafts:
        return {}
    centres = to_metric(np.array([draft.points_lonlat[0] for draft in drafts]), crs)
    turned = headings(drafts, centres, streets, crs)
    for heading in turned:
        ledger.count(f"turned_by_{heading.by if heading else 'nothing'}")
    sizes = [_size(draft) for draft in drafts]
    corners = _rectangles(
        centres, turned, np.array([(length, width) for length, width, _ in sizes])
    )
    lonlat = to_lonlat(corners.reshape(-1, 2), crs).round(DECIMALS).reshape(corners.shape)
    polygons: list[Polygon] = np.asarray(shapely.polygons(corners), object).tolist()
    rings: Any = lonlat.tolist()
    return {
        draft.row: Outline(
            tuple((lon, lat) for lon, lat in ring),
            polygon,
            size[0],
            size[2] if heading else size[2] | {Guess.ORIENTATION},
            heading is not None and heading.by is By.NEIGHBOURS,
        )
        for draft, ring, polygon, size, heading in zip(
            drafts, rings, polygons, sizes, turned, strict=True
        )
    }


def _rectangles(
    centres: NDArray[np.float64], turned: Sequence[Heading | None], sizes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return closed rectangles, shape ``(n, 5, 2)``, counter-clockwise, metres."""
    angle = np.array([heading.angle if heading else 0.0 for heading in turned])
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1) * sizes[:, :1] / 2
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * sizes[:, 1:] / 2
    corners = [-along - across, along - across, along + across, across - along, -along - across]
    return centres[:, None] + np.stack(corners, axis=1)


def _of_lines(drafts: Sequence[Draft], crs: str) -> dict[int, Outline]:
    found: dict[int, Outline] = {}
    for draft in drafts:
        line = LineString(to_metric(np.array(draft.points_lonlat), crs))
        _, width_m, guesses = _size(draft)
        parts = _polygons(line.buffer(width_m / 2, cap_style="flat", join_style="mitre"))
        polygon = parts[0] if len(parts) == 1 and not parts[0].is_empty else Polygon()
        corners = np.array(polygon.exterior.coords).reshape(-1, 2)
        found[draft.row] = Outline(
            _ccw(to_lonlat(corners, crs).round(DECIMALS)),
            Polygon(corners),
            draft.said.length_m or round(line.length, 2),
            guesses - {Guess.LENGTH},
        )
    return found


def _of_rings(drafts: Sequence[Draft], crs: str, ledger: Ledger) -> dict[int, Outline]:
    if not drafts:
        return {}
    rings = [draft.said.ring_lonlat or draft.points_lonlat for draft in drafts]
    flat = to_metric(np.array([point for ring in rings for point in ring]), crs)
    which = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    made = shapely.polygons(shapely.linearrings(flat, indices=which))
    polygons: list[Polygon] = np.asarray(made, object).tolist()
    found: dict[int, Outline] = {}
    for draft, ring, polygon in zip(drafts, rings, polygons, strict=True):
        try:
            found[draft.row] = _checked(draft, ring, polygon, ledger)
        except RowRefused as refusal:
            ledger.refuse(draft.row, refusal)
    return found


def _checked(draft: Draft, ring: Points, polygon: Polygon, ledger: Ledger) -> Outline:
    if not polygon.is_valid:
        polygon = _mended(polygon)
        ring = _ccw(to_lonlat(np.array(polygon.exterior.coords), draft.crs).round(DECIMALS))
        ledger.repaired(
            draft.row,
            Repair.GEOMETRY,
            "the polygon crossed itself: its one part without the fault was taken",
        )
    length_m = draft.said.length_m
    if length_m is None:
        sides = np.array(mapping(polygon.minimum_rotated_rectangle)["coordinates"][0])
        length_m = round(float(np.hypot(*np.diff(sides, axis=0).T).max()), 2)
    return Outline(ring if _is_ccw(ring) else ring[::-1], polygon, length_m, frozenset())


def _mended(polygon: Polygon) -> Polygon:
    """Return a self-crossing polygon put right, where one part keeps its area."""
    parts = _polygons(shapely.make_valid(polygon))
    largest = max(parts, key=lambda part: part.area, default=Polygon())
    whole = max(sum(part.area for part in parts), abs(_signed_area(polygon)))
    if largest.is_empty or largest.interiors or largest.area < MENDED_SHARE * whole:
        raise RowRefused(
            Reason.INVALID_GEOMETRY,
            f"the polygon is not simple: {explain_validity(polygon)} (metres); wanted one that does not cross itself",
        )
    return largest


def _polygons(area: BaseGeometry) -> list[Polygon]:
    if isinstance(area, Polygon):
        return [area]
    return [
        part
        for item in getattr(area, "geoms", ())
        for part in (item.geoms if isinstance(item, MultiPolygon) else (item,))
        if isinstance(part, Polygon)
    ]


def _signed_area(polygon: Polygon) -> float:
    corners = np.array(polygon.exterior.coords)
    x, y = (corners - corners[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def _is_ccw(ring: Points) -> bool:
    return bool(shapely.is_ccw(shapely.linearrings(np.array(ring))))


def _ccw(ring: NDArray[np.float64]) -> Points:
    points = tuple((float(lon), float(lat)) for lon, lat in ring)
    return points if not points or _is_ccw(points) else points[::-1]
