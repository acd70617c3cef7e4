"""Has the camera moved: keypoints of its picture against those of its reference, and the scene moved along."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from geo.calibration import project, to_ground
from vision.bay_view import view_bays
from vision.scene import Scene

Floats = NDArray[np.float64]
Luma = NDArray[np.uint8]

WIDTH_PX = 640
"""Width at which keypoints are sought: half a pixel there is one of a 1280 picture."""

CELLS_WH = (8, 6)
"""Cells across and down that keypoints are counted in: a clock's digits or a vehicle fill one or two of them."""

PER_CELL = 6
"""Most keypoints of a cell: spread counts, not number."""

CANDIDATES = 8000
"""Keypoints found before the spread: so many that a busy part of the picture takes none from another."""

PATCH_PX = 31
"""Side of what an ORB descriptor looks at (Rublee et al. 2011)."""

FLAT_SHARE = 0.1
"""Share of a keypoint's patch that may be black as a privacy mask is; edges of a mask stand still whatever the camera does."""

MASK_LUMA = 16
"""Brightness up to which an even area may be a mask: black in studio range."""

MAX_DISTANCE = 64
"""Largest Hamming distance of two descriptors of one point, of 256 bits (usual for ORB)."""

RATIO = 0.85
"""A match must be nearer than its second best by this factor (Lowe 2004)."""

TOLERANCE_PX = 2.0
"""Distance at `WIDTH_PX` within which a point agrees with a move."""

MIN_CELLS = 6
"""Cells that must agree for a registration to hold: an eighth of the picture (assumption)."""

CLEARLY = 1.5
"""How many times as many cells must agree with a new move as with the one held (assumption)."""

MIN_SCALE = 0.5
"""Smallest change of scale of a move: below it points were thrown together."""

MIN_POINTS = 10
"""Points that must agree: a similarity has four unknowns, so five times as many equations (assumption)."""


@dataclass(frozen=True)
class Look:
    """Keypoints of the view in one light, in the coordinates of the calibrated view; descriptors hold no pixels."""

    points: str
    """Base64 of uint16 pairs: x and y in 1/65535 of the frame."""
    descriptors: str
    """Base64 of 32 bytes a point: signs of brightness differences around it."""
    brightness: float
    """Mean brightness of the picture it was taken from, 0..255."""
    used_s: float
    """Instant of its last use, epoch seconds."""

    @property
    def points_01(self) -> Floats:
        """Return the points, shape (n, 2), 0..1 of the frame."""
        raw = np.frombuffer(base64.b64decode(self.points), np.uint16)
        return raw.reshape(-1, 2).astype(np.float64) / np.iinfo(np.uint16).max

    @property
    def bits(self) -> NDArray[np.uint8]:
        """Return the descriptors, shape (n, 32)."""
        return np.frombuffer(base64.b64decode(self.descriptors), np.uint8).reshape(-1, 32)


@dataclass(frozen=True)
class Points:
    """Keypoints of one picture."""

    xy: Floats
    """Shape (n, 2), 0..1 of the frame."""
    bits: NDArray[np.uint8]
    """Shape (n, 32)."""


@dataclass(frozen=True)
class Match:
    """How a picture lies to a look."""

    matrix: Floats
    """Shape (3, 3): reference to now, 0..1 of the frame."""
    cells: int
    """Cells of the reference in which a point agrees."""
    share: float
    """Share of the reference's points that agree, 0..1."""
    agreeing: NDArray[np.bool_]
    """Shape (n,): which of the look's points."""


def points_of(luma: Luma) -> Points:
    """Find keypoints in a picture, shape (height, width), spread over it and away from even black areas."""
    height_px = round(luma.shape[0] * WIDTH_PX / luma.shape[1])
    small = np.asarray(
        cv2.resize(luma, (WIDTH_PX, height_px), interpolation=cv2.INTER_AREA), np.uint8
    )
    orb = cv2.ORB.create(nfeatures=CANDIDATES, fastThreshold=7)
    found = orb.detect(small, None)
    found = _spread(found, small)
    found, bits = orb.compute(small, found)
    if not found:
        return Points(np.zeros((0, 2)), np.zeros((0, 32), np.uint8))
    xy = np.asarray([point.pt for point in found], np.float64) / [WIDTH_PX, height_px]
    return Points(xy, np.asarray(bits, np.uint8))


def look_from(points: Points, matrix: Floats, brightness: float, at_s: float) -> Look:
    """Return a look, its points taken back to the calibrated view by the inverse of a move."""
    xy = project(np.asarray(np.linalg.inv(matrix), np.float64), points.xy)
    inside = ((xy >= 0) & (xy <= 1)).all(axis=1)
    raw = np.round(xy[inside] * np.iinfo(np.uint16).max).astype(np.uint16)
    return Look(
        base64.b64encode(raw.tobytes()).decode(),
        base64.b64encode(points.bits[inside].tobytes()).decode(),
        brightness,
        at_s,
    )


def register(look: Look, now: Points, aspect: float, held: Floats) -> Match | None:
    """Return the move from a look to a picture, or None where too little of them agrees.

    Parameters
    ----------
    look
        The reference.
    now
        The picture's keypoints.
    aspect
        The frame's height over its width.
    held
        Shape (3, 3): the move accepted so far, which another must clearly outdo: vehicles that queue one place further on
        agree among themselves too.
    """
    before = look.points_01
    pairs = _pairs(look.bits, now.bits)
    if len(pairs) < MIN_POINTS:
        return None
    unit = np.diag([WIDTH_PX, WIDTH_PX * aspect, 1.0])
    source, target = before[pairs[:, 0]], now.xy[pairs[:, 1]]
    stayed = _agreement(before, pairs, project(held, source) - target, held, unit)
    moved = _best_similarity(source, target, unit)
    if moved is None:
        return _firm(stayed)
    other = _agreement(before, pairs, project(moved, source) - target, moved, unit)
    return _firm(other if other.cells > CLEARLY * stayed.cells else stayed)


