"""The reference of a view over time: its looks in several lights, and what they say about where the camera points."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.calibration import project
from vision.health.grid import GRID_WH, STRUCTURE, Grid
from vision.health.registration import (
    CELLS_WH,
    Look,
    Match,
    cells_of,
    largest_move,
    look_from,
    points_of,
    register,
)
from vision.observation import Reason
from vision.scene import Scene

Floats = NDArray[np.float64]
Luma = NDArray[np.uint8]
Matrix = tuple[float, ...]
"""Nine numbers of a (3, 3) matrix, row by row."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

CHECK_S = 60.0
"""Time between two registrations (vision brief: about once a minute)."""

RECHECK_S = 5.0
"""The same while something is to be confirmed or the picture is suddenly unlike the usual one: a gust passes within seconds."""

WATCH_S = 15.0
"""The same while the view is lost or shifted: somebody may be putting it right."""

LOOKS = 6
"""Looks kept: day, night, rain, snow, low sun and one to spare (assumption); bounds the memory to about 100 kB."""

REFRESH_SHARE = 0.35
"""Share of a look's points that agree below which the present light deserves a look of its own (assumption)."""

FIRM_CELLS = 10
"""Cells that must agree for a new look to be added: an error would be handed on to all later checks."""

SMALL_M = (0.1, 1.0)
"""Moves on the ground below the first are none, up to the second are followed, beyond suspend: half a bay's width."""

SMALL_WIDTHS = (0.05, 0.5)
"""The same over a bay's width, without metres."""

SMALL_SHARE = (0.0025, 0.03)
"""The same over the frame's width, without a scene: 3 and 38 pixels of 1280; less than 3 pixels are always none."""

SAME_SHARE = 0.0025
"""Largest difference of two moves that confirm each other, over the frame's width."""

FIRM_POINTS = 2
"""Points that must agree in a cell for its loss to tell anything later."""

LOST_SHARE = 0.5
"""Share of the cells that agreed at the last check, lost on one side of the picture, from which something stands before the lens."""

RECENT_S = 150.0
"""Longest time since the last check in which a loss on one side means a cover: in longer a car park fills up."""

ONE_SIDED = 0.8
"""Share of the lost cells on one side of a line, and of the kept ones on the other, from which the loss is one-sided."""

FAILURES = 3
"""Checks in a row without agreement after which the view's texture decides."""

SAME_TEXTURE = 0.6
"""Correlation of the blocks' contrasts with the usual ones from which it is the same view in another light.

Measured: day against rain of the sample's camera .95, car_park_ufpr05 over six days .46 to .93, seven other views -.55 to .42.
"""

OTHER_TEXTURE = 0.4
"""The same below which it is another view, or none."""


@dataclass(frozen=True)
class Picture:
    """One picture as it is examined; never kept."""

    luma: Luma
    """Shape (height, width), 0..255, privacy mask applied."""
    grid: Grid
    at_s: float
    """Its instant, epoch seconds."""


@dataclass(frozen=True)
class Claim:
    """What one registration says, to be confirmed by the next."""

    kind: str
    """`still`, `moved`, `shifted` or `blocked`."""
    matrix: Matrix


@dataclass(frozen=True)
class View:
    """What is remembered of where the camera points; no pixels."""

    looks: tuple[Look, ...] = ()
    checked_s: float | None = None
    """Instant of the last registration, epoch seconds."""
    held: Claim = Claim("still", IDENTITY)
    """What is taken as true."""
    pending: Claim | None = None
    """What the last registration said against it."""
    cells: tuple[int, ...] = ()
    """Cells of the reference in which points firmly agreed in both of the last two checks of a clear view."""
    last_cells: tuple[int, ...] = ()
    """Those of the last of them."""
    failures: int = 0
    """Registrations in a row in which nothing agreed."""

    @property
    def reason(self) -> Reason | None:
        """Return why the view cannot be used, or None."""
        return {"shifted": Reason.SHIFTED, "blocked": Reason.BLOCKED}.get(self.held.kind)

    @property
    def matrix(self) -> Floats:
        """Return the accepted move, shape (3, 3), reference to now."""
        return np.asarray(self.held.matrix).reshape(3, 3)

    def is_due(self, at_s: float, *, is_unlike: bool) -> bool:
        """Tell whether to register now; `is_unlike`: the picture is suddenly unlike the usual one."""
        if self.checked_s is None:
            return True
        wait_s = CHECK_S if self.reason is None else WATCH_S
        if self.pending is not None or self.failures or is_unlike:
            wait_s = RECHECK_S
        return at_s - self.checked_s >= wait_s or at_s < self.checked_s


def checked(
    view: View, picture: Picture, usual_contrast: Floats | None, scene: Scene | None
) -> View:
    """Register a picture to the view's looks and return the view with what that says.

    Too little agreement says nothing by itself: night and rain do that too. A new verdict needs two checks in a row.
    """
    luma, grid, at_s = picture.luma, picture.grid, picture.at_s
    is_recent = view.checked_s is not None and 0 <= at_s - view.checked_s <= RECENT_S
    view = replace(view, checked_s=at_s)
    now = points_of(luma)
    if not view.looks:
        look = look_from(now, view.matrix, grid.brightness, at_s)
        return replace(view, looks=(look,))
    aspect = luma.shape[0] / luma.shape[1]
    matches = [(register(look, now, aspect, view.matrix), i) for i, look in enumerate(view.looks)]
    match, index = max(matches, key=lambda pair: pair[0].cells if pair[0] else -1)
    if match is None:
        fresh = look_from(now, view.matrix, grid.brightness, at_s)
        return _unmatched(view, grid, usual_contrast, fresh)
    agreeing = cells_of(view.looks[index].points_01[match.agreeing])
    found, points = np.unique(agreeing, return_counts=True)
    firm = tuple(int(cell) for cell in found[points >= FIRM_POINTS])
    cells = tuple(int(cell) for cell in found)
    kind = _kind(match, scene, luma.shape[1])
    is_lost = (is_recent or view.held.kind == "blocked") and _is_one_sided(view.cells, cells, grid)
    if kind != "shifted" and is_lost:
        kind = "blocked"
    view = _claimed(view, Claim(kind, _matrix(match)), firm)
    if view.reason is not None or view.pending is not None:
        return view
    used = replace(view.looks[index], used_s=at_s)
    looks = (*view.looks[:index], used, *view.looks[index + 1 :])
    if match.share < REFRESH_SHARE and match.cells >= FIRM_CELLS:
        looks = _with(looks, look_from(now, match.matrix, grid.brightness, at_s))
    return replace(view, looks=looks)


