"""Whether a picture can be trusted at all: dark, frozen, blurred, blocked or shifted, by its own statistics and its history's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from vision.health.grid import GRID_WH, STRUCTURE, Grid, grid_of
from vision.health.view import Picture, View, checked, shift_px
from vision.observation import Reason
from vision.scene import Scene

Floats = NDArray[np.float64]
Luma = NDArray[np.uint8]

DARK_MEAN = 8.0
"""Mean brightness, 0..255, below which the picture may show nothing (assumption: a covered lens gives 0 to 5)."""

DARK_SHARE = 0.1
"""Share of blocks with structure below which such a picture is dark: a lit street at night has more."""

DARK_STD = 5.0
"""Standard deviation of brightness, 0..255, that counts as structure there: twice a good sensor's noise (assumption)."""

FROZEN_S = 30.0
"""Time without any change at all after which a live picture is frozen: a sensor's noise alone changes every frame."""

FROZEN_SHARE = 0.1
"""Share of blocks that may change all the same: a clock written over the picture."""

MIN_SHARPNESS = 0.2
"""Sharpness below which vehicles are smears, whatever the history.

Measured: sharp pictures of thirteen views .23 to .42; blurred by a Gaussian of 3 pixels of 1280 .15 to .20, of 6 .13 to .15.
"""

TELLING_SHARE = 0.5
"""Share of blocks with structure, below which neither sharpness nor a loss tells anything: one lorry may have held it all.

Measured: a bare road from above .12, thirteen other views .76 and more.
"""

SHARPNESS_DROP = 0.65
"""Share of the usual sharpness below which the picture has become blurred (assumption: half-way from sharp to the floor)."""

LOST_CONTRAST = 0.25
"""Share of its usual contrast below which a block has lost what was in it."""

UNIFORM = 0.02
"""Contrast below which a block is uniform: a sensor's noise by day."""

LIT_MEAN = 25.0
"""Brightness from which a block that lost its structure did not just fall dark."""

BLOCKED_SHARE = 0.5
"""Share of the usually structured blocks that must be lost for the view to be blocked."""

UNLIKE_SHARE = 0.3
"""Share of blocks with half or double their usual contrast from which the view is looked at at once."""

LASTING_S = 4.0
"""Time that a blur or a block must last: a lorry passes before the lens within it, and no departure is confirmed in it."""

LEARNED = 10
"""Pictures after which the history counts."""

SHARPNESS_MEMORY_S = 86400.0
"""Time constant of the usual sharpness: a lens that gets dirty within a day is seen against it."""

CONTRAST_MEMORY_S = 3600.0
"""Time constant of the usual contrasts: they follow the sun, not the traffic."""


@dataclass(frozen=True)
class Measures:
    """What one picture measures, for the metrics."""

    brightness: float
    """Mean, 0..255."""
    sharpness: float
    """Fine over coarse differences, 0..1."""
    change: float
    """Share of blocks that differ from the picture before, 0..1."""
    shift_px: float
    """Largest move of the frame's corners against the reference, pixels of the frame."""


@dataclass(frozen=True)
class Finding:
    """What one picture says about the camera."""

    reason: Reason | None
    """Why no bay can be told, or None."""
    moved: Floats | None
    """Shape (3, 3): reference to now, 0..1 of the frame, where a small move is followed; None where the view is the reference's."""
    measures: Measures


@dataclass(frozen=True)
class Health:
    """What is remembered of a camera's pictures: statistics, checksums and keypoint descriptors, no pixel; its JSON is the journal."""

    checks: tuple[int, ...] = ()
    """Checksum of each block of the last picture."""
    still_s: float | None = None
    """Instant since which hardly a block changed, epoch seconds."""
    touched: tuple[int, ...] = ()
    """Blocks that changed since then all the same."""
    learned: int = 0
    """Pictures that the usual values were learned from."""
    learned_s: float = 0.0
    """Instant of the last of them, epoch seconds."""
    usual_sharpness: float = 0.0
    usual_contrast: tuple[float, ...] = ()
    """Usual contrast of each block, row by row."""
    suspect: Reason | None = None
    """What the last pictures look like: blurred or blocked."""
    suspect_s: float = 0.0
    """Instant since which they do, epoch seconds."""
    view: View = field(default_factory=View)


_HEALTH = TypeAdapter(Health)


def new_health() -> Health:
    """Return the health of a camera of which nothing was seen; also after a new calibration, whose view becomes the reference."""
    return Health()


def dump_health(health: Health) -> bytes:
    """Return the health as JSON; reading it back gives an equal value."""
    return _HEALTH.dump_json(health)


def load_health(document: bytes) -> Health:
    """Read a health that `dump_health` wrote."""
    return _HEALTH.validate_json(document)


