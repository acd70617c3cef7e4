"""The exact truth of a scenario, in the files that the product reads: scene.json, bays.geojson, stays.csv, states.csv."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.words import Stay
from sample_data.scene.camera import FRAME_WH
from sample_data.scene.motion import Stops
from sample_data.scene.place import SceneBay, street_lonlat
from sample_data.scene.timetable import Scenario, Vehicle

STATE_COLUMNS = ("frame", "bay_id", "occupied", "vehicles", "condition")
STAY_COLUMNS = ("bay_id", "vehicle_class", "arrived_at", "departed_at")

PAIRS_Y_M = (0.0, -5.7, -9.2)
"""Where across the street the points of a calibration lie; those that the camera sees become its pairs."""

EDGE_PX = 4
"""Pairs this near to the frame's edge are left out."""

Floats = NDArray[np.float64]


def truth_files(scenario: Scenario) -> dict[str, bytes]:
    """Return the files of a scenario that need no picture, by name; the same bytes each time."""
    return {
        "scene.json": json_bytes(scene_document(scenario)),
        "bays.geojson": json_bytes(_bays_document(scenario.bays)),
        "stays.csv": csv_bytes(STAY_COLUMNS, map(_stay_row, stays(scenario))),
        "states.csv": csv_bytes(STATE_COLUMNS, state_rows(scenario)),
    }


def stays(scenario: Scenario) -> list[Stay]:
    """Return the stays in the bays, ordered by bay and arrival; one that began before the clip begins with it."""
    found = [
        _stay(scenario, vehicle, vehicle.action)
        for vehicle in scenario.vehicles
        if vehicle.bay_id is not None and isinstance(vehicle.action, Stops)
    ]
    return sorted(found, key=lambda stay: (stay.bay_id, stay.arrived_at))


def state_rows(scenario: Scenario) -> Iterable[tuple[object, ...]]:
    """Yield one row per frame and bay: how many vehicles stand in it at rest."""
    for frame in range(scenario.frames):
        for bay in scenario.bays:
            count = len(standing(scenario, bay, frame / scenario.fps))
            yield (frame, bay.bay_id, int(count > 0), count, scenario.weather)


def standing(scenario: Scenario, bay: SceneBay, at_s: float) -> list[Vehicle]:
    """Return the vehicles that stand in a bay at an instant."""
    return [
        vehicle
        for vehicle in scenario.vehicles
        if vehicle.bay_id == bay.bay_id
        and isinstance(vehicle.action, Stops)
        and vehicle.action.stands(at_s)
    ]


def scene_document(scenario: Scenario) -> dict[str, Any]:
    """Return scene.json: the bays in the picture and the pairs of the calibration."""
    width, height = FRAME_WH
    ground_xy = np.array([(x, y) for x in scenario.pairs_x_m for y in PAIRS_Y_M])
    image_px = scenario.camera.ground_pixels(ground_xy)
    low, high = EDGE_PX, np.array([width - EDGE_PX, height - EDGE_PX])
    seen = np.all((image_px > low) & (image_px < high), axis=1)
    return {
        "camera_id": f"scene-{scenario.name}",
        "image_size": list(FRAME_WH),
        "bays": [
            {
                "bay_id": bay.bay_id,
                "capacity": bay.capacity,
                "polygon_px": _rounded(polygon_px(scenario, bay), 2),
            }
            for bay in scenario.bays
        ],
        "calibration": {
            "image_points": _rounded(image_px[seen] / np.array([width, height]), 7),
            "ground_points": _rounded(street_lonlat(ground_xy[seen]), 9),
        },
        "bays_geojson": "bays.geojson",
    }


def polygon_px(scenario: Scenario, bay: SceneBay) -> Floats:
    """Return where the corners of a bay appear, shape ``(4, 2)``, pixels."""
    return scenario.camera.ground_pixels(bay.corners_xy())


def json_bytes(document: dict[str, Any]) -> bytes:
    """Write a document as JSON."""
    return (json.dumps(document, indent=1) + "\n").encode()


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV with a header."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue().encode()


def _stay(scenario: Scenario, vehicle: Vehicle, action: Stops) -> Stay:
    return Stay(
        bay_id=str(vehicle.bay_id),
        vehicle_class=vehicle.vehicle_class,
        arrived_at=scenario.instant(action.arrives_s or 0.0),
        departed_at=None if action.leaves_s is None else scenario.instant(action.leaves_s),
    )


def _stay_row(stay: Stay) -> tuple[str, ...]:
    departed = stay.departed_at.isoformat() if stay.departed_at else ""
    return (stay.bay_id, stay.vehicle_class.value, stay.arrived_at.isoformat(), departed)


def _bays_document(bays: Iterable[SceneBay]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [_bay_feature(bay) for bay in bays]}


def _bay_feature(bay: SceneBay) -> dict[str, Any]:
    corners = bay.corners_xy()
    ring = street_lonlat(np.vstack([corners, corners[:1]]))
    return {
        "type": "Feature",
        "properties": {"bay_id": bay.bay_id, "capacity": bay.capacity},
        "geometry": {"type": "Polygon", "coordinates": [_rounded(ring, 9)]},
    }


def _rounded(points: Floats, digits: int) -> list[list[float]]:
    return [[round(float(value), digits) for value in point] for point in points]