def _best_similarity(source: Floats, target: Floats, unit: Floats) -> Floats | None:
    """Return the similarity, shape (3, 3), that most pairs agree with, in 0..1 of the frame; None where there is none."""
    cv2.setRNGSeed(1)
    matrix, _ = cv2.estimateAffinePartial2D(
        project(unit, source),
        project(unit, target),
        method=cv2.RANSAC,
        ransacReprojThreshold=TOLERANCE_PX,
        maxIters=2000,
    )
    if matrix is None:
        return None
    moved = np.linalg.inv(unit) @ np.vstack([matrix, [0, 0, 1]]) @ unit
    return np.asarray(moved) if np.linalg.det(moved) > MIN_SCALE**2 else None


def _agreement(
    before: Floats, pairs: NDArray[np.intp], errors: Floats, matrix: Floats, unit: Floats
) -> Match:
    close = np.linalg.norm(errors * np.diag(unit)[:2], axis=1) <= TOLERANCE_PX
    agreeing = np.zeros(len(before), bool)
    agreeing[pairs[close, 0]] = True
    cells = len(np.unique(cells_of(before[agreeing])))
    return Match(matrix, cells, float(agreeing.mean()), agreeing)


def _firm(match: Match) -> Match | None:
    enough = match.cells >= MIN_CELLS and match.agreeing.sum() >= MIN_POINTS
    return match if enough else None


def cells_of(xy: Floats) -> NDArray[np.intp]:
    """Return the cell of each point, shape (n,), counted row by row; points are in 0..1 of the frame."""
    across, down = CELLS_WH
    column = np.clip((xy[:, 0] * across).astype(np.intp), 0, across - 1)
    row = np.clip((xy[:, 1] * down).astype(np.intp), 0, down - 1)
    return np.asarray(row * across + column)


def moved_scene(scene: Scene, matrix: Floats) -> Scene:
    """Return the scene as a moved camera sees it: polygons and calibration carried along.

    Parameters
    ----------
    scene
        The scene as calibrated.
    matrix
        Shape (3, 3): the calibrated view to the present one, 0..1 of the frame (`Finding.moved`).
    """
    size = np.asarray(scene.image_size_wh, np.float64)
    bays = tuple(
        replace(bay, polygon_px=project(matrix, bay.polygon_px / size) * size) for bay in scene.bays
    )
    calibration = scene.calibration
    if calibration is not None:
        back = np.asarray(calibration.image_to_ground @ np.linalg.inv(matrix), np.float64)
        calibration = replace(calibration, image_to_ground=back)
    return replace(scene, bays=bays, calibration=calibration)


def largest_move(scene: Scene, matrix: Floats) -> tuple[float, float]:
    """Return how far the bays' corners moved: in metres on the ground, NaN without a calibration, and over a bay's width."""
    size = np.asarray(scene.image_size_wh, np.float64)
    metres, widths = [0.0], [0.0]
    for bay, view in zip(scene.bays, view_bays(scene), strict=True):
        before = bay.polygon_px / size
        after = project(matrix, before)
        corners = view.corners_px
        width_px = np.linalg.norm(corners[3] - corners[0] + corners[2] - corners[1]) / 2
        widths.append(float(np.linalg.norm((after - before) * size, axis=1).max() / width_px))
        if scene.calibration is not None:
            ground = to_ground(scene.calibration, after) - to_ground(scene.calibration, before)
            metres.append(float(np.linalg.norm(ground, axis=1).max()))
    return (max(metres) if scene.calibration is not None else np.nan), max(widths)


def _pairs(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> NDArray[np.intp]:
    if len(before) < MIN_POINTS or len(now) < MIN_POINTS:
        return np.zeros((0, 2), np.intp)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(before, now, k=2)
    good = [
        (first.queryIdx, first.trainIdx)
        for first, second in matches
        if first.distance <= MAX_DISTANCE and first.distance < RATIO * second.distance
    ]
    return np.asarray(good, np.intp).reshape(-1, 2)


def _spread(found: Sequence[cv2.KeyPoint], small: Luma) -> list[cv2.KeyPoint]:
    """Keep the strongest few of each cell, none beside an even black area."""
    if not found:
        return []
    xy = np.asarray([point.pt for point in found])
    allowed = ~_is_mask(small)[xy[:, 1].astype(int), xy[:, 0].astype(int)]
    cell = cells_of(xy / [small.shape[1], small.shape[0]])
    order = np.argsort([-point.response for point in found], kind="stable")
    kept: list[cv2.KeyPoint] = []
    count = np.zeros(CELLS_WH[0] * CELLS_WH[1], int)
    for i in order:
        if allowed[i] and count[cell[i]] < PER_CELL:
            kept.append(found[i])
            count[cell[i]] += 1
    return kept


def _is_mask(small: Luma) -> NDArray[np.bool_]:
    """Tell, shape (height, width), where too much of a patch is black and even."""
    low, high = cv2.erode(small, np.ones((3, 3))), cv2.dilate(small, np.ones((3, 3)))
    even = ((low == high) & (small <= MASK_LUMA)).astype(np.float32)
    return np.asarray(cv2.blur(even, (PATCH_PX, PATCH_PX)) > FLAT_SHARE)