def examine(
    health: Health, luma: Luma, at_s: float, *, is_live: bool, scene: Scene | None = None
) -> tuple[Health, Finding]:
    """Examine a picture.

    Parameters
    ----------
    health
        What is remembered; unchanged.
    luma
        Shape (height, width), 0..255, privacy mask applied.
    at_s
        Its instant, epoch seconds.
    is_live
        Whether the picture comes from a camera now: only such a one can be frozen.
    scene
        The scene as calibrated; with it moves are judged in metres on the ground or widths of a bay, without it in
        shares of the frame.

    Returns
    -------
    tuple
        The new memory and the finding. Where several reasons hold, the first of dark, frozen, blurred, blocked, shifted.
    """
    grid = grid_of(luma)
    change = _change(health, grid)
    health = _stilled(health, grid, at_s)
    reason = _at_once(health, grid, at_s, is_live=is_live)
    if reason is None:
        health, reason = _lasting(health, grid, at_s)
        if health.suspect is None:
            health = _viewed(health, Picture(luma, grid, at_s), scene)
            reason = health.view.reason
    if reason is None and health.suspect is None and health.view.failures == 0:
        health = _learned(health, grid, at_s)
    matrix = health.view.matrix
    moved = matrix if health.view.held.kind == "moved" else None
    shift = shift_px(matrix, (luma.shape[1], luma.shape[0]))
    return health, Finding(reason, moved, Measures(grid.brightness, grid.sharpness, change, shift))


def examine_alone(luma: Luma) -> Reason | None:
    """Return why a picture without any history, shape (height, width), cannot be trusted: dark or blurred; or None."""
    grid = grid_of(luma)
    return _at_once(Health(), grid, 0.0, is_live=False)


def _change(health: Health, grid: Grid) -> float:
    if len(health.checks) != len(grid.checks):
        return 1.0
    return float(np.mean(np.asarray(health.checks) != np.asarray(grid.checks)))


def _stilled(health: Health, grid: Grid, at_s: float) -> Health:
    """Follow since when the picture stands still but for a few blocks."""
    touched: set[int] = set()
    if len(health.checks) == len(grid.checks):
        differs = np.asarray(health.checks) != np.asarray(grid.checks)
        touched = set(health.touched) | set(np.flatnonzero(differs).tolist())
    is_still = bool(health.checks) and len(touched) <= FROZEN_SHARE * len(grid.checks)
    if is_still and health.still_s is not None:
        return replace(health, checks=grid.checks, touched=tuple(sorted(touched)))
    return replace(health, checks=grid.checks, still_s=at_s, touched=())


def _at_once(health: Health, grid: Grid, at_s: float, *, is_live: bool) -> Reason | None:
    """Return what a picture shows by itself: dark, frozen or blurred."""
    if grid.brightness < DARK_MEAN and float((grid.std >= DARK_STD).mean()) < DARK_SHARE:
        return Reason.DARK
    if is_live and health.still_s is not None and at_s - health.still_s >= FROZEN_S:
        return Reason.FROZEN
    return Reason.BLURRED if _is_blurred(grid, MIN_SHARPNESS) else None


def _is_blurred(grid: Grid, least: float) -> bool:
    """Tell whether a picture that holds enough to tell by is less sharp than a limit."""
    return float(grid.is_structured.mean()) >= TELLING_SHARE and grid.sharpness < least


def _lasting(health: Health, grid: Grid, at_s: float) -> tuple[Health, Reason | None]:
    """Return what the picture is against its history: blurred or blocked, once that lasts."""
    suspect = _suspect(health, grid)
    if suspect is not health.suspect:
        health = replace(health, suspect=suspect, suspect_s=at_s)
    lasts = suspect is not None and at_s - health.suspect_s >= LASTING_S
    return health, suspect if lasts else None


def _suspect(health: Health, grid: Grid) -> Reason | None:
    if health.learned < LEARNED:
        return None
    usual = _usual_contrast(health)
    had = usual >= STRUCTURE
    is_uniform = grid.contrast < np.maximum(UNIFORM, LOST_CONTRAST * usual)
    lost = had & is_uniform & (grid.mean >= LIT_MEAN)
    if had.mean() >= TELLING_SHARE and lost.sum() >= BLOCKED_SHARE * had.sum():
        return Reason.BLOCKED
    is_blurred = _is_blurred(grid, SHARPNESS_DROP * health.usual_sharpness)
    return Reason.BLURRED if is_blurred else None


def _viewed(health: Health, picture: Picture, scene: Scene | None) -> Health:
    usual = _usual_contrast(health) if health.learned >= LEARNED else None
    is_unlike = usual is not None and _is_unlike(picture.grid, usual)
    if not health.view.is_due(picture.at_s, is_unlike=is_unlike):
        return health
    return replace(health, view=checked(health.view, picture, usual, scene))


def _is_unlike(grid: Grid, usual: Floats) -> bool:
    ratio = np.abs(np.log2((grid.contrast + STRUCTURE) / (usual + STRUCTURE)))
    return float((ratio > 1).mean()) >= UNLIKE_SHARE


def _learned(health: Health, grid: Grid, at_s: float) -> Health:
    passed_s = max(at_s - health.learned_s, 0.0)
    least = 1 / (health.learned + 1)
    for_sharpness = max(least, 1 - float(np.exp(-passed_s / SHARPNESS_MEMORY_S)))
    for_contrast = max(least, 1 - float(np.exp(-passed_s / CONTRAST_MEMORY_S)))
    usual = _usual_contrast(health) if health.usual_contrast else grid.contrast
    mixed = usual + for_contrast * (grid.contrast - usual)
    return replace(
        health,
        learned=health.learned + 1,
        learned_s=at_s,
        usual_sharpness=health.usual_sharpness
        + for_sharpness * (grid.sharpness - health.usual_sharpness),
        usual_contrast=tuple(round(float(value), 4) for value in mixed.ravel()),
    )


def _usual_contrast(health: Health) -> Floats:
    return np.asarray(health.usual_contrast, np.float64).reshape(GRID_WH[1], GRID_WH[0])
