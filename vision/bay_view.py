"""A bay's own frame of reference: along the kerb and across it, each 0..1, from the picture and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPoint, Polygon

from geo.calibration import fit_homography, project, to_ground
from geo.errors import InvalidGeometry
from vision.crops import expected_vehicle_px
from vision.pose import project_points, projection
from vision.scene import Scene, SceneBay, places, visible_share

Floats = NDArray[np.float64]

UNIT_SQUARE = np.array([[0.0, 0.0], [1, 0], [1, 1], [0, 1]])
"""Corners of a bay in its own frame: along, then across."""

CAR_HEIGHT_M = 1.5
"""Height of an ordinary car: what may stand unseen in a bay."""

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


def view_bays(scene: Scene) -> tuple[BayView, ...]:
    """Return the views of a scene's bays, in the scene's order."""
    return tuple(
        _metric_view(scene, bay) if scene.calibration else _picture_view(scene, bay)
        for bay in scene.bays
    )


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


def _metric_view(scene: Scene, bay: SceneBay) -> BayView:
    calibration = scene.calibration
    if calibration is None:
        raise ValueError("a metric view needs a calibration")
    size = np.asarray(scene.image_size_wh, np.float64)
    ground = to_ground(calibration, bay.polygon_px / size)
    corners_m = _ordered(_rectangle_around(ground))
    camera = projection(calibration, scene.image_size_wh)
    corners_px = project_points(camera, np.column_stack([corners_m, np.zeros(4)]))
    centre = corners_m.mean(axis=0)
    raised = np.array([[*centre, 0.0], [*centre, CAR_HEIGHT_M]])
    foot_px, top_px = project_points(camera, raised)
    along, across = corners_m[1] - corners_m[0], corners_m[3] - corners_m[0]
    return BayView(
        bay_id=bay.bay_id,
        capacity=bay.capacity,
        places=places(scene, bay),
        polygon_px=bay.polygon_px,
        corners_px=corners_px,
        to_frame=_frame_from(corners_px),
        size_m=(float(np.hypot(*along)), float(np.hypot(*across))),
        centre_m=(float(centre[0]), float(centre[1])),
        axis_rad=float(np.arctan2(along[1], along[0])),
        rise_px=top_px - foot_px,
        seen_share=visible_share(bay.polygon_px, scene.image_size_wh),
        vehicle_px=expected_vehicle_px(bay.polygon_px, places(scene, bay)),
    )


def _picture_view(scene: Scene, bay: SceneBay) -> BayView:
    corners = bay.polygon_px
    if len(corners) != len(UNIT_SQUARE) or not Polygon(corners).convex_hull.equals(
        Polygon(corners)
    ):
        corners = _rectangle_around(corners)
    corners = _ordered(corners)
    vehicle_px = expected_vehicle_px(bay.polygon_px, places(scene, bay))
    return BayView(
        bay_id=bay.bay_id,
        capacity=bay.capacity,
        places=places(scene, bay),
        polygon_px=bay.polygon_px,
        corners_px=corners,
        to_frame=_frame_from(corners),
        size_m=None,
        centre_m=(0.0, 0.0),
        axis_rad=0.0,
        rise_px=np.array([0.0, -CAR_HEIGHT_SHARE * vehicle_px]),
        seen_share=visible_share(bay.polygon_px, scene.image_size_wh),
        vehicle_px=vehicle_px,
    )


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
