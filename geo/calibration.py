"""Calibration: paired image and ground points to a homography, with its residual in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import metric_crs, to_lonlat, to_metric
from geo.distortion import distorted, undistorted
from geo.errors import CalibrationTooFew, CalibrationTooLoose, InvalidGeometry

Floats = NDArray[np.float64]

MIN_PAIRS = 4
"""Pairs a homography needs: eight unknowns, two equations a pair (Hartley and Zisserman 2004, section 4.1)."""

MIN_PAIRS_TO_VERIFY = 5
"""Pairs from which leaving one out still determines the homography, so that a residual can be given."""

MAX_RESIDUAL_M = 0.5
"""Largest leave-one-out residual that is trusted: a quarter of a bay's width (vision brief, section 3)."""

MAX_CONDITION = 1e9
"""Largest ratio of the first to the eighth singular value; above it three of four points lie on one line."""

MAX_CONDITION_LEFT_OUT = 300.0
"""The same where one pair is left out: four remaining points that are nearly on a line predict nothing (assumption)."""

MIN_PAIRS_FOR_LENS = 6
"""Pairs from which one distortion term can be fitted with one pair left out: nine unknowns, ten equations."""

DISTORTION_RANGE = (-0.6, 0.2)
"""Coefficients tried, per square of half the diagonal: from a strong fisheye to a slight pincushion (assumption)."""

DISTORTION_STEPS = 9
"""Coefficients tried at once; the best one's neighbourhood is then looked at twice as closely, `DISTORTION_ZOOMS` times."""

DISTORTION_ZOOMS = 6
"""Halvings of the step: from 0.1 to 0.0016, which moves no point of the frame by more than a pixel in a thousand."""

MIN_GAIN = 0.1
"""Share by which a distortion term must lower the leave-one-out residual to be believed: a lower one is chance (assumption)."""

BEYOND_HORIZON_M = 1000.0
"""Error given to a pair that the others place above the horizon."""


@dataclass(frozen=True)
class Calibration:
    """The plane homography of one camera view."""

    crs: str
    """Metric reference system of the ground points, such as EPSG:2154."""

    origin_xy: tuple[float, float]
    """Easting and northing, in metres, of the point that local ground coordinates start from."""

    image_to_ground: Floats
    """Shape (3, 3): image points in 0..1 of the frame, without distortion, to local ground metres, homogeneous."""

    pairs: int
    """Number of pairs it was made from."""

    residual_m: float | None
    """Root mean square distance, in metres, of each pair predicted without itself; None where no pair can be left out."""

    errors_m: tuple[float | None, ...] = ()
    """That distance for each pair, in their order; None where the others do not determine the view."""

    distortion: float = 0.0
    """Coefficient of the lens (`geo.distortion`); 0 for none."""

    aspect: float = 1.0
    """Width over height of the frame in which the distortion is round."""

    @property
    def is_verified(self) -> bool:
        """Tell whether enough pairs were given to measure the residual."""
        return self.residual_m is not None


def calibrate(
    image_points: Floats,
    ground_points_lonlat: Floats,
    image_size_wh: tuple[int, int] | None = None,
    max_residual_m: float = MAX_RESIDUAL_M,
) -> Calibration:
    """Fit the view of a camera from paired points: a homography, and one distortion term where that predicts better.

    Parameters
    ----------
    image_points
        Shape (n, 2), x right and y down, in 0..1 of the frame's width and height.
    ground_points_lonlat
        Shape (n, 2), longitude then latitude, WGS 84, of the same points on the road.
    image_size_wh
        Width and height of the frame, pixels; without it no distortion is fitted, as its circles have no shape.
    max_residual_m
        Largest residual that is taken; infinite to look at the errors of a calibration that would be refused.

    Raises
    ------
    CalibrationTooFew
        With fewer than four pairs.
    InvalidGeometry
        When the points do not determine a homography: wrong shape, outside 0..1, or on one line.
    CalibrationTooLoose
        With five pairs or more, when the residual is above the limit; the sentence names the worst pair.

    Notes
    -----
    Normalised direct linear transformation: Hartley and Zisserman 2004, algorithm 4.2.
    """
    image, lonlat = _checked_pairs(image_points, ground_points_lonlat)
    crs = metric_crs(float(lonlat[0, 0]), float(lonlat[0, 1]))
    ground = to_metric(lonlat, crs)
    origin = ground.mean(axis=0)
    local = ground - origin
    aspect = 1.0 if image_size_wh is None else image_size_wh[0] / image_size_wh[1]
    lens, errors_m = _chosen_lens(image, local, aspect, may_bend=image_size_wh is not None)
    residual_m = root_mean_square_m(errors_m)
    if residual_m is not None and residual_m > max_residual_m:
        raise CalibrationTooLoose(_loose_sentence(residual_m, errors_m, max_residual_m))
    return Calibration(
        crs=crs,
        origin_xy=(float(origin[0]), float(origin[1])),
        image_to_ground=lens.matrix,
        pairs=len(image),
        residual_m=residual_m,
        errors_m=errors_m,
        distortion=lens.distortion,
        aspect=aspect,
    )


