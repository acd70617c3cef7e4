"""Builders for the edge's tests: a street seen by a camera of known pose, detections, observations, a receiver."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import override

from geo.crs import to_lonlat
from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.detector import Detections
from vision.observation import BayObservation, BayState, Sighting
from vision.scene import Scene, read_scene

Floats = NDArray[np.float64]

SIZES_M = {
    "car": (4.3, 1.8, 1.5),
    "van": (5.5, 2.05, 2.5),
    "truck": (7.5, 2.35, 3.3),
    "bus": (12.0, 2.55, 3.1),
    "person": (0.5, 0.5, 1.75),
}
"""Length, width and height of the vehicles that the street's camera sees."""


@dataclass(frozen=True)
class Street:
    """A straight kerb along x, the road at negative y, seen by a camera across it."""

    folder: Path
    camera_xyz: tuple[float, float, float] = (0.0, -14.0, 8.0)
    target_xyz: tuple[float, float, float] = (0.0, -0.5, 0.0)
    focal_px: float = 600.0
    size_wh: tuple[int, int] = (1280, 720)
    bays: tuple[tuple[str, float, float, int], ...] = (
        ("A", -14.0, -7.0, 1),
        ("B", -6.5, 5.5, 2),
        ("C", 6.0, 13.0, 1),
    )
    """Each bay as name, start and end along the kerb in metres, and capacity; all are 2.2 m wide."""

    def pixels(self, points_xyz: Floats) -> Floats:
        """Project points, shape (n, 3) in metres, to pixels, shape (n, 2)."""
        forward = np.subtract(self.target_xyz, self.camera_xyz)
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, [0, 0, 1.0])
        right = right / np.linalg.norm(right)
        axes = np.stack([right, np.cross(forward, right), forward])
        seen = (points_xyz - np.asarray(self.camera_xyz)) @ axes.T
        centre = np.asarray(self.size_wh) / 2
        return np.asarray(seen[:, :2] / seen[:, 2:] * self.focal_px + centre)

    def box(self, kind: str, x: float, y: float) -> tuple[float, float, float, float]:
        """Return the box, cut at the frame, of a vehicle whose ground centre is (x, y) and that stands along the kerb."""
        length, width, height = SIZES_M[kind]
        corners = [
            (x + a * length, y + c * width, z)
            for a in (-0.5, 0.5)
            for c in (-0.5, 0.5)
            for z in (0.0, height)
        ]
        points = np.clip(self.pixels(np.asarray(corners)), 0, self.size_wh)
        return (*points.min(axis=0), *points.max(axis=0))

    def detections(self, *vehicles: tuple[str, float, float]) -> Detections:
        """Return the detections of vehicles given as kind, x and y."""
        boxes = np.asarray([self.box(*vehicle) for vehicle in vehicles], np.float32).reshape(-1, 4)
        label = {"car": VehicleClass.CAR, "van": VehicleClass.TRUCK}
        classes = [
            VEHICLE_CLASSES.index(label.get(kind, VehicleClass.TRUCK)) for kind, _, _ in vehicles
        ]
        return Detections(
            boxes, np.full(len(vehicles), 0.7, np.float32), np.asarray(classes, np.int8)
        )

    def document(self) -> dict[str, Any]:
        """Return scene.json with calibration and bay file, and write the bay file."""
        grid = np.array(
            [[x, y] for x in (-13.0, -9.0, -4.0, 0.0, 5.0, 9.0, 13.0) for y in (-4.0, 1.0)]
        )
        points = self.pixels(np.column_stack([grid, np.zeros(len(grid))])) / np.asarray(
            self.size_wh
        )
        is_shown = ((points >= 0) & (points <= 1)).all(axis=1)
        ground, image = grid[is_shown], points[is_shown]
        features = [
            {
                "type": "Feature",
                "properties": {"bay_id": name, "capacity": capacity},
                "geometry": {"type": "Polygon", "coordinates": [self._ring(start, end)]},
            }
            for name, start, end, capacity in self.bays
        ]
        path = self.folder / "bays.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return {
            "camera_id": "street",
            "image_size": list(self.size_wh),
            "bays": [{"bay_id": name, "capacity": capacity} for name, _, _, capacity in self.bays],
            "calibration": {
                "image_points": image.tolist(),
                "ground_points": lonlat(ground).tolist(),
            },
            "bays_geojson": "bays.geojson",
        }

    def scene(self, *, calibrated: bool = True) -> Scene:
        """Read the scene back, by metres or by polygons in the picture alone."""
        document = self.document()
        if not calibrated:
            del document["calibration"], document["bays_geojson"]
            for bay, (_, start, end, _) in zip(document["bays"], self.bays, strict=True):
                corners = np.array([[start, -2.2, 0], [end, -2.2, 0], [end, 0, 0], [start, 0, 0]])
                bay["polygon_px"] = self.pixels(corners).tolist()
        path = self.folder / "scene.json"
        path.write_text(json.dumps(document))
        return read_scene(path)

    def lonlat_of(self, local_xy: Floats) -> Floats:
        """Return longitude and latitude of points in street metres, shape (n, 2)."""
        return lonlat(local_xy)

    def _ring(self, start: float, end: float) -> list[list[float]]:
        ring = np.array([[start, -2.2], [end, -2.2], [end, 0], [start, 0], [start, -2.2]])
        return [list(map(float, point)) for point in lonlat(ring)]


