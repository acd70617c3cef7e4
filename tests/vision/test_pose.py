"""The camera's pose and raised boxes: a street seen by a camera of known height, tilt and lens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.calibration import calibrate, local_metres, to_image
from geo.distortion import distorted
from vision.pose import box_edges, camera_pose, raised_box_px

RING = np.array([[-6.5, -2.2], [5.5, -2.2], [5.5, 0.0], [-6.5, 0.0]])
"""Bay B of the street, in street metres."""


def local(street: Any, calibration: Any) -> np.ndarray:
    """Return the ring in the calibration's local metres."""
    ring = street.lonlat_of(RING)
    return local_metres(calibration, ring)


@pytest.mark.parametrize(
    ("camera_xyz", "target_xyz"),
    [
        ((0.0, -14.0, 8.0), (0.0, -0.5, 0.0)),
        ((-20.0, -9.0, 5.0), (0.0, -1.0, 0.0)),
        ((3.0, -24.0, 19.0), (0.0, -1.0, 0.0)),
    ],
)
def test_height_tilt_and_focal_come_from_the_pairs(
    street: Any, camera_xyz: tuple[float, ...], target_xyz: tuple[float, ...]
) -> None:
    """The pose of an oblique view is found: height to 5 cm, tilt to half a degree, focal length to 1 %."""
    street = replace(street, camera_xyz=camera_xyz, target_xyz=target_xyz)
    pose = camera_pose(street.scene().calibration, street.size_wh)
    way = np.subtract(target_xyz, camera_xyz)
    assert pose.is_well_posed
    assert pose.height_m == pytest.approx(camera_xyz[2], abs=0.05)
    assert pose.tilt_deg == pytest.approx(
        np.degrees(np.arcsin(-way[2] / np.linalg.norm(way))), abs=0.5
    )
    assert pose.focal_share == pytest.approx(street.focal_px / max(street.size_wh), rel=0.01)


def test_from_straight_above_the_height_is_not_told(street: Any) -> None:
    """A camera that looks straight down has its tilt, but its pose is not well posed."""
    street = replace(street, camera_xyz=(0.0, -2.001, 15.0), target_xyz=(0.0, -2.0, 0.0))
    pose = camera_pose(street.scene().calibration, street.size_wh)
    assert pose.tilt_deg > 85
    assert not pose.is_well_posed


def test_a_raised_ring_is_where_the_camera_sees_it(street: Any) -> None:
    """The ground corners, then the same ones at the roof's height, each within a pixel; twelve edges join them."""
    calibration = street.scene().calibration
    found = raised_box_px(calibration, street.size_wh, local(street, calibration), 2.5)
    wanted = [street.pixels(np.column_stack([RING, np.full(4, z)])) for z in (0.0, 2.5)]
    np.testing.assert_allclose(found, np.vstack(wanted), atol=1.0)
    edges = box_edges(4)
    assert len(set(edges)) == 12
    assert sorted(np.unique(edges)) == list(range(8))


def test_a_raised_ring_goes_through_the_lens(street: Any) -> None:
    """With a wide lens the ground corners of the box are where the calibration puts the ground."""
    aspect = street.size_wh[0] / street.size_wh[1]
    document = street.document()["calibration"]
    image = distorted(np.asarray(document["image_points"]), -0.2, aspect)
    calibration = calibrate(image, np.asarray(document["ground_points"]), street.size_wh)
    assert calibration.distortion == pytest.approx(-0.2, abs=0.01)
    ring = local(street, calibration)
    found = raised_box_px(calibration, street.size_wh, ring, 2.5)
    np.testing.assert_allclose(found[:4], to_image(calibration, ring) * street.size_wh, atol=0.01)
    straight = street.pixels(np.column_stack([RING, np.full(4, 2.5)])) / street.size_wh
    np.testing.assert_allclose(
        found[4:], distorted(straight, -0.2, aspect) * street.size_wh, atol=2.0
    )