def fit_homography(
    source_xy: Floats, target_xy: Floats, max_condition: float = MAX_CONDITION
) -> Floats:
    """Return the matrix, shape (3, 3), that takes source points, shape (n, 2), nearest to their targets.

    Raises
    ------
    InvalidGeometry
        When the points do not determine it.
    """
    from_norm, to_norm = _normaliser(source_xy), _normaliser(target_xy)
    rows = _equations(_apply(from_norm, source_xy), _apply(to_norm, target_xy))
    _, singular, basis = np.linalg.svd(rows)
    if singular[7] * max_condition < singular[0]:
        raise InvalidGeometry(
            "the points do not determine a view of the ground: wanted four of which no three lie on one line"
        )
    matrix: Floats = np.linalg.inv(to_norm) @ basis[-1].reshape(3, 3) @ from_norm
    return np.asarray(matrix / _sign_at(matrix, np.asarray(source_xy.mean(axis=0), np.float64)))


def to_ground(calibration: Calibration, image_points: Floats) -> Floats:
    """Return where image points, shape (n, 2) in 0..1, lie on the ground, in local metres; NaN above the horizon."""
    straight = undistorted(image_points, calibration.distortion, calibration.aspect)
    return project(calibration.image_to_ground, straight)


def to_image(calibration: Calibration, local_xy: Floats) -> Floats:
    """Return where local ground points, shape (n, 2) in metres, appear in 0..1 of the frame; NaN behind the camera."""
    straight = project(ground_to_image(calibration), local_xy)
    return distorted(straight, calibration.distortion, calibration.aspect)


def ground_to_image(calibration: Calibration) -> Floats:
    """Return the matrix, shape (3, 3), from local metres to 0..1 of the frame without distortion.

    Its divisor is positive before the camera.
    """
    inverse = np.asarray(np.linalg.inv(calibration.image_to_ground), np.float64)
    return np.asarray(inverse / _sign_at(inverse, np.zeros(2)))


def local_metres(calibration: Calibration, points_lonlat: Floats) -> Floats:
    """Bring longitudes and latitudes, shape (n, 2), to metres from the calibration's origin."""
    offset = np.asarray(calibration.origin_xy)
    return np.asarray(to_metric(points_lonlat, calibration.crs) - offset)


def lonlat_of(calibration: Calibration, local_xy: Floats) -> Floats:
    """Bring local metres, shape (n, 2), back to longitude and latitude."""
    return to_lonlat(local_xy + np.asarray(calibration.origin_xy), calibration.crs)


def project(matrix: Floats, points_xy: Floats) -> Floats:
    """Apply a homography, shape (3, 3), to points, shape (n, 2); NaN where the plane turns away (divisor not positive)."""
    homogeneous = np.column_stack([points_xy, np.ones(len(points_xy))]) @ matrix.T
    divisor = np.where(homogeneous[:, 2:] > 1e-12, homogeneous[:, 2:], np.nan)  # noqa: PLR2004 - zero, numerically
    return np.asarray(homogeneous[:, :2] / divisor)


def _checked_pairs(image_points: Floats, ground_points: Floats) -> tuple[Floats, Floats]:
    image = np.asarray(image_points, np.float64).reshape(-1, 2)
    ground = np.asarray(ground_points, np.float64).reshape(-1, 2)
    if len(image) != len(ground):
        raise InvalidGeometry(
            f"the calibration has {len(image)} image points and {len(ground)} ground points: wanted as many of each"
        )
    if len(image) < MIN_PAIRS:
        raise CalibrationTooFew(
            f"the calibration has {len(image)} pairs of points: wanted {MIN_PAIRS} or more"
        )
    if not (np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1):
        raise InvalidGeometry(
            f"the calibration's image points run from {image.min()} to {image.max()}: wanted 0..1 of the frame"
        )
    return image, ground


def root_mean_square_m(errors_m: tuple[float | None, ...]) -> float | None:
    """Return the root mean square of the errors that are known; None where none is."""
    known = [error_m for error_m in errors_m if error_m is not None]
    return float(np.sqrt(np.mean(np.square(known)))) if known else None


@dataclass(frozen=True)
class _Lens:
    """A fitted view: distortion and homography together."""

    distortion: float
    aspect: float
    matrix: Floats

    def ground(self, image: Floats) -> Floats:
        return project(self.matrix, undistorted(image, self.distortion, self.aspect))