def lonlat(local_xy: Floats) -> Floats:
    """Place street metres in the country: an origin in Lambert-93."""
    return to_lonlat(local_xy + np.array([690000.0, 6862000.0]), "EPSG:2154")


@pytest.fixture
def street(tmp_path: Path) -> Street:
    """Return a street with three bays: one place, two places, one place."""
    return Street(tmp_path)


@pytest.fixture
def sighting() -> Callable[..., Sighting]:
    """Return a builder of sightings: a car in the middle of the bay unless told otherwise."""

    def build(
        along: float = 0.5,
        *,
        score: float = 0.7,
        vehicle_class: VehicleClass = VehicleClass.CAR,
        shift: float = 0.0,
    ) -> Sighting:
        scores = [0.05] * len(VEHICLE_CLASSES)
        scores[VEHICLE_CLASSES.index(vehicle_class)] = 0.8
        return Sighting(along, 0.6, score, tuple(scores), (0.3 + shift, 0.4, 0.5 + shift, 0.6))

    return build


@pytest.fixture
def seen() -> Callable[..., BayObservation]:
    """Return a builder of observations of bay A: free without sightings, hidden on demand."""

    def build(*sightings: Sighting, hidden: bool = False) -> BayObservation:
        if hidden:
            return BayObservation("A", BayState.UNKNOWN, (), (True,), 0.0, "hidden")
        state = BayState.OCCUPIED if sightings else BayState.FREE
        return BayObservation("A", state, sightings, (False,))

    return build


@dataclass
class Receiver:
    """A real HTTP server on loopback that takes CDS events."""

    url: str
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Events by identifier, as first received."""
    posts: list[dict[str, Any]] = field(default_factory=list)
    """Each request: path, headers, events."""
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Answers to give instead of success, first first."""
    failing: Callable[[dict[str, Any]], str | None] = lambda _: None
    """Code of the refusal of one event, or None."""
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set at each arrival."""

    def events_of(self, *types: str) -> list[dict[str, Any]]:
        """Return the received events of some types."""
        return [event for event in self.events.values() if event["event_type"] in types]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a receiver for one test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    held = Receiver(f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            held.posts.append({"path": self.path, "headers": dict(self.headers), "events": events})
            status, body = held.answers.pop(0) if held.answers else (200, self._take(events))
            document = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)
            held.arrived.set()

        def _take(self, events: list[dict[str, Any]]) -> dict[str, Any]:
            failures = []
            for position, event in enumerate(events):
                code = held.failing(event)
                if code is None:
                    held.events.setdefault(event["event_id"], event)
                else:
                    failures.append(
                        {
                            "item": {},
                            "position": position,
                            "error": code,
                            "error_description": "no",
                            "error_details": [],
                        }
                    )
            return {
                "success": len(events) - len(failures),
                "total": len(events),
                "failures": failures,
            }

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield held
    server.shutdown()
    thread.join()
    server.server_close()
