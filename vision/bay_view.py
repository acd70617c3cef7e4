"""A bay's own frame of reference: along the kerb and across it, each 0..1, from the picture and back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPoint, Polygon

from geo.calibration import Calibration, fit_homography, project, to_ground
from geo.errors import InvalidGeometry
from vision.crops import expected_vehicle_px
from vision.pose import Camera, camera_of
from vision.scene import Scene, SceneBay, places, visible_share

Floats = NDArray[np.float64]

UNIT_SQUARE = np.array([[0.0, 0.0], [1, 0], [1, 1], [0, 1]])
"""Corners of a bay in its own frame: along, then across."""

CAR_HEIGHT_M = 1.5
"""Height of an ordinary car: what may stand unseen in a bay."""

PLACE_GRID = np.array(list(product((0.2, 0.5, 0.8), (0.2, 0.8), (0.2, 0.6, 1.0))))
"""Points of a car at a place, over the place's length and width and a car's height: enough of them hidden hide a car."""

REACH_M = 3.5
"""How far beside and beyond a bay a vehicle may stand and still concern it: a lane's width."""

REACH_HEIGHT_M = 4.0
"""Height of the tallest vehicle: Code de la route R312-10 sets none, 4 m is the least clearance signed on roads."""

MIN_VEHICLE_PX = 24.0
"""Longer side of a vehicle's expected box below which the embedded detector is not trusted (vision brief: recall falls under 45 px)."""

MIN_SEEN_SHARE = 0.4
"""Share of a bay, and of each place of it, that must lie inside the frame for its state to be told (assumption)."""

CAR_HEIGHT_SHARE = 0.35
"""The same without metres, over the longer side of a vehicle's expected box (assumption)."""


@dataclass(frozen=True)
class BayView:
    """One bay in one view."""

    bay_id: str
    capacity: int
    places: int
    """Cars that fit along the bay, at least its capacity."""
    polygon_px: Floats
    """Shape (n, 2), pixels."""
    corners_px: Floats
    """Shape (4, 2): the rectangle or quadrilateral that stands for the bay, in the order of `UNIT_SQUARE`."""
    to_frame: Floats
    """Shape (3, 3): pixels of the road to (along, across), 0..1 within the bay."""
    size_m: tuple[float, float] | None
    """Length and width in metres; None without a calibration."""
    centre_m: tuple[float, float]
    """Centre in the calibration's local metres; zeros without one."""
    axis_rad: float
    """Direction of the long side in local metres, from the east, counter-clockwise; 0 without a calibration."""
    rise_px: Floats
    """Shape (2,): how far a point of the bay's centre moves in the picture when raised by a car's height."""
    seen_share: float
    """Share of the bay's area inside the frame, 0..1."""
    vehicle_px: float
    """Longer side of one vehicle's expected box, pixels."""
    points_m: Floats
    """Shape (places, q, 3): points of a car at each place (`PLACE_GRID`), local metres; zeros without a calibration."""
    points_px: Floats
    """Shape (places, q, 2): where they appear; NaN behind the camera."""
    feet_px: Floats
    """Shape (places,): how low in the picture the ground of each place lies on average, pixels."""
    least_place_share: float
    """Share of the points of its place that is seen worst which lie inside the frame, 0..1."""
    reach_xyxy: tuple[float, float, float, float]
    """Part of the frame, pixels, outside which no vehicle concerns the bay."""
    camera: Camera | None = None
    """What sees the bay; None without a calibration."""

    @property
    def blind_reason(self) -> Literal["too_small", "outside", ""]:
        """Return why the bay can never be told in this view; empty where it can."""
        if self.vehicle_px < MIN_VEHICLE_PX:
            return "too_small"
        is_seen = min(self.seen_share, self.least_place_share) >= MIN_SEEN_SHARE
        return "" if is_seen else "outside"


@dataclass(frozen=True)
class Outlook:
    """What a view will be able to say of a bay, known before the first frame."""

    bay_id: str
    vehicle_px: float
    """Longer side of one vehicle's expected box, pixels."""
    seen_share: float
    """Share of the bay's area inside the frame, 0..1."""
    reason: str
    """Why the bay will be unknown in every frame: `too_small` or `outside`; empty where it will be told."""


def view_bays(scene: Scene) -> tuple[BayView, ...]:
    """Return the views of a scene's bays, in the scene's order."""
    if scene.calibration is None:
        return tuple(_picture_view(scene, bay) for bay in scene.bays)
    camera = camera_of(scene.calibration, scene.image_size_wh)
    return tuple(_metric_view(scene, bay, scene.calibration, camera) for bay in scene.bays)


def outlook(scene: Scene) -> list[Outlook]:
    """Return what will be known of each bay of a scene, in its order."""
    return [
        Outlook(view.bay_id, view.vehicle_px, view.seen_share, view.blind_reason)
        for view in view_bays(scene)
    ]


def cells_px(view: BayView) -> list[Polygon]:
    """Return what one vehicle would fill in the picture at each place of the bay, from one end to the other.

    Each is the hull of its ground and of the same raised by a car's height, in pixels. There are as many places as the
    bay's capacity, or as cars fit along it.
    """
    to_picture = np.linalg.inv(view.to_frame)
    to_picture = to_picture / (to_picture[2] @ np.array([0.5, 0.5, 1.0]))
    cells = []
    for place in range(view.places):
        square = UNIT_SQUARE * [1 / view.places, 1] + [place / view.places, 0]
        ground = project(to_picture, square)
        cells.append(_hull(ground, view.rise_px))
    return cells


def _hull(ground_px: Floats, rise_px: Floats) -> Polygon:
    hull = MultiPoint(np.concatenate([ground_px, ground_px + rise_px])).convex_hull
    return hull if isinstance(hull, Polygon) else Polygon(ground_px)


