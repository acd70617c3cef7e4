"""Crops decide: few square windows around the bays, at the scale at which the detector sees a vehicle best."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.scene import Scene, places

Floats = NDArray[np.float64]

CROP_PER_VEHICLE = 3.4
"""Side of a crop over the longer side of a vehicle's box: the vehicle then spans about 120 of 416 network pixels.

Measured on car_park_ufpr05: docs/how-to/measure-vision.md.
"""

SPREAD = 1.6
"""Largest ratio between the crop sides that two bays of one crop would choose alone."""

TALL_SHARE = 0.7
"""Height of the tallest vehicle above its bay, over the longer side of its expected box (margin; assumption)."""

MARGIN_SHARE = 0.12
"""Free space kept around an expected vehicle, over the longer side of its box (assumption)."""

MIN_SIDE_PX = 96
"""Smallest crop: below it, enlarging adds no detail (assumption)."""

PADDING = 114
"""Grey of the space beyond the frame, 0..255: the usual letterbox value of COCO detectors."""


@dataclass(frozen=True)
class CropPlan:
    """The windows of one view."""

    windows_xyxy: NDArray[np.int32]
    """Shape (n, 4), square, pixels of the frame, right and bottom excluded; the last one is the whole frame, padded to a square."""


def plan_crops(scene: Scene) -> CropPlan:
    """Choose the windows for a scene.

    Returns
    -------
    CropPlan
        Every bay's expected vehicle lies whole in at least one window; the whole frame comes last, for vehicles that a
        window cuts.
    """
    needs, sides = _needs(scene)
    open_bays = set(range(len(scene.bays)))
    windows: list[tuple[int, int, int, int]] = []
    while open_bays:
        window, covered = _best_window(needs, sides, open_bays, scene.image_size_wh)
        windows.append(window)
        open_bays -= covered
    whole = _whole_frame(scene.image_size_wh)
    return CropPlan(np.asarray([*sorted(set(windows) - {whole}), whole], np.int32))


def cut(
    frame_bgr: NDArray[np.uint8], plan: CropPlan, size_wh: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return the windows of a frame at the network's size, shape (n, height, width, 3); space beyond the frame is grey."""
    frame_wh = np.array([frame_bgr.shape[1], frame_bgr.shape[0]])
    pictures = np.full((len(plan.windows_xyxy), size_wh[1], size_wh[0], 3), PADDING, np.uint8)
    for picture, window in zip(pictures, plan.windows_xyxy, strict=True):
        low, high = np.maximum(window[:2], 0), np.minimum(window[2:], frame_wh)
        scale = np.asarray(size_wh) / (window[2:] - window[:2])
        x0, y0 = np.round((low - window[:2]) * scale).astype(int)
        x1, y1 = np.round((high - window[:2]) * scale).astype(int)
        part = frame_bgr[low[1] : high[1], low[0] : high[0]]
        picture[y0:y1, x0:x1] = _resized(part, (int(x1 - x0), int(y1 - y0)))
    return pictures


def _resized(part: NDArray[np.uint8], size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a part of a frame at a size; it is halved first where that suffices, since a mean of four pixels costs little."""
    while part.shape[1] >= 2 * size_wh[0] and part.shape[0] >= 2 * size_wh[1]:
        half_wh = (part.shape[1] // 2, part.shape[0] // 2)
        even = part[: 2 * half_wh[1], : 2 * half_wh[0]]
        part = np.asarray(cv2.resize(even, half_wh, interpolation=cv2.INTER_AREA), np.uint8)
    shrinks = part.shape[1] > size_wh[0]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, size_wh, interpolation=way), np.uint8)


def expected_vehicle_px(polygon_px: Floats, places: int) -> float:
    """Return the longer side, in pixels, of the box of one vehicle that stands in a bay along which `places` fit."""
    size = polygon_px.max(axis=0) - polygon_px.min(axis=0)
    longer, shorter = float(size.max()), float(size.min())
    return max(longer / places, shorter)


def _needs(scene: Scene) -> tuple[Floats, Floats]:
    boxes, sides = [], []
    for bay in scene.bays:
        vehicle_px = expected_vehicle_px(bay.polygon_px, places(scene, bay))
        low, high = bay.polygon_px.min(axis=0), bay.polygon_px.max(axis=0)
        margin = MARGIN_SHARE * vehicle_px
        top = low[1] - max(TALL_SHARE * vehicle_px, margin)
        boxes.append((low[0] - margin, top, high[0] + margin, high[1] + margin))
        wanted = max(CROP_PER_VEHICLE * vehicle_px, MIN_SIDE_PX)
        sides.append(max(wanted, *(high - low + 2 * margin), high[1] + margin - top))
    frame = np.asarray([0, 0, *scene.image_size_wh], np.float64)
    needs = np.asarray(boxes)
    needs[:, :2] = np.maximum(needs[:, :2], frame[:2])
    needs[:, 2:] = np.minimum(needs[:, 2:], frame[2:])
    return needs, np.minimum(np.asarray(sides), max(scene.image_size_wh))


def _best_window(
    needs: Floats, sides: Floats, open_bays: set[int], size_wh: tuple[int, int]
) -> tuple[tuple[int, int, int, int], set[int]]:
    """Return the window that covers most open bays, among those whose edges touch a bay's needs."""
    smallest = min(open_bays, key=lambda bay: (sides[bay], bay))
    best: tuple[int, tuple[int, int, int, int], set[int]] | None = None
    for side in sorted({sides[bay] for bay in open_bays if sides[bay] <= SPREAD * sides[smallest]}):
        for x0 in _starts(needs[:, [0, 2]], smallest, open_bays, side, size_wh[0]):
            for y0 in _starts(needs[:, [1, 3]], smallest, open_bays, side, size_wh[1]):
                window = (x0, y0, x0 + round(side), y0 + round(side))
                covered = {bay for bay in open_bays if _holds(window, needs[bay], sides[bay], side)}
                if smallest in covered and (best is None or len(covered) > best[0]):
                    best = (len(covered), window, covered)
    if best is None:
        x0, y0, x1, y1 = needs[smallest].round().astype(int)
        side_px = max(x1 - x0, y1 - y0)
        return (int(x0), int(y0), int(x0 + side_px), int(y0 + side_px)), {smallest}
    return best[1], best[2]


def _starts(spans: Floats, bay: int, open_bays: set[int], side: float, frame_px: int) -> list[int]:
    """Return where a window may start along one axis: centred on a bay, or flush with one that it could share."""
    low, high = spans[bay]
    edges = [spans[other, 0] for other in open_bays] + [
        spans[other, 1] - side for other in open_bays
    ]
    centred = (low + high - side) / 2
    usable = [start for start in [centred, *edges] if high - side - 1 <= start <= low + 1]
    return sorted({int(np.clip(start, 0, max(frame_px - side, 0))) for start in usable})


def _holds(
    window: tuple[int, int, int, int], need: Floats, wanted_side: float, side: float
) -> bool:
    inside = (
        window[0] <= need[0] + 2
        and window[1] <= need[1] + 2
        and window[2] >= need[2] - 2
        and window[3] >= need[3] - 2
    )
    return bool(inside and side / SPREAD <= wanted_side <= side * SPREAD)


def _whole_frame(size_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = size_wh
    side = max(width, height)
    return (0, 0, side, side)
