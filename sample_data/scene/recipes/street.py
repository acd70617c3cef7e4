"""The street of the scene: a shopping street on one side, an open square on the other, in street metres."""

from __future__ import annotations

import random
from math import atan2, hypot

from sample_data.quarter.camera_street import BAY_WIDTH_M, BAYS_M, ROAD_WIDTH_M
from sample_data.scene.recipes.solids import ball, block, disc

SEED = 1
WEST_M, EAST_M = -60.0, 130.0
FACADE_Y = 5.0
LINE_M = 0.12
"""Width of a painted line."""


def street() -> None:
    """Add the whole street."""
    rng = random.Random(SEED)
    _ground(rng)
    for start_m, end_m in BAYS_M:
        _bay_marks(start_m, end_m)
    _facades(rng)
    _furniture(rng)


def slab(
    x: tuple[float, float], y: tuple[float, float], top_m: float, finish: str, deep_m: float = 0.4
) -> None:
    """Add a flat block by its edges and the height of its top."""
    centre = ((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, top_m - deep_m / 2)
    block(centre, (x[1] - x[0], y[1] - y[0], deep_m), finish)


def _ground(rng: random.Random) -> None:
    along = (WEST_M, EAST_M)
    slab(along, (-ROAD_WIDTH_M, 0), 0, "asphalt")
    slab(along, (0, 0.18), 0.15, "kerb")
    slab(along, (0.18, FACADE_Y + 0.5), 0.14, "paving")
    slab(along, (-ROAD_WIDTH_M - 0.18, -ROAD_WIDTH_M), 0.15, "kerb")
    slab(along, (-13, -ROAD_WIDTH_M - 0.18), 0.14, "paving")
    slab(along, (-140, -13), 0.14, "square")
    for y in (1.2, 2.4, 3.6, -10.4, -11.6, -13, -17, -21, -25, -29):
        slab(along, (y, y + 0.03), 0.143, "joint", 0.01)
    for joint_x in range(-24, 84, 4):
        slab((joint_x, joint_x + 0.03), (-33, -13), 0.143, "joint", 0.01)
        slab((joint_x, joint_x + 0.02), (0.18, FACADE_Y), 0.143, "joint", 0.01)
    for dash_x in range(int(WEST_M), int(EAST_M), 6):
        slab((dash_x, dash_x + 3), (-5.76, -5.64), 0.004, "line", 0.004)
    for _ in range(9):
        x, y = rng.uniform(-20, 70), rng.uniform(-8.7, -3)
        slab((x, x + rng.uniform(1, 5)), (y, y + rng.uniform(0.5, 1.1)), 0.002, "patch", 0.002)
    for x, y in ((-3, -4.3), (13, -7.3), (27, -4.6), (50, -7.0)):
        disc((x, y, 0.003), 0.33, 0.006, "manhole", axis="z")


def _bay_marks(start_m: float, end_m: float) -> None:
    length = end_m - start_m
    for x in (start_m, end_m):
        slab(
            (x - LINE_M / 2, x + LINE_M / 2), (-BAY_WIDTH_M + LINE_M / 2, 0), 0.006, "yellow", 0.006
        )
    dashes = round(length / 1.5)
    for dash in range(dashes):
        x = start_m + length * dash / dashes
        edge = (-BAY_WIDTH_M - LINE_M / 2, -BAY_WIDTH_M + LINE_M / 2)
        slab((x, x + length / dashes * 0.6), edge, 0.005, "yellow", 0.005)
    wide, deep = length - 1.2, BAY_WIDTH_M - 0.4
    for side in (-1, 1):
        turn = (0, 0, side * atan2(deep, wide))
        block(
            ((start_m + end_m) / 2, -BAY_WIDTH_M / 2, 0.002),
            (hypot(wide, deep), 0.1, 0.004 + side * 0.001),
            "yellow",
            0.0,
            turn,
        )


def _facades(rng: random.Random) -> None:
    x, number = WEST_M, 0
    while x < EAST_M:
        width, floors = rng.uniform(9, 14), rng.randint(3, 4)
        _house(x, width, floors, number, rng)
        x, number = x + width, number + 1
    for y in range(-142, 20, 12):
        _wall((EAST_M + 4, y + 6, 6.5), (6, 11.8, 13), number + y // 12)
    block((WEST_M - 4, -20, 6), (6, 60, 12), "facade1")


def _wall(
    centre: tuple[float, float, float], size: tuple[float, float, float], number: int
) -> None:
    block(centre, size, f"facade{number % 4}")
    for y in (-4, 0, 4):
        for z in (-3, 0, 3):
            block((centre[0] - 3, centre[1] + y, centre[2] + z), (0.06, 1.2, 1.7), "window")


def _house(x: float, width_m: float, floors: int, number: int, rng: random.Random) -> None:
    height = 3.6 + 3 * floors
    block(
        (x + width_m / 2, FACADE_Y + 2.2, height / 2),
        (width_m - 0.02, 4.4, height),
        f"facade{number % 4}",
    )
    block((x + width_m / 2, FACADE_Y + 2.3, height + 0.7), (width_m - 0.4, 3.6, 1.4), "roof", 0.3)
    block((x + width_m / 2, FACADE_Y - 0.05, height), (width_m, 0.35, 0.25), "frame")
    shop = f"shop{rng.randrange(4)}"
    block((x + width_m / 2, FACADE_Y, 3.25), (width_m - 0.6, 0.18, 0.55), shop)
    openings = int(width_m // 2.6)
    for i in range(openings):
        middle = x + 0.7 + (width_m - 1.4) * (i + 0.5) / openings
        _shop_front(middle, shop, is_door=i == openings // 2)
        for floor in range(floors):
            _window(middle, 5.1 + 3 * floor)


def _shop_front(x: float, finish: str, *, is_door: bool) -> None:
    if is_door:
        block((x, FACADE_Y - 0.02, 1.3), (1.0, 0.1, 2.3), "door")
        return
    block((x, FACADE_Y - 0.01, 1.75), (2.0, 0.1, 2.2), "window")
    block((x, FACADE_Y - 0.02, 0.5), (2.0, 0.14, 0.6), finish)
    block((x, FACADE_Y - 0.05, 1.75), (0.06, 0.12, 2.2), "frame")


def _window(x: float, z: float) -> None:
    block((x, FACADE_Y - 0.015, z), (1.05, 0.06, 1.7), "window")
    block((x, FACADE_Y - 0.05, z - 0.9), (1.3, 0.2, 0.1), "frame")
    block((x, FACADE_Y - 0.05, z + 0.9), (1.25, 0.12, 0.12), "frame")
    block((x, FACADE_Y - 0.05, z), (0.06, 0.06, 1.7), "frame")


def _furniture(rng: random.Random) -> None:
    for x in (-14.0, 13.0, 44.0, 71.0):
        disc((x, 0.6, 3.2), 0.07, 6.4, "pole", axis="z", sides=10)
        block((x, -0.1, 6.35), (0.3, 1.4, 0.12), "pole", 0.03)
    for x in (12.6, 13.4, 26.7, 27.3, 43.7, 44.4):
        disc((x, 0.45, 0.6), 0.05, 0.95, "pole", axis="z", sides=10)
    for x in (-0.5, 27.0):
        disc((x, 0.5, 1.4), 0.035, 2.8, "metal", axis="z", sides=8)
        disc((x, 0.46, 2.6), 0.3, 0.03, "sign")
    disc((26.2, 1.1, 0.6), 0.26, 0.95, "shop0", axis="z")
    for x in (-9.0, 8.0, 24.0, 40.0, 58.0):
        block((x, -19, 0.45), (3.4, 1.1, 0.7), "kerb", 0.04)
        for _ in range(5):
            ball(
                (x + rng.uniform(-1.4, 1.4), -19 + rng.gauss(0, 0.1), 0.95),
                (0.5, 0.4, 0.4),
                "leaf",
                9,
            )
    for x, y in ((-24, 1.3), (62, 1.3), (75, 1.3), (88, 1.3), (-12, -24), (70, -24), (86, -14)):
        _tree(x, y, rng)


def _tree(x: float, y: float, rng: random.Random) -> None:
    disc((x, y, 1.7), 0.13, 3.4, "bark", axis="z", sides=10)
    for _ in range(12):
        centre = (x + rng.gauss(0, 0.7), y + rng.gauss(0, 0.6), 4 + rng.gauss(0, 0.6))
        ball(centre, (rng.uniform(0.6, 0.95),) * 3, "leaf", 9)