def _metric_view(scene: Scene, bay: SceneBay, calibration: Calibration, camera: Camera) -> BayView:
    size = np.asarray(scene.image_size_wh, np.float64)
    ground = to_ground(calibration, bay.polygon_px / size)
    corners_m = _ordered(_rectangle_around(ground))
    corners_px = camera.pixels(np.column_stack([corners_m, np.zeros(4)]))
    centre = corners_m.mean(axis=0)
    raised = np.array([[*centre, 0.0], [*centre, CAR_HEIGHT_M]])
    foot_px, top_px = camera.pixels(raised)
    along, across = corners_m[1] - corners_m[0], corners_m[3] - corners_m[0]
    number = places(scene, bay)
    shares = _place_shares(number)
    points_m = np.concatenate(
        [
            corners_m[0] + shares[..., :1] * along + shares[..., 1:2] * across,
            shares[..., 2:] * CAR_HEIGHT_M,
        ],
        axis=2,
    )
    points_px = camera.pixels(points_m)
    return BayView(
        bay_id=bay.bay_id,
        capacity=bay.capacity,
        places=number,
        polygon_px=bay.polygon_px,
        corners_px=corners_px,
        to_frame=_frame_from(corners_px),
        size_m=(float(np.hypot(*along)), float(np.hypot(*across))),
        centre_m=(float(centre[0]), float(centre[1])),
        axis_rad=float(np.arctan2(along[1], along[0])),
        rise_px=top_px - foot_px,
        seen_share=visible_share(bay.polygon_px, scene.image_size_wh),
        vehicle_px=expected_vehicle_px(bay.polygon_px, number),
        points_m=points_m,
        points_px=points_px,
        least_place_share=_least_place_share(points_px, scene.image_size_wh),
        feet_px=camera.pixels(points_m * [1, 1, 0])[..., 1].mean(axis=1),
        reach_xyxy=_reach(camera, corners_m, along, across),
        camera=camera,
    )


def _picture_view(scene: Scene, bay: SceneBay) -> BayView:
    corners = bay.polygon_px
    if len(corners) != len(UNIT_SQUARE) or not Polygon(corners).convex_hull.equals(
        Polygon(corners)
    ):
        corners = _rectangle_around(corners)
    corners = _ordered(corners)
    number = places(scene, bay)
    vehicle_px = expected_vehicle_px(bay.polygon_px, number)
    rise_px = np.array([0.0, -CAR_HEIGHT_SHARE * vehicle_px])
    shares = _place_shares(number)
    flat_px = project(fit_homography(UNIT_SQUARE, corners), shares[..., :2].reshape(-1, 2))
    ground_px = flat_px.reshape(*shares.shape[:2], 2)
    points_px = ground_px + shares[..., 2:] * rise_px
    return BayView(
        bay_id=bay.bay_id,
        capacity=bay.capacity,
        places=number,
        polygon_px=bay.polygon_px,
        corners_px=corners,
        to_frame=_frame_from(corners),
        size_m=None,
        centre_m=(0.0, 0.0),
        axis_rad=0.0,
        rise_px=rise_px,
        seen_share=visible_share(bay.polygon_px, scene.image_size_wh),
        vehicle_px=vehicle_px,
        points_m=np.zeros_like(shares),
        points_px=points_px,
        least_place_share=_least_place_share(points_px, scene.image_size_wh),
        feet_px=ground_px[..., 1].mean(axis=1),
        reach_xyxy=_whole(scene.image_size_wh),
    )


def _least_place_share(points_px: Floats, size_wh: tuple[int, int]) -> float:
    is_inside = ((points_px >= 0) & (points_px <= np.asarray(size_wh))).all(axis=2)
    return float(is_inside.mean(axis=1).min())


def _place_shares(number: int) -> Floats:
    """Return `PLACE_GRID` at each place, shape (places, q, 3), along and across in shares of the bay."""
    first = np.arange(number)[:, None, None] * np.array([1.0, 0, 0])
    return np.asarray((PLACE_GRID + first) / np.array([number, 1, 1]))


def _reach(
    camera: Camera, corners_m: Floats, along: Floats, across: Floats
) -> tuple[float, float, float, float]:
    """Return the part of the frame in which vehicles in the bay, beside and beyond it appear."""
    unit = along / np.hypot(*along), across / np.hypot(*across)
    outward = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    ring = corners_m + REACH_M * (outward[:, :1] * unit[0] + outward[:, 1:] * unit[1])
    box = np.vstack([np.column_stack([ring, np.full(4, z)]) for z in (0.0, REACH_HEIGHT_M)])
    pixels = camera.pixels(box)
    if not np.isfinite(pixels).all():
        return _whole(camera.size_wh)
    x0, y0, x1, y1 = (float(value) for value in [*pixels.min(axis=0), *pixels.max(axis=0)])
    return x0, y0, x1, y1


def _whole(size_wh: tuple[int, int]) -> tuple[float, float, float, float]:
    return 0.0, 0.0, float(size_wh[0]), float(size_wh[1])


def _rectangle_around(points: Floats) -> Floats:
    rectangle = Polygon(points).minimum_rotated_rectangle
    if not isinstance(rectangle, Polygon):
        raise InvalidGeometry(
            "a bay has no area on the ground: wanted a polygon that encloses some"
        )
    return np.asarray(rectangle.exterior.coords)[:4]


def _ordered(corners: Floats) -> Floats:
    """Turn the ring so that its first side belongs to the longer pair."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return corners if sides[0] + sides[2] >= sides[1] + sides[3] else np.roll(corners, -1, axis=0)


def _frame_from(corners_px: Floats) -> Floats:
    return fit_homography(corners_px, UNIT_SQUARE)
