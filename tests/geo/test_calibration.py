"""Calibration: from paired points to a homography whose error is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.calibration import (
    Calibration,
    calibrate,
    fit_homography,
    lonlat_of,
    project,
    to_ground,
    to_image,
)
from geo.crs import to_lonlat
from geo.distortion import distorted, undistorted
from geo.errors import CalibrationTooFew, CalibrationTooLoose, InvalidGeometry

VIEW = np.array([[20, 3, -5], [1, -15, 20], [0.02, -0.6, 1.2]])
"""A plausible view: image 0..1 to metres."""

IMAGE = np.array([[0.1, 0.2], [0.9, 0.25], [0.85, 0.9], [0.1, 0.85], [0.55, 0.4], [0.3, 0.7]])

ORIGIN = np.array([690000.0, 6862000.0])


def lonlat(image: np.ndarray, error_m: np.ndarray | float = 0.0) -> np.ndarray:
    """Return where image points truly lie, moved by an error."""
    return to_lonlat(project(VIEW, image) + ORIGIN + error_m, "EPSG:2154")


def made(pairs: int = 6) -> Calibration:
    """Return the calibration of the first pairs."""
    return calibrate(IMAGE[:pairs], lonlat(IMAGE[:pairs]))


@pytest.mark.parametrize("pairs", [4, 5, 6])
def test_exact_pairs_give_back_their_points(pairs: int) -> None:
    """Image points go to their ground points and back, to a tenth of a millimetre."""
    calibration = made(pairs)
    ground = to_ground(calibration, IMAGE)
    np.testing.assert_allclose(
        ground + calibration.origin_xy, project(VIEW, IMAGE) + ORIGIN, atol=1e-4
    )
    np.testing.assert_allclose(to_image(calibration, ground), IMAGE, atol=1e-6)
    np.testing.assert_allclose(lonlat_of(calibration, ground), lonlat(IMAGE), atol=1e-9)


def test_four_pairs_are_unverified_and_six_have_a_residual() -> None:
    """Four pairs fit anything, so that no residual is claimed; six exact ones have none to speak of."""
    assert made(4).residual_m is None
    assert not made(4).is_verified
    assert made(6).is_verified
    assert (made(6).residual_m or 0) < 1e-4


def test_three_pairs_are_too_few() -> None:
    """Three pairs are refused, naming three and four."""
    with pytest.raises(CalibrationTooFew, match=r"3 pairs.*wanted 4"):
        calibrate(IMAGE[:3], lonlat(IMAGE[:3]))


def test_a_wrong_pair_is_too_loose() -> None:
    """One ground point three metres off is refused with the residual in metres."""
    error = np.zeros((6, 2))
    error[4] = [3.0, 0.0]
    with pytest.raises(CalibrationTooLoose, match=r"\d\.\d\d m.*wanted at most 0\.5"):
        calibrate(IMAGE, lonlat(IMAGE, error))


def test_clicks_a_few_centimetres_off_are_accepted() -> None:
    """Honest clicking errors of 5 cm pass, and the residual tells their size."""
    error = np.random.default_rng(2).normal(0, 0.05, (6, 2))
    residual_m = calibrate(IMAGE, lonlat(IMAGE, error)).residual_m
    assert residual_m is not None
    assert 0.01 < residual_m < 0.5


def test_four_corners_and_their_middle_are_judged_without_the_lines_they_form() -> None:
    """Five pairs of which some rests lie on a line still give a calibration."""
    image = np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.5, 0.5]])
    assert calibrate(image, lonlat(image)).pairs == 5


@pytest.mark.parametrize(
    ("image", "match"),
    [
        (np.array([[0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.4, 0.4]]), "no three lie on one line"),
        (np.array([[0.1, 0.1], [0.9, 0.1], [1.4, 0.9], [0.1, 0.9]]), r"wanted 0\.\.1"),
        (np.full((4, 2), 0.5), "four different"),
    ],
)
def test_points_that_determine_nothing_are_refused(image: np.ndarray, match: str) -> None:
    """Points on one line, outside the frame or all the same are refused with the reason."""
    with pytest.raises(InvalidGeometry, match=match):
        calibrate(image, lonlat(IMAGE[:4]))


def test_uneven_lists_are_refused() -> None:
    """Six image points with five ground points are refused, naming both."""
    with pytest.raises(InvalidGeometry, match="6 image points and 5 ground points"):
        calibrate(IMAGE, lonlat(IMAGE[:5]))


def test_above_the_horizon_there_is_no_ground() -> None:
    """An image point above the horizon has no ground point."""
    steep = np.array([[20, 0, -10], [0, 0, 10], [0, 2.0, -0.2]])
    image = np.array([[0.1, 0.3], [0.9, 0.3], [0.9, 0.9], [0.1, 0.9]])
    calibration = calibrate(image, to_lonlat(project(steep, image) + ORIGIN, "EPSG:2154"))
    assert np.isnan(to_ground(calibration, np.array([[0.5, 0.05]]))).all()
    assert np.isfinite(to_ground(calibration, np.array([[0.5, 0.5]]))).all()


@settings(max_examples=50, deadline=None)
@given(order=st.permutations(range(6)))
def test_the_order_of_pairs_does_not_matter(order: list[int]) -> None:
    """The same pairs in another order give the same homography."""
    shuffled = fit_homography(IMAGE[order], project(VIEW, IMAGE)[order])
    points = np.array([[0.2, 0.3], [0.7, 0.8]])
    np.testing.assert_allclose(project(shuffled, points), project(VIEW, points), atol=1e-6)


WIDE = np.array([[x, y] for x in (0.08, 0.36, 0.64, 0.92) for y in (0.3, 0.6, 0.92)])
"""Points all over a frame of 1280 x 720."""

SIZE_WH = (1280, 720)


def bent_view(distortion: float, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return image points as a lens shows them, with clicking errors in 0..1, and the ground points they stand for."""
    clicks = np.random.default_rng(5).normal(0, noise, WIDE.shape) if noise else 0.0
    straight = undistorted(WIDE, distortion, SIZE_WH[0] / SIZE_WH[1])
    return np.clip(WIDE + clicks, 0, 1), to_lonlat(project(VIEW, straight) + ORIGIN, "EPSG:2154")