def _loose_sentence(
    residual_m: float, errors_m: tuple[float | None, ...], max_residual_m: float
) -> str:
    worst = int(np.argmax([error_m or 0.0 for error_m in errors_m]))
    return (
        f"the calibration misses its own points by {residual_m:.2f} m when each is left out, "
        f"pair {worst + 1} of {len(errors_m)} by {errors_m[worst]:.2f} m: "
        f"wanted at most {max_residual_m} m; check the order of the pairs and each point"
    )


def _chosen_lens(
    image: Floats, local: Floats, aspect: float, *, may_bend: bool
) -> tuple[_Lens, tuple[float | None, ...]]:
    """Return the view that predicts left-out pairs better, with or without distortion, and its error at each pair."""
    straight = _Lens(0.0, aspect, fit_homography(image, local))
    errors_m = _left_out_errors_m(image, local, aspect, bends=False)
    residual_m = root_mean_square_m(errors_m)
    if not may_bend or len(image) < MIN_PAIRS_FOR_LENS or residual_m is None:
        return straight, errors_m
    bent_errors_m = _left_out_errors_m(image, local, aspect, bends=True)
    bent_residual_m = root_mean_square_m(bent_errors_m)
    if bent_residual_m is None or bent_residual_m > (1 - MIN_GAIN) * residual_m:
        return straight, errors_m
    return _bent_lens(image, local, aspect), bent_errors_m


def _left_out_errors_m(
    image: Floats, local: Floats, aspect: float, *, bends: bool
) -> tuple[float | None, ...]:
    if len(image) < MIN_PAIRS_TO_VERIFY:
        return (None,) * len(image)
    return tuple(
        _left_out_error_m(image, local, aspect, left_out, bends=bends)
        for left_out in range(len(image))
    )


def _left_out_error_m(
    image: Floats, local: Floats, aspect: float, left_out: int, *, bends: bool
) -> float | None:
    rest = np.arange(len(image)) != left_out
    try:
        straight = fit_homography(image[rest], local[rest], MAX_CONDITION_LEFT_OUT)
    except InvalidGeometry:
        return None
    lens = _bent_lens(image[rest], local[rest], aspect) if bends else _Lens(0.0, aspect, straight)
    predicted = lens.ground(image[left_out : left_out + 1])[0]
    return float(np.nan_to_num(np.hypot(*(predicted - local[left_out])), nan=BEYOND_HORIZON_M))


def _bent_lens(image: Floats, local: Floats, aspect: float) -> _Lens:
    """Return the view whose distortion brings the ground points nearest to their image points."""
    low, high = DISTORTION_RANGE
    step = (high - low) / (DISTORTION_STEPS - 1)
    tried = [_misfit(image, local, aspect, low + i * step) for i in range(DISTORTION_STEPS)]
    best = min(tried, key=lambda one: one[0])
    for _ in range(DISTORTION_ZOOMS):
        step /= 2
        around = [best[1].distortion - step, best[1].distortion + step]
        best = min(
            [best, *(_misfit(image, local, aspect, value) for value in around)],
            key=lambda one: one[0],
        )
    return best[1]


def _misfit(image: Floats, local: Floats, aspect: float, distortion: float) -> tuple[float, _Lens]:
    """Return the root mean square miss in the picture, in its height, and the view."""
    straight = undistorted(image, distortion, aspect)
    lens = _Lens(distortion, aspect, fit_homography(straight, local))
    inverse = np.asarray(np.linalg.inv(lens.matrix), np.float64)
    inverse /= _sign_at(inverse, np.zeros(2))
    shown = distorted(project(inverse, local), distortion, aspect)
    miss = float(np.sqrt(np.mean(((shown - image) * [aspect, 1.0]) ** 2)))
    return (miss if np.isfinite(miss) else np.inf), lens


def _normaliser(points_xy: Floats) -> Floats:
    centre = points_xy.mean(axis=0)
    spread = float(np.linalg.norm(points_xy - centre, axis=1).mean())
    if spread == 0:
        raise InvalidGeometry(
            "all points of the calibration are the same: wanted four different ones"
        )
    scale = np.sqrt(2) / spread
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _apply(matrix: Floats, points_xy: Floats) -> Floats:
    return np.asarray(points_xy * matrix[0, 0] + matrix[:2, 2])


def _equations(source_xy: Floats, target_xy: Floats) -> Floats:
    x, y = source_xy.T
    u, v = target_xy.T
    zero, one = np.zeros_like(x), np.ones_like(x)
    upper = np.stack([-x, -y, -one, zero, zero, zero, u * x, u * y, u], axis=1)
    lower = np.stack([zero, zero, zero, -x, -y, -one, v * x, v * y, v], axis=1)
    rows = np.concatenate([upper, lower])
    return np.vstack([rows, np.zeros((max(0, 9 - len(rows)), 9))])


def _sign_at(matrix: Floats, point_xy: Floats) -> float:
    divisor = float((matrix[2] * np.array([point_xy[0], point_xy[1], 1.0])).sum())
    return divisor if divisor != 0 else 1.0
