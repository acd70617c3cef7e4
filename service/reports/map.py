"""The report's map: outline, streets and bays of a commune, drawn as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon, box, shape

from geo.crs import metric_crs, to_metric
from service.reports.drawing import (
    ACCENT,
    DARK_FROM_STEP,
    HAIR,
    INK,
    PAPER,
    QUIET,
    STEP_COLOURS,
    picture,
    step_of,
    text,
)
from service.reports.figures import CommuneReport, enough, shown_share

Floats = NDArray[np.float64]

WIDTH_MM, HEIGHT_MM = 174.0, 138.0
DISC_MM = 2.15
MARGIN = 0.13
"""Free share around the bays."""

MIN_WIDTH_M = 400.0
INSET_MM = 30.0
LAND, WATER, ROAD, STREET = "#f7f6f2", "#bcd7e8", "#d5cdbd", "#e2ded5"
STROKES_MM = {"river": (WATER, 1.8), "main": (ROAD, 1.15), "street": (STREET, 0.75)}
ROUNDS = 60
"""Steps in which discs that overlap are moved apart."""


@dataclass(frozen=True)
class _Frame:
    """What of the ground is on the map."""

    crs: str
    west_m: float
    north_m: float
    mm_per_m: float

    def page(self, points_lonlat: Any) -> Floats:
        """Return places on the page in millimetres, y downwards, shape ``(n, 2)``."""
        return self.on_page(to_metric(np.array(points_lonlat, float)[:, :2], self.crs))

    def on_page(self, points_xy: Floats) -> Floats:
        """Return metric places on the page."""
        return np.asarray(
            (points_xy - [self.west_m, self.north_m]) * [self.mm_per_m, -self.mm_per_m]
        )


def commune_map(report: CommuneReport, numbered: Sequence[str]) -> str:
    """Return the map; bays named in ``numbered`` carry their position there, from 1."""
    rings = [np.array(place["geometry"]["coordinates"][0]) for place in report.bays]
    frame = _frame(rings)
    discs = _apart(np.array([frame.page(ring).mean(axis=0) for ring in rings]))
    parts = [f'<rect width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="#eceef0"/>']
    parts += [_area(frame, ring) for ring in _outer_rings(report.outline)]
    parts += _lines(frame, report.streets)
    parts += _discs(report, discs, numbered)
    parts += [*_scale_bar(frame), *_inset(report, frame)]
    parts.append(
        f'<rect x="0.1" y="0.1" width="{WIDTH_MM - 0.2}" height="{HEIGHT_MM - 0.2}" fill="none" '
        f'stroke="{HAIR}" stroke-width="0.2"/>'
    )
    return picture(WIDTH_MM, HEIGHT_MM, parts)


def _frame(rings: Sequence[Floats]) -> _Frame:
    crs = metric_crs(*rings[0][0])
    points = to_metric(np.concatenate(rings), crs)
    low, high = points.min(axis=0), points.max(axis=0)
    width_m = max((high - low)[0], (high - low)[1] * WIDTH_MM / HEIGHT_MM, MIN_WIDTH_M) * (
        1 + 2 * MARGIN
    )
    middle = (low + high) / 2
    return _Frame(
        crs,
        float(middle[0] - width_m / 2),
        float(middle[1] + width_m * HEIGHT_MM / WIDTH_MM / 2),
        WIDTH_MM / float(width_m),
    )


def _apart(places: Floats) -> Floats:
    """Move discs that overlap apart, little by little."""
    places = places.copy()
    least = 2 * DISC_MM + 0.25
    for _ in range(ROUNDS):
        between = places[:, None] - places[None]
        far = np.hypot(between[..., 0], between[..., 1]) + np.eye(len(places)) * 1e9
        push = np.clip(least - far, 0.0, None) / np.maximum(far, 0.01) / 2
        places += (between * push[..., None]).sum(axis=1) * 0.5
    return np.clip(places, DISC_MM + 0.5, [WIDTH_MM - DISC_MM - 0.5, HEIGHT_MM - DISC_MM - 0.5])


def _outer_rings(outline: Mapping[str, Any]) -> Iterable[Floats]:
    area = shape(outline["geometry"])
    for part in shapely.get_parts(area):
        yield np.array(part.exterior.coords)


def _area(frame: _Frame, ring: Floats) -> str:
    visible = Polygon(frame.page(ring)).intersection(_sheet())
    return "".join(
        f'<path d="{_path(np.array(part.exterior.coords))}Z" fill="{LAND}" stroke="{QUIET}" stroke-width="0.35"/>'
        for part in shapely.get_parts(visible)
        if isinstance(part, Polygon) and not part.is_empty
    )


def _lines(frame: _Frame, streets: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return streets, minor ones first so that roads lie on top, each cut to the sheet."""
    drawn = []
    for kind in ("river", "street", "main"):
        colour, width = STROKES_MM[kind]
        for street in (s for s in streets if s["properties"]["kind"] == kind):
            visible = LineString(frame.page(street["geometry"]["coordinates"])).intersection(
                _sheet()
            )
            drawn += [
                f'<path d="{_path(np.array(part.coords))}" fill="none" stroke="{colour}" stroke-width="{width}" '
                'stroke-linecap="round" stroke-linejoin="round"/>'
                for part in shapely.get_parts(visible)
                if isinstance(part, LineString) and not part.is_empty
            ]
    return drawn


