"""The vehicles and people of the scene, x forward, y left, z up, origin on the ground below the centre, metres."""

from __future__ import annotations

from collections.abc import Callable
from math import atan2

from sample_data.scene.recipes.bodies import Glazing, Section, body, face_of_car, seams, wheels
from sample_data.scene.recipes.solids import ball, block, disc, pair, round_edges, solid

HATCH: list[Section] = [
    (2.08, 0.34, 0.49, 0.60, 0.50, 0.42),
    (2.05, 0.24, 0.57, 0.69, 0.72, 0.62),
    (1.90, 0.20, 0.67, 0.79, 0.83, 0.72),
    (1.40, 0.19, 0.75, 0.90, 0.875, 0.77),
    (0.98, 0.19, 0.83, 1.00, 0.885, 0.78),
    (0.90, 0.19, 0.84, 1.03, 0.885, 0.77),
    (0.22, 0.19, 0.88, 1.505, 0.885, 0.655),
    (0.12, 0.19, 0.88, 1.535, 0.885, 0.655),
    (-0.28, 0.19, 0.89, 1.565, 0.885, 0.655),
    (-0.36, 0.19, 0.89, 1.565, 0.885, 0.655),
    (-1.02, 0.19, 0.91, 1.545, 0.885, 0.645),
    (-1.12, 0.19, 0.91, 1.535, 0.885, 0.635),
    (-1.42, 0.19, 0.93, 1.495, 0.88, 0.615),
    (-1.50, 0.19, 0.94, 1.455, 0.88, 0.605),
    (-1.86, 0.20, 0.95, 1.02, 0.86, 0.66),
    (-1.98, 0.22, 0.85, 0.96, 0.84, 0.70),
    (-2.06, 0.26, 0.63, 0.74, 0.80, 0.66),
    (-2.08, 0.36, 0.57, 0.66, 0.62, 0.50),
]
SEDAN: list[Section] = [
    (2.30, 0.34, 0.49, 0.60, 0.55, 0.45),
    (2.27, 0.24, 0.57, 0.69, 0.76, 0.66),
    (2.10, 0.20, 0.67, 0.79, 0.86, 0.75),
    (1.55, 0.19, 0.74, 0.88, 0.90, 0.79),
    (1.02, 0.19, 0.81, 0.97, 0.905, 0.79),
    (0.94, 0.19, 0.82, 1.00, 0.905, 0.78),
    (0.20, 0.19, 0.86, 1.455, 0.905, 0.655),
    (0.08, 0.19, 0.87, 1.495, 0.905, 0.655),
    (-0.30, 0.19, 0.87, 1.525, 0.905, 0.655),
    (-0.38, 0.19, 0.87, 1.525, 0.905, 0.655),
    (-1.05, 0.19, 0.89, 1.475, 0.905, 0.635),
    (-1.14, 0.19, 0.90, 1.455, 0.905, 0.635),
    (-1.70, 0.19, 0.92, 1.07, 0.89, 0.72),
    (-1.80, 0.19, 0.92, 1.04, 0.89, 0.74),
    (-2.20, 0.22, 0.87, 0.98, 0.86, 0.74),
    (-2.30, 0.26, 0.67, 0.78, 0.80, 0.66),
    (-2.33, 0.36, 0.59, 0.68, 0.62, 0.50),
]


def hatchback() -> None:
    """Add a small car, 4.2 m long."""
    body(HATCH, Glazing(windscreen=5, side_windows=(6, 7, 9, 11), rear_window=13))
    face_of_car(2.08, -2.08, 0.885, 0.24)
    _mirrors(0.72, 0.965, 1.0, "paint")
    seams((0.62, -0.32, -1.1), 0.872, 0.32, 0.86)
    wheels((1.32, -1.26), 0.858, 0.315, 0.2)


def saloon() -> None:
    """Add a longer car, 4.6 m long."""
    body(SEDAN, Glazing(windscreen=5, side_windows=(6, 7, 9), rear_window=11))
    face_of_car(2.3, -2.33, 0.905, 0.24)
    _mirrors(0.72, 0.985, 1.0, "paint")
    seams((0.66, -0.34, -1.2), 0.891, 0.32, 0.84)
    wheels((1.42, -1.36), 0.878, 0.32, 0.2)


