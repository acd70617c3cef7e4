"""A random street for placement tests: camera poses, vehicles in bays and in the lane, and the boxes of what is seen of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.detector import Detections

Floats = NDArray[np.float64]

MODELS = {
    "city car": (3.6, 1.65, 1.5, VehicleClass.CAR),
    "saloon": (4.7, 1.83, 1.45, VehicleClass.CAR),
    "SUV": (4.5, 1.85, 1.66, VehicleClass.CAR),
    "small van": (4.45, 1.85, 1.83, VehicleClass.VAN),
    "medium van": (5.2, 1.95, 1.97, VehicleClass.VAN),
    "large van": (6.0, 2.07, 2.55, VehicleClass.VAN),
    "box truck": (6.8, 2.2, 3.1, VehicleClass.TRUCK),
    "lorry": (8.2, 2.45, 3.5, VehicleClass.TRUCK),
}
"""Length, width, height in metres, and class: other sizes than those the placement knows."""

FOUND_SHARE = 0.3
"""Share of a vehicle's outline that must be seen for the detector to find it."""

PLAIN_SHARE = 0.6
"""Share of a vehicle's outline that must be seen for its bay to have to be told."""

JITTER = 0.05
"""Standard deviation of a side over the box's extent: the embedded detector's (docs/how-to/measure-vision.md)."""


@dataclass(frozen=True)
class Standing:
    """One vehicle, parallel to the kerb."""

    model: str
    x: float
    y: float
    bay: str | None
    """The bay it stands in; None in the lane."""

    @property
    def corners(self) -> Floats:
        """Return the corners of its cuboid, shape (8, 3), street metres."""
        length, width, height, _ = MODELS[self.model]
        signs = [(a, c, z) for a in (-0.5, 0.5) for c in (-0.5, 0.5) for z in (0.0, 1.0)]
        return np.array([[self.x, self.y, 0.0]]) + np.array(signs) * [length, width, height]


def posed(street: Any, rng: np.random.Generator, direction: str) -> Any:
    """Return the street seen from 4 to 19 m above the road, from a random place of a direction."""
    height, aim = rng.uniform(4, 19), rng.uniform(-3, 3)
    side = rng.choice([-1, 1])
    angle, away = np.radians(rng.uniform(25, 60)), rng.uniform(12, 32)
    eye = {
        "across": (rng.uniform(-4, 4), -rng.uniform(8, 30)),
        "behind": (rng.uniform(-4, 4), rng.uniform(2.5, 12)),
        "oblique": (side * away * np.cos(angle), -away * np.sin(angle)),
        "along": (side * rng.uniform(17, 26), rng.uniform(-3.5, 2.5)),
    }[direction]
    camera = (float(eye[0]), float(eye[1]), float(height))
    target = (float(aim), -1.5, 0.0)
    distance = float(np.linalg.norm(np.subtract(camera, target)))
    focal_px = float(np.clip(distance * rng.uniform(35, 45), 560, 1500))
    bays = (("A", -11.0, -4.0, 1), ("B", -3.5, 8.5, 2))
    return replace(street, camera_xyz=camera, target_xyz=target, focal_px=focal_px, bays=bays)


def crowd(street: Any, rng: np.random.Generator) -> Iterator[Standing]:
    """Yield vehicles in the bays' places and in the lane, none on another's ground."""
    names = list(MODELS)
    for bay, start, end, capacity in street.bays:
        room = (end - start) / capacity
        for place in range(capacity):
            model = str(rng.choice(names))
            slack = (room - MODELS[model][0]) / 2 - 0.2
            if slack > 0 and rng.random() < 0.5:
                x = start + (place + 0.5) * room + rng.uniform(-slack, slack)
                yield Standing(model, x, rng.uniform(-1.4, -1.0), bay)
    x = -16.0
    while x < 14:
        model = str(rng.choice(names))
        if rng.random() < 0.35:
            yield Standing(model, x + MODELS[model][0] / 2, rng.uniform(-4.2, -3.55), None)
        x += MODELS[model][0] + rng.uniform(1, 4)


def seen(
    street: Any, vehicles: list[Standing], rng: np.random.Generator
) -> tuple[Detections, list[float]]:
    """Return what a detector with errors finds, and the share of each vehicle's outline that is seen."""
    eye = np.asarray(street.camera_xyz)
    near_first = sorted(
        range(len(vehicles)),
        key=lambda i: np.hypot(vehicles[i].x - eye[0], vehicles[i].y - eye[1]),
    )
    frame, covered = shapely.box(0, 0, *street.size_wh), shapely.Polygon()
    shares, boxes, classes = [0.0] * len(vehicles), [], []
    for i in near_first:
        outline = _outline(street, vehicles[i])
        if outline.area == 0:
            continue
        bare = outline.intersection(frame).difference(covered)
        covered = covered.union(outline)
        shares[i] = bare.area / outline.area
        if shares[i] >= FOUND_SHARE:
            boxes.append(_jittered(bare.bounds, street.size_wh, rng))
            classes.append(_label(MODELS[vehicles[i].model][3], rng))
    found = Detections(
        np.asarray(boxes, np.float32).reshape(-1, 4),
        np.full(len(boxes), 0.6, np.float32),
        np.asarray(classes, np.int8),
    )
    return found, shares


def _outline(street: Any, vehicle: Standing) -> Any:
    ahead = np.subtract(street.target_xyz, street.camera_xyz)
    if ((vehicle.corners - np.asarray(street.camera_xyz)) @ ahead <= 0).any():
        return shapely.Polygon()
    return shapely.MultiPoint(street.pixels(vehicle.corners)).convex_hull


def _jittered(
    bounds: tuple[float, ...], size_wh: tuple[int, int], rng: np.random.Generator
) -> Floats:
    box, limits = np.asarray(bounds), np.tile(size_wh, 2)
    extent = np.tile(box[2:] - box[:2], 2)
    at_edge = (box <= 0) | (box >= limits)
    return np.clip(box + np.where(at_edge, 0, rng.normal(0, JITTER, 4) * extent), 0, limits)


def _label(vehicle_class: VehicleClass, rng: np.random.Generator) -> int:
    cars = {VehicleClass.CAR: 0.97, VehicleClass.VAN: 0.6, VehicleClass.TRUCK: 0.2}[vehicle_class]
    label = VehicleClass.CAR if rng.random() < cars else VehicleClass.TRUCK
    return VEHICLE_CLASSES.index(label)