def _sheet() -> Polygon:
    return box(-3.0, -3.0, WIDTH_MM + 3.0, HEIGHT_MM + 3.0)


def _discs(report: CommuneReport, discs: Floats, numbered: Sequence[str]) -> list[str]:
    parts = []
    for bay, (x, y) in zip(report.month.bays, discs, strict=True):
        share = shown_share(bay)
        parts.append(disc(x, y, share, is_enough=enough(bay)))
        if bay.bay_id in numbered and share is not None:
            fill = PAPER if step_of(share) >= DARK_FROM_STEP else INK
            parts.append(
                text(
                    x,
                    y + 0.85,
                    str(numbered.index(bay.bay_id) + 1),
                    2.5,
                    anchor="middle",
                    fill=fill,
                    weight="700",
                )
            )
    return parts


def disc(x: float, y: float, share: float | None, *, is_enough: bool) -> str:
    """Return the mark of a bay: coloured, hatched where observed too little, empty where not at all."""
    if share is None:
        fill, edge = PAPER, f'stroke="{QUIET}" stroke-dasharray="0.6 0.5"'
    elif is_enough:
        fill, edge = STEP_COLOURS[step_of(share)], f'stroke="{INK}"'
    else:
        fill, edge = "url(#hatch)", f'stroke="{QUIET}"'
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{DISC_MM}" fill="{fill}" {edge} stroke-width="0.22"/>'


def _scale_bar(frame: _Frame) -> list[str]:
    length_m = next(m for m in (1000, 500, 200, 100, 50) if m * frame.mm_per_m < WIDTH_MM / 4)
    length, y = length_m * frame.mm_per_m, HEIGHT_MM - 3.5
    return [
        f'<path d="M4,{y - 1}V{y}H{4 + length:.2f}V{y - 1}" fill="none" stroke="{INK}" stroke-width="0.3"/>',
        text(4 + length / 2, y - 1.2, f"{length_m} m", 2.4, anchor="middle"),
    ]


def _inset(report: CommuneReport, frame: _Frame) -> list[str]:
    """Return a small picture of the whole commune with the map's frame in it."""
    rings = [to_metric(ring, frame.crs) for ring in _outer_rings(report.outline)]
    points = np.concatenate(rings)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = INSET_MM / float((high - low).max())
    size = (high - low) * scale
    corner = np.array([WIDTH_MM - size[0] - 4.0, 4.0])

    def place(xy: Floats) -> Floats:
        return np.asarray((xy - [low[0], high[1]]) * [scale, -scale] + corner)

    paths = [
        f'<path d="{_path(place(ring))}Z" fill="{PAPER}" fill-opacity="0.94" stroke="{QUIET}" stroke-width="0.25"/>'
        for ring in rings
    ]
    sheet_m = np.array([[frame.west_m, frame.north_m]])
    (x, y), side = place(sheet_m)[0], scale / frame.mm_per_m
    view = (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{WIDTH_MM * side:.2f}" height="{HEIGHT_MM * side:.2f}" '
        f'fill="none" stroke="{ACCENT}" stroke-width="0.5"/>'
    )
    return [*paths, view]


def _path(points: Floats) -> str:
    return "M" + "L".join(f"{x:.2f},{y:.2f}" for x, y in points)