def panel_van() -> None:
    """Add a high delivery van, 5.9 m long and 2.6 m high."""
    _van_body(5.9, 2.6, 1.0)
    _van_rear(5.9, 2.6, 1.0)
    wheels((2.0, -1.8), 0.97, 0.35, 0.22)
    _side_stripe(-1.0, 1.55, 0.94)


def small_van() -> None:
    """Add a small delivery van, 4.5 m long and 1.9 m high."""
    f = 2.225
    front: list[Section] = [
        (f, 0.38, 0.60, 0.70, 0.55, 0.45),
        (f - 0.05, 0.26, 0.72, 0.82, 0.78, 0.66),
        (f - 0.22, 0.22, 0.86, 0.96, 0.86, 0.75),
        (f - 0.75, 0.20, 0.98, 1.10, 0.90, 0.80),
        (f - 0.95, 0.20, 1.02, 1.16, 0.905, 0.80),
        (f - 1.02, 0.20, 1.03, 1.19, 0.905, 0.80),
        (f - 1.62, 0.20, 1.06, 1.77, 0.905, 0.72),
        (f - 1.78, 0.20, 1.06, 1.83, 0.905, 0.73),
        (f - 2.55, 0.20, 1.06, 1.87, 0.905, 0.75),
        (f - 2.65, 0.20, 1.06, 1.87, 0.905, 0.76),
    ]
    body([*front, *_tail(front[-1], -f)], Glazing(windscreen=5, side_windows=(6, 7)))
    face_of_car(f, -f, 0.9, 0.3)
    _mirrors(f - 1.38, 1.035, 1.22, "plastic")
    _van_rear(2 * f, 1.87, 0.905)
    seams((f - 1.18, f - 2.6, f - 3.75), 0.891, 0.42, 1.0)
    wheels((f - 0.85, 0.85 - f), 0.873, 0.31, 0.2)
    _side_stripe(-0.9, 1.35, 0.86)


def box_truck() -> None:
    """Add a light truck with a box body, 6.6 m long and 3.1 m high."""
    _van_body(5.0, 2.3, 1.0, shift_m=0.8, cab_only=True)
    _box_body(front_x=0.95, tail_x=-3.3, half_width_m=1.1, low_m=0.82, high_m=3.1)
    block((1.1, 0, 2.66), (0.7, 1.7, 0.64), "paint", 0.18)
    wheels((2.35,), 0.97, 0.37, 0.22)
    wheels((-1.95,), 0.97, 0.37, 0.36)


def lorry() -> None:
    """Add a cab-over lorry, 7.6 m long and 3.4 m high."""
    f, w = 3.8, 1.12
    _lorry_cab(f, w)
    _box_body(front_x=f - 1.85, tail_x=-f, half_width_m=1.2, low_m=0.95, high_m=3.4)
    wheels((f - 1.05,), w - 0.03, 0.45, 0.26)
    wheels((1.7 - f,), w - 0.03, 0.45, 0.4)


def cargo_bike() -> None:
    """Add a cargo bike with its rider."""
    for x, radius in ((1.05, 0.26), (-0.85, 0.34)):
        disc((x, 0, radius), radius, 0.05, "tyre", rounded_m=0.01)
        disc((x, 0, radius), radius * 0.86, 0.055, "steel")
    block((0.45, 0, 0.62), (0.95, 0.62, 0.62), "paint", 0.03)
    block((0.45, 0, 0.95), (0.98, 0.66, 0.05), "plastic", 0.01)
    block((-0.35, 0, 0.50), (1.1, 0.06, 0.06), "steel", 0.0, (0, 0.2, 0))
    block((-0.55, 0, 0.66), (0.05, 0.05, 0.55), "steel")
    block((-0.2, 0, 1.0), (0.05, 0.6, 0.3), "plastic")
    for side in (-1, 1):
        block((-0.42, side * 0.12, 0.8), (0.52, 0.15, 0.17), "trousers", 0.05, (0, 0.35, 0))
        block((-0.22, side * 0.12, 0.45), (0.15, 0.13, 0.5), "trousers", 0.05)
        block((-0.38, side * 0.22, 1.28), (0.5, 0.1, 0.1), "cloth", 0.04, (0, 0.45, 0))
    block((-0.56, 0, 1.25), (0.26, 0.42, 0.62), "cloth", 0.1, (0, 0.22, 0))
    ball((-0.45, 0, 1.68), (0.12, 0.11, 0.14), "skin")
    ball((-0.46, 0, 1.75), (0.14, 0.12, 0.1), "helmet")


