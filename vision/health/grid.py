"""A picture as a grid of statistics: brightness, contrast and a checksum of each block, and how sharp the whole is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Luma = NDArray[np.uint8]

GRID_WH = (16, 9)
"""Blocks across and down: each then holds a good part of a vehicle, and a clock overlay fills four."""

SAMPLE_SIDE = 15
"""Samples along a block's side, taken without averaging: enough to tell a smooth block from one with something in it."""

STEPS_ACROSS = 640
"""The finest step that sharpness looks at, over the frame's width: two pixels of a 1280 picture."""

FAR_STEPS = 8
"""The coarse step over the fine one. Where brightness is a ramp between them the ratio of differences is 1/8."""

ROWS = 4
"""Neighbouring rows that are averaged before differences are taken, against the sensor's noise."""

ROW_EVERY = 32
"""One such group in every thirty-two rows."""

STRUCTURE = 0.04
"""Contrast from which a block holds structure: 5 of 255 at a middle brightness, twice a sensor's noise (assumption)."""

FLOOR_LUMA = 15.0
"""Added to brightness before contrasts are divided by it, so that noise in the dark is no structure."""

WEIGHTS = np.random.default_rng(1).integers(1, 1 << 36, SAMPLE_SIDE**2).astype(np.float64)
"""Weights of a block's samples in its checksum, fixed; sums stay below 2**53 and so are exact."""


@dataclass(frozen=True)
class Grid:
    """One picture's statistics; no pixel can be had back from them."""

    mean: Floats
    """Shape (9, 16), brightness of each block, 0..255."""
    contrast: Floats
    """Shape (9, 16), standard deviation over mean brightness in each block: the same whatever the exposure."""
    checks: tuple[int, ...]
    """A checksum of each block, row by row."""
    sharpness: float
    """Root mean square of fine over coarse differences, 0..1; about 0.13 where nothing is fine, 0.3 and more in a sharp picture."""

    @property
    def brightness(self) -> float:
        """Return the mean brightness, 0..255."""
        return float(self.mean.mean())

    @property
    def std(self) -> Floats:
        """Return the standard deviation of brightness in each block, shape (9, 16), 0..255."""
        return self.contrast * (self.mean + FLOOR_LUMA)

    @property
    def is_structured(self) -> NDArray[np.bool_]:
        """Tell, shape (9, 16), which blocks hold structure."""
        return np.asarray(self.contrast >= STRUCTURE)


def grid_of(luma: Luma) -> Grid:
    """Measure a picture, shape (height, width), 0..255; the cost does not grow with its size but for sharpness."""
    blocks = _blocks(luma)
    mean = blocks.mean(axis=2)
    variance = np.einsum("ijk,ijk->ij", blocks, blocks) / blocks.shape[2] - mean**2
    return Grid(
        mean,
        np.sqrt(np.clip(variance, 0, None)) / (mean + FLOOR_LUMA),
        tuple(int(check) for check in (blocks @ WEIGHTS).ravel()),
        sharpness(luma),
    )


def sharpness(luma: Luma) -> float:
    """Return the root mean square of fine over coarse differences along rows; 0 for a picture of one brightness.

    Strong edges decide it and the sensor's noise hardly counts; contrast and brightness do not.
    """
    height = luma.shape[0] // ROW_EVERY * ROW_EVERY
    groups = luma[:height].reshape(-1, ROW_EVERY, luma.shape[1])[:, :ROWS]
    rows = groups.sum(axis=1, dtype=np.uint16).astype(np.float32) / ROWS
    fine = max(1, luma.shape[1] // STEPS_ACROSS)
    coarse_power = _power(rows, fine * FAR_STEPS)
    return float(np.sqrt(_power(rows, fine) / coarse_power)) if coarse_power > 0 else 0.0


def _power(rows: NDArray[np.float32], step: int) -> float:
    difference = (rows[:, step:] - rows[:, :-step]).ravel()
    return float(difference @ difference) / max(len(difference), 1)


def _blocks(luma: Luma) -> Floats:
    """Return samples of each block, shape (9, 16, 225)."""
    width, height = GRID_WH
    size_wh = (width * SAMPLE_SIDE, height * SAMPLE_SIDE)
    sample = cv2.resize(luma, size_wh, interpolation=cv2.INTER_NEAREST)
    cut = sample.reshape(height, SAMPLE_SIDE, width, SAMPLE_SIDE).swapaxes(1, 2)
    return cut.reshape(height, width, -1).astype(np.float64)
