"""Smooth vehicle bodies: cross-sections from nose to tail, joined and subdivided."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from sample_data.scene.recipes.solids import (
    SMOOTH_LEVELS,
    Face,
    Point,
    ball,
    block,
    disc,
    pair,
    smooth,
    solid,
)

Section = tuple[float, float, float, float, float, float]
"""A cross-section: x, height of sill, belt and roof, half width at the belt and at the roof, metres."""

HALF_POINTS = 9
STRIPS = HALF_POINTS - 1
ROOF_STRIP = 6
SIDE_GLASS_STRIP = 5
PAINT, GLASS, TRIM = 0, 1, 2


@dataclass(frozen=True)
class Glazing:
    """Where a body is glass; sections are counted from the nose."""

    windscreen: int
    """Gap between two sections that is glass across."""
    side_windows: tuple[int, ...]
    rear_window: int | None = None
    trim_strips: int = 1
    """Lowest strips of the side that are plastic."""


def body(sections: list[Section], glazing: Glazing) -> None:
    """Add a closed smooth body."""
    vertices = [point for section in sections for point in _ring(section)]
    around = 2 * STRIPS
    faces: list[Face] = []
    finish: list[int] = []
    for gap in range(len(sections) - 1):
        for step in range(around):
            following = (step + 1) % around
            low, high = gap * around, (gap + 1) * around
            faces.append((low + step, low + following, high + following, high + step))
            finish.append(_finish(glazing, gap, min(step, around - 1 - step)))
    for base in (0, (len(sections) - 1) * around):
        for strip in range(STRIPS):
            faces.append(_cap_face(base, strip, around))
            finish.append(PAINT if strip > 1 else TRIM)
    smooth(solid(vertices, faces, ["paint", "glass", "plastic"], finish), SMOOTH_LEVELS)


def wheels(axles_x: tuple[float, ...], half_width_m: float, radius_m: float, tyre_m: float) -> None:
    """Add wheels with dark arches on both sides."""
    for x in axles_x:
        for side in (-1, 1):
            y = side * half_width_m
            disc((x, y - side * 0.14, radius_m), radius_m * 1.17, 0.3, "dark")
            disc((x, y - side * tyre_m * 0.35, radius_m), radius_m, tyre_m, "tyre", rounded_m=0.03)
            disc((x, y + side * tyre_m * 0.13, radius_m), radius_m * 0.64, 0.03, "rim")
            for spoke in range(5):
                angle = 2 * pi * spoke / 5
                hole = (
                    x + cos(angle) * radius_m * 0.36,
                    y + side * tyre_m * 0.16,
                    radius_m * (1 + sin(angle) * 0.36),
                )
                block(hole, (radius_m * 0.2, 0.012, radius_m * 0.2), "dark", 0.0, (0, -angle, 0))


def face_of_car(nose_x: float, tail_x: float, half_width_m: float, sill_m: float) -> None:
    """Add lamps, bumpers and blank plates."""
    for side in (-1, 1):
        ball(
            (nose_x - 0.17, side * half_width_m * 0.70, sill_m + 0.03), (0.17, 0.17, 0.075), "lamp"
        )
        ball((tail_x + 0.10, side * half_width_m * 0.76, sill_m + 0.16), (0.10, 0.16, 0.11), "tail")
    block((nose_x - 0.02, 0, sill_m - 0.05), (0.08, half_width_m * 0.9, 0.1), "plastic", 0.02)
    block((nose_x - 0.03, 0, sill_m - 0.27), (0.1, half_width_m * 1.2, 0.12), "plastic", 0.03)
    block((nose_x, 0, sill_m - 0.17), (0.06, 0.5, 0.11), "plate")
    block((tail_x - 0.01, 0, sill_m + 0.02), (0.06, 0.5, 0.11), "plate")


def seams(at_x: tuple[float, ...], half_width_m: float, low_m: float, high_m: float) -> None:
    """Add the dark gaps of doors on both sides."""
    for x in at_x:
        pair((x, half_width_m, (low_m + high_m) / 2), (0.014, 0.02, high_m - low_m), "dark")


def _ring(section: Section) -> list[Point]:
    x, sill, belt, roof, w, w_roof = section
    half = [
        (0.0, sill),
        (0.82 * w, sill),
        (0.965 * w, sill + 0.07),
        (w, sill + 0.38 * (belt - sill)),
        (0.99 * w, belt - 0.10 * (belt - sill)),
        (0.95 * w, belt),
        (w_roof, roof - 0.07),
        (w_roof - 0.13, roof - 0.01),
        (0.0, roof + 0.015),
    ]
    return [(x, y, z) for y, z in half] + [(x, -y, z) for y, z in half[-2:0:-1]]


def _finish(glazing: Glazing, gap: int, strip: int) -> int:
    across = gap in (glazing.windscreen, glazing.rear_window)
    if (across and strip >= ROOF_STRIP) or (
        strip == SIDE_GLASS_STRIP and gap in glazing.side_windows
    ):
        return GLASS
    return TRIM if strip <= glazing.trim_strips else PAINT


def _cap_face(base: int, strip: int, around: int) -> Face:
    corners = (strip, strip + 1, (around - strip - 1) % around, (around - strip) % around)
    return tuple(base + corner for corner in dict.fromkeys(corners))