@settings(max_examples=60, deadline=None)
@given(
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    distortion=st.floats(-0.6, 0.2),
    aspect=st.floats(0.5, 2.5),
)
def test_distortion_can_be_undone(x: float, y: float, distortion: float, aspect: float) -> None:
    """A point of the frame that is straightened and bent again is where it was."""
    point = np.array([[x, y]])
    straight = undistorted(point, distortion, aspect)
    np.testing.assert_allclose(distorted(straight, distortion, aspect), point, atol=1e-9)


def test_a_barrel_lens_is_found_and_undone() -> None:
    """Twelve pairs through a wide lens give its coefficient, and points between them land within 2 cm."""
    calibration = calibrate(*bent_view(-0.25), image_size_wh=SIZE_WH)
    assert calibration.distortion == pytest.approx(-0.25, abs=0.01)
    between = np.array([[0.2, 0.45], [0.8, 0.75]])
    straight = undistorted(between, -0.25, SIZE_WH[0] / SIZE_WH[1])
    found = to_ground(calibration, between) + calibration.origin_xy
    np.testing.assert_allclose(found, project(VIEW, straight) + ORIGIN, atol=0.02)
    np.testing.assert_allclose(
        to_image(calibration, to_ground(calibration, between)), between, atol=1e-6
    )


def test_without_its_size_a_frame_is_taken_as_straight() -> None:
    """A wide lens cannot be found where the frame's shape is not known: the residual tells that something is wrong."""
    image, ground = bent_view(-0.25)
    assert calibrate(image, ground, max_residual_m=np.inf).distortion == 0
    with pytest.raises(CalibrationTooLoose, match=r"pair \d+ of 12"):
        calibrate(image, ground)


def test_clicking_errors_do_not_make_a_lens() -> None:
    """Pairs of a straight view, clicked a pixel or two off, are not explained by a strong distortion."""
    calibration = calibrate(*bent_view(0.0, 0.001), image_size_wh=SIZE_WH)
    assert abs(calibration.distortion) < 0.05


def test_five_pairs_are_too_few_for_a_lens() -> None:
    """With five pairs no distortion is fitted: leaving one out would determine nothing."""
    image, ground = bent_view(-0.1)
    five = [0, 2, 9, 11, 4]
    assert calibrate(image[five], ground[five], SIZE_WH, np.inf).distortion == 0


def test_each_pair_has_its_own_error() -> None:
    """The error of each pair is given in their order, and the wrong one stands out."""
    error = np.zeros((6, 2))
    error[4] = [3.0, 0.0]
    calibration = calibrate(IMAGE, lonlat(IMAGE, error), max_residual_m=np.inf)
    assert len(calibration.errors_m) == 6
    assert calibration.errors_m[4] == pytest.approx(3.0, abs=0.1)
    assert made(4).errors_m == (None,) * 4