def walker() -> None:
    """Add a person in mid-stride."""
    for side in (-1, 1):
        block(
            (side * 0.13, side * 0.09, 0.43),
            (0.15, 0.15, 0.86),
            "trousers",
            0.05,
            (0, -side * 0.16, 0),
        )
        block((side * 0.2, side * 0.09, 0.05), (0.27, 0.1, 0.09), "plastic", 0.03)
        block(
            (-side * 0.1, side * 0.26, 1.12), (0.11, 0.11, 0.62), "cloth", 0.04, (0, side * 0.25, 0)
        )
    block((0, 0, 1.15), (0.25, 0.42, 0.62), "cloth", 0.09)
    ball((0.02, 0, 1.63), (0.11, 0.10, 0.14), "skin")
    ball((-0.01, 0, 1.68), (0.125, 0.11, 0.11), "hair")


RECIPES: dict[str, Callable[[], None]] = {
    "hatchback": hatchback,
    "saloon": saloon,
    "panel_van": panel_van,
    "small_van": small_van,
    "box_truck": box_truck,
    "lorry": lorry,
    "cargo_bike": cargo_bike,
    "walker": walker,
}


def _tail(last: Section, tail_x: float) -> list[Section]:
    _, sill, belt, roof, w, w_roof = last
    return [
        (tail_x + 0.25, sill, belt, roof, w, w_roof),
        (tail_x + 0.06, sill + 0.02, belt, roof - 0.02, w - 0.01, w_roof - 0.01),
        (tail_x + 0.01, sill + 0.06, belt, roof - 0.08, w - 0.03, w_roof - 0.04),
        (tail_x, sill + 0.10, belt, roof - 0.12, w - 0.06, w_roof - 0.07),
    ]


def _van_body(
    length_m: float, roof_m: float, w: float, shift_m: float = 0.0, *, cab_only: bool = False
) -> None:
    f = length_m / 2 + shift_m
    slope = 0.38 if roof_m > 2.3 else 0.1  # noqa: PLR2004 - a high roof rises behind the windscreen
    cab = f - 2.45
    front: list[Section] = [
        (f, 0.42, 0.68, 0.80, 0.60, 0.50),
        (f - 0.05, 0.30, 0.84, 0.96, 0.86, 0.74),
        (f - 0.22, 0.26, 0.98, 1.12, 0.95, 0.84),
        (f - 0.62, 0.25, 1.12, 1.28, w - 0.01, 0.88),
        (f - 0.80, 0.25, 1.18, 1.36, w, 0.88),
        (f - 0.88, 0.25, 1.19, 1.40, w, 0.88),
        (f - 1.62, 0.25, 1.24, roof_m - slope, w, 0.80),
        (f - 1.80, 0.25, 1.25, roof_m - slope * 0.7, w, 0.82),
        (cab, 0.25, 1.25, roof_m - 0.03, w, 0.88),
        (cab - 0.1, 0.25, 1.25, roof_m, w, 0.89),
    ]
    end = [(cab - 0.14, 0.25, 1.25, roof_m, w, 0.89)] if cab_only else _tail(front[-1], -f)
    body([*front, *end], Glazing(windscreen=5, side_windows=(6, 7)))
    for side in (-1, 1):
        ball((f - 0.20, side * w * 0.72, 0.35), (0.17, 0.15, 0.13), "lamp")
    pair((f - 1.38, w + 0.13, 1.40), (0.12, 0.2, 0.34), "plastic", 0.04)
    block((f, 0, 0.62), (0.1, w * 1.1, 0.5), "plastic", 0.03)
    block((f - 0.03, 0, 0.42), (0.14, w * 1.55, 0.24), "plastic", 0.05)
    block((f + 0.05, 0, 0.52), (0.03, 0.52, 0.11), "plate")
    seams((f - 1.18, cab - 0.05), w * 0.985, 0.42, 1.2)


def _van_rear(length_m: float, roof_m: float, w: float) -> None:
    r = -length_m / 2
    pair((r + 0.02, w - 0.1, 1.08), (0.08, 0.13, 0.52), "tail", 0.02)
    block((r - 0.01, 0, 0.42), (0.12, w * 1.7, 0.18), "plastic", 0.04)
    block((r - 0.02, 0, 1.02), (0.03, 0.52, 0.11), "plate")
    block((r - 0.005, 0, (roof_m + 0.5) / 2), (0.03, 0.02, roof_m - 0.75), "dark")
    pair((r, 0.42, roof_m * 0.7), (0.03, 0.62, roof_m * 0.24), "glass", 0.01)
    pair((0.0, w, 0.55), (length_m * 0.5, 0.03, 0.1), "plastic", 0.01)
    pair((r + 1.0, w * 0.985, 1.18), (1.5, 0.02, 0.03), "dark")