def _claimed(view: View, claim: Claim, cells: tuple[int, ...]) -> View:
    """Take a claim: at once where it agrees with what is held, otherwise when two in a row agree."""
    if not _agree(claim, view.held):
        if view.pending is None or not _agree(claim, view.pending):
            return replace(view, pending=claim, failures=0)
        matrix = IDENTITY if claim.kind == "still" else claim.matrix
        view = replace(view, held=Claim(claim.kind, matrix))
    view = replace(view, pending=None, failures=0)
    if claim.kind == "blocked":
        return view
    stable = tuple(sorted(set(view.last_cells or cells) & set(cells)))
    return replace(view, cells=stable, last_cells=cells)


def _unmatched(view: View, grid: Grid, usual_contrast: Floats | None, fresh: Look) -> View:
    """Take a check in which nothing agrees: the same view in another light, another view, or no telling."""
    view = replace(view, failures=view.failures + 1, pending=None)
    if view.failures < FAILURES or usual_contrast is None:
        return view
    likeness = texture_likeness(grid.contrast, usual_contrast)
    if likeness >= SAME_TEXTURE and view.reason is None:
        return replace(view, failures=0, looks=_with(view.looks, fresh))
    if likeness < OTHER_TEXTURE:
        return replace(view, held=Claim("blocked", view.held.matrix), failures=0)
    return view


def texture_likeness(contrast: Floats, usual_contrast: Floats) -> float:
    """Return the correlation, -1..1, of the logarithms of the blocks' contrasts: light changes it little, another view all."""
    first, second = (np.log(values.ravel() + STRUCTURE) for values in (contrast, usual_contrast))
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _kind(match: Match, scene: Scene | None, width_px: int) -> str:
    share = shift_px(match.matrix, (width_px, width_px)) / width_px
    metres, widths = (np.nan, np.nan) if scene is None else largest_move(scene, match.matrix)
    if np.isfinite(metres):
        size, (least, most) = metres, SMALL_M
    elif np.isfinite(widths):
        size, (least, most) = widths, SMALL_WIDTHS
    else:
        size, (least, most) = share, SMALL_SHARE
    if size < least or share < SMALL_SHARE[0]:
        return "still"
    return "moved" if size <= most else "shifted"


def shift_px(matrix: Floats, size_wh: tuple[int, int]) -> float:
    """Return the largest move, in pixels, of the frame's corners and centre."""
    points = np.array([[0.0, 0.0], [1, 0], [1, 1], [0, 1], [0.5, 0.5]])
    return float(np.linalg.norm((project(matrix, points) - points) * size_wh, axis=1).max())


def _agree(first: Claim, second: Claim) -> bool:
    if first.kind != second.kind:
        return False
    if first.kind in {"still", "blocked"}:
        return True
    difference = np.asarray(first.matrix).reshape(3, 3) @ np.linalg.inv(
        np.asarray(second.matrix).reshape(3, 3)
    )
    return shift_px(difference, (1, 1)) <= SAME_SHARE


def _is_one_sided(before: tuple[int, ...], now: tuple[int, ...], grid: Grid) -> bool:
    """Tell whether the cells that no longer agree, though something is to be seen in them, lie on one side of a line."""
    lost = np.array(sorted(set(before) - set(now)), np.intp)
    lost = lost[_cell_contrast(grid)[lost] >= STRUCTURE]
    kept = np.array(sorted(set(before) & set(now)), np.intp)
    if len(kept) == 0 or len(lost) < LOST_SHARE * len(before):
        return False
    across = CELLS_WH[0]
    for direction in ((1, 0), (0, 1), (1, 1), (1, -1)):
        a, b = (
            (cells % across) * direction[0] + (cells // across) * direction[1]
            for cells in (lost, kept)
        )
        for limit in np.unique(np.concatenate([a, b])):
            for low, high in ((a, b), (b, a)):
                if (low < limit).mean() >= ONE_SIDED and (high >= limit).mean() >= ONE_SIDED:
                    return True
    return False


def _cell_contrast(grid: Grid) -> Floats:
    """Return the contrast of each cell, shape (48,), row by row: that of the block at its centre."""
    column = ((np.arange(CELLS_WH[0]) + 0.5) / CELLS_WH[0] * GRID_WH[0]).astype(int)
    row = ((np.arange(CELLS_WH[1]) + 0.5) / CELLS_WH[1] * GRID_WH[1]).astype(int)
    return np.asarray(grid.contrast[np.ix_(row, column)].ravel())


def _with(looks: tuple[Look, ...], new: Look) -> tuple[Look, ...]:
    """Add a look; the first stays, as it is the calibrated view itself, and of the others the least used goes."""
    first, *others = looks
    recent = sorted(others, key=lambda look: -look.used_s)[: LOOKS - 2]
    return (first, *recent, new)


def _matrix(match: Match) -> Matrix:
    return tuple(float(value) for value in match.matrix.ravel())
