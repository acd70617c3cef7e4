"""How pictures enter a NanoDet network and how its tensors become boxes."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MEAN_BGR = (103.53, 116.28, 123.675)
"""Mean of a pixel in blue, green, red order, 0..255; upstream nanodet-g.yml, `normalize`."""

STD_BGR = (57.375, 57.12, 58.395)
"""Standard deviation of a pixel in the same order; upstream nanodet-g.yml, `normalize`."""

STRIDES_PX = (8, 16, 32)
"""Network pixels between two cells of each level; upstream nanodet-g.yml, `strides`."""

REG_MAX = 10
"""A distance is a distribution over 0..10 strides, hence 11 bins; upstream nanodet-g.yml, `reg_max`."""

ALIKE_POWER = 3.0
"""Power of the norm that joins the scores of classes that are alike: 1 adds them, infinity takes the best.

A box van seen from above is a quarter truck, a quarter bus and a quarter car: no label is sure, the vehicle is. Measured (1, 1.5, 2, 3, best
alone): models/weights/nanodet-g.md.
"""

SCORE_THRESHOLD = 0.25
"""Default of `decode`: a parameter, the best of 0.20, 0.25, 0.30, 0.35 in models/weights/nanodet-g.md."""


def normalise(
    pictures_bgr: NDArray[np.uint8],
    mean_bgr: Sequence[float] = MEAN_BGR,
    std_bgr: Sequence[float] = STD_BGR,
) -> Floats:
    """Turn pictures of the network's size into its input.

    Parameters
    ----------
    pictures_bgr
        Shape (batch, height, width, 3), blue-green-red, 0..255.
    mean_bgr, std_bgr
        Three values in the same order and unit as the pixels.

    Returns
    -------
    Floats
        Shape (batch, 3, height, width), contiguous, `(pixel - mean) / std`.
    """
    scale = np.float32(1) / np.asarray(std_bgr, np.float32)[:, None, None]
    planes = pictures_bgr.transpose(0, 3, 1, 2).astype(np.float32, order="C")
    planes -= np.asarray(mean_bgr, np.float32)[:, None, None]
    planes *= scale
    return planes


def cell_centres_xy(stride_px: int, input_size_wh: tuple[int, int]) -> Floats:
    """Give the centre of each cell of one level, row by row from the top left.

    Parameters
    ----------
    stride_px
        Network pixels between two cells.
    input_size_wh
        Width and height of the network's input in pixels.

    Returns
    -------
    Floats
        Shape (rows * columns, 2), x then y in network pixels: cell (row, column) has its centre at
        `((column + 0.5) * stride, (row + 0.5) * stride)`, where pixel edges are integers.
    """
    columns, rows = (-(-side // stride_px) for side in input_size_wh)
    y, x = np.mgrid[0:rows, 0:columns].reshape(2, -1)
    return ((np.stack([x, y], axis=1) + 0.5) * stride_px).astype(np.float32)


def expected_bin(logits: Floats) -> Floats:
    """Give the mean of each distribution over bins 0, 1, 2 …, in bins.

    Parameters
    ----------
    logits
        Shape (..., bins), before the softmax.

    Returns
    -------
    Floats
        Shape (...), `sum(k * softmax(logits)[k])`; Li et al. 2020, arXiv:2006.04388, eq. 3.
    """
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    bins = np.arange(logits.shape[-1], dtype=np.float32)
    return np.asarray(weights @ bins / weights.sum(axis=-1), np.float32)


def joined(scores: Floats, class_ids: NDArray[np.int64], alike: Sequence[Sequence[int]]) -> Floats:
    """Join the scores of classes that are alike into one score a cell.

    Parameters
    ----------
    scores
        Shape (cells, classes), 0..1.
    class_ids
        Shape (classes,): which classes the columns are.
    alike
        Groups of classes; a class of none is a group alone.

    Returns
    -------
    Floats
        Shape (cells,): the largest over the groups of `sum(score ** ALIKE_POWER) ** (1 / ALIKE_POWER)`, at most 1. For one
        class alone that is its score.
    """
    best = scores.max(axis=1, initial=0)
    for group in alike:
        members = scores[:, np.isin(class_ids, group)]
        best = np.maximum(best, (members**ALIKE_POWER).sum(axis=1) ** (1 / ALIKE_POWER))
    return np.asarray(np.minimum(best, 1), np.float32)


def decode(  # noqa: PLR0913 - what a network is, is many small facts
    outputs: Sequence[Floats],
    *,
    threshold: float = SCORE_THRESHOLD,
    keep_class_ids: Sequence[int] | None = None,
    alike: Sequence[Sequence[int]] = (),
    input_size_wh: tuple[int, int] = (416, 416),
    strides_px: Sequence[int] = STRIDES_PX,
    reg_max: int = REG_MAX,
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Turn one picture's six tensors into scored boxes, before any suppression of duplicates.

    For stride s in 8, 16, 32 the level has `(416 / s)**2` cells in rows from the top left: 2704, 676 and 169.
    Cell i has centre `(cx, cy) = ((column + 0.5) * s, (row + 0.5) * s)`, scores `p[i, c]` per class (already
    through the sigmoid) and four groups of 11 logits for left, top, right and bottom. A distance is
    `d = s * sum(k * softmax(group)[k] for k in 0..10)`, the box `(cx - d_left, cy - d_top, cx + d_right,
    cy + d_bottom)`, cut at the input's edges. A cell yields one box, of its best class among those kept.

    Parameters
    ----------
    outputs
        The network's outputs in its own order, without the batch axis: scores of each stride, shape (cells, classes),
        0..1, then bins of each stride, shape (cells, 4 * (reg_max + 1)). For picture i of a batch: `[t[i] for t in outputs]`.
    threshold
        Boxes scored below it are left out; the comparison is `score >= threshold`.
    keep_class_ids
        Classes to look at; None for all. Others are never decoded.
    alike
        Groups of classes whose scores count together, see `joined`; the class is still the best one's.
    input_size_wh, strides_px, reg_max
        Input in pixels, network pixels between two cells level by level, last bin of a distance in strides.

    Returns
    -------
    boxes_xyxy
        Shape (n, 4), network pixels, left, top, right, bottom, within the input.
    scores
        Shape (n,), 0..1. Order: level by level, then cell by cell.
    class_ids
        Shape (n,), index in the manifest's `classes`.

    Notes
    -----
    Source: Li et al. 2020, arXiv:2006.04388; layout of RangiLyu/nanodet v0.x, `NanoDetHead`. Duplicates are left to the caller.
    """
    classes = range(outputs[0].shape[-1]) if keep_class_ids is None else keep_class_ids
    kept = np.asarray(classes, np.int64)
    levels = len(strides_px)
    all_scores = np.concatenate(outputs[:levels])[:, kept]
    best = all_scores.argmax(axis=1)
    scores = joined(all_scores, kept, alike)
    sure = np.flatnonzero(scores >= threshold)
    bins = np.concatenate(outputs[levels:])[sure].reshape(-1, 4, reg_max + 1)
    centres, strides = (part[sure] for part in _cells(tuple(strides_px), input_size_wh))
    distances = expected_bin(bins) * strides
    boxes = np.hstack([centres - distances[:, :2], centres + distances[:, 2:]])
    limits = np.asarray((*input_size_wh, *input_size_wh), np.float32)
    return np.clip(boxes, 0, limits), scores[sure], kept[best[sure]]


@lru_cache(maxsize=8)
def _cells(strides_px: tuple[int, ...], input_size_wh: tuple[int, int]) -> tuple[Floats, Floats]:
    """Centres, shape (cells, 2), and strides, shape (cells, 1), of all levels one after the other."""
    centres = [cell_centres_xy(stride, input_size_wh) for stride in strides_px]
    strides = np.repeat(np.asarray(strides_px, np.float32), [len(level) for level in centres])
    return np.concatenate(centres), strides[:, None]
