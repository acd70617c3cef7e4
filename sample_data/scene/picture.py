"""From a clean drawing to what a kerbside camera delivers: soft, noisy, with rain before the lens."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_data.scene.timetable import Weather

BLUR_PX = 0.7
"""Standard deviation of the lens blur."""

NOISE = 1.5
"""Standard deviation of the sensor noise, grey levels of 255."""

DROPS = 140
"""Streaks of rain in one frame."""

STREAK_GREY, STREAK_SHARE = 205, 0.24


class Film:
    """Exposes drawings one after the other; the same seed gives the same pictures."""

    def __init__(self, seed: int, weather: Weather) -> None:
        self._rng = np.random.default_rng(seed)
        self._weather = weather

    def exposed(self, drawing_bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture of a drawing, shape ``(height, width, 3)``, BGR."""
        picture = np.asarray(cv2.GaussianBlur(drawing_bgr, (0, 0), BLUR_PX), np.uint8)
        if self._weather == "rain":
            picture = self._with_rain(picture)
        noise = self._rng.normal(0, NOISE, picture.shape[:2])[..., None]
        return np.clip(picture + noise, 0, 255).astype(np.uint8)

    def _with_rain(self, picture_bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = picture_bgr.shape[:2]
        drops = np.zeros((height, width), np.uint8)
        starts = self._rng.uniform((0, -30), (width, height), (DROPS, 2))
        lengths = self._rng.uniform(8, 34, DROPS)
        for (x, y), length in zip(starts, lengths, strict=True):
            end = (round(x - length * 0.12), round(y + length))
            cv2.line(drops, (round(x), round(y)), end, 255, 1, cv2.LINE_AA)
        share = cv2.GaussianBlur(drops, (0, 0), BLUR_PX)[..., None] / 255 * STREAK_SHARE
        wet = picture_bgr * (1 - share) + STREAK_GREY * share
        return np.asarray(wet, np.float64).astype(np.uint8)