def _side_stripe(x: float, z: float, y: float) -> None:
    for side in (-1, 1):
        block((x, side * (y + 0.01), z), (1.7, 0.02, 0.34), "stripe", 0.0, (side * 0.05, 0, 0))


def _mirrors(x: float, y: float, z: float, finish: str) -> None:
    for side in (-1, 1):
        ball((x, side * y, z), (0.09, 0.1, 0.09), finish)
        ball((x - 0.03, side * y, z), (0.07, 0.085, 0.07), "glass")


def _box_body(
    *, front_x: float, tail_x: float, half_width_m: float, low_m: float, high_m: float
) -> None:
    length, middle, w = front_x - tail_x, (front_x + tail_x) / 2, half_width_m
    height, centre_z = high_m - low_m, (high_m + low_m) / 2
    block((middle, 0, centre_z), (length, 2 * w, height), "box", 0.04)
    for z in (low_m + 0.04, high_m - 0.04):
        pair((middle, w + 0.005, z), (length + 0.02, 0.03, 0.09), "metal")
    for x in (front_x - 0.04, tail_x + 0.04):
        pair((x, w, centre_z), (0.08, 0.04, height), "metal")
    for y in (w * 0.25, w * 0.8):
        pair((tail_x - 0.02, y, centre_z), (0.03, 0.03, height - 0.3), "metal")
    block((tail_x - 0.012, 0, centre_z), (0.03, 0.025, height - 0.1), "dark")
    pair((tail_x, w - 0.2, low_m - 0.2), (0.1, 0.3, 0.15), "tail", 0.02)
    block((tail_x - 0.02, 0, low_m - 0.36), (0.08, 1.9 * w, 0.13), "steel")
    block((tail_x - 0.05, 0, low_m - 0.2), (0.03, 0.5, 0.11), "plate")
    block((middle, 0, low_m - 0.16), (length, 0.85, 0.24), "steel")
    pair((middle + 0.3, w - 0.1, low_m - 0.3), (length * 0.38, 0.05, 0.3), "steel", 0.01)
    pair((middle, w + 0.008, low_m + height * 0.52), (length * 0.6, 0.012, height * 0.26), "stripe")


def _lorry_cab(f: float, w: float) -> None:
    profile = [
        (0, 0.45),
        (0, 1.35),
        (-0.10, 1.40),
        (-0.38, 2.45),
        (-0.62, 2.62),
        (-1.75, 2.66),
        (-1.75, 0.75),
        (-1.45, 0.70),
        (-1.40, 0.45),
    ]
    count = len(profile)
    vertices = [(f + x, side * w, z) for side in (-1, 1) for x, z in profile]
    faces = [(i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count)]
    cab = solid(
        vertices,
        [*faces, tuple(range(count)), tuple(range(2 * count - 1, count - 1, -1))],
        ["paint"],
    )
    round_edges(cab, 0.07)
    block((f - 0.22, 0, 1.95), (0.03, 1.9, 0.92), "glass", 0.02, (0, -atan2(0.28, 1.05), 0))
    window = [(-0.22, 1.42), (-0.44, 2.25), (-0.55, 2.32), (-1.35, 2.32), (-1.35, 1.42)]
    for side in (-1, 1):
        solid([(f + x, side * (w + 0.008), z) for x, z in window], [(0, 1, 2, 3, 4)], ["glass"])
    pair((f - 0.02, 0.82, 0.78), (0.1, 0.36, 0.2), "lamp", 0.03)
    pair((f - 0.2, w + 0.17, 1.95), (0.12, 0.16, 0.5), "plastic", 0.03)
    seams((f - 1.4, f - 0.3), w + 0.004, 0.7, 1.7)
    block((f, 0, 0.52), (0.1, 2.25, 0.28), "plastic", 0.04)
    block((f + 0.01, 0, 1.08), (0.04, 1.5, 0.3), "plastic", 0.02)
    block((f + 0.06, 0, 0.5), (0.02, 0.52, 0.11), "plate")
