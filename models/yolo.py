"""How the tensor of an Ultralytics YOLO export becomes boxes: YOLO11 (one score a class) and YOLO26 (end to end)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MAX_BOXES = 300
"""Rows of an end-to-end output; Ultralytics' default `max_det` (ultralytics 8.4, cfg/default.yaml)."""

END_TO_END_COLUMNS = 6
"""Left, top, right, bottom, score and class of a row of an end-to-end output."""


def decode(
    output: Floats,
    *,
    threshold: float,
    keep_class_ids: Sequence[int] | None = None,
    input_size_wh: tuple[int, int] = (640, 640),
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Turn one picture's tensor into scored boxes, before any suppression of duplicates.

    Parameters
    ----------
    output
        Shape (4 + classes, cells): centre x, centre y, width, height in network pixels, then a score 0..1 a class; or shape
        (rows, 6): left, top, right, bottom, score, class (end to end). Their last axes tell them apart.
    threshold
        Boxes scored below it are left out; the comparison is `score >= threshold`.
    keep_class_ids
        Classes to look at; None for all.
    input_size_wh
        Width and height of the network's input in pixels.

    Returns
    -------
    boxes_xyxy
        Shape (n, 4), network pixels, left, top, right, bottom, cut at the input's edges.
    scores
        Shape (n,), 0..1.
    class_ids
        Shape (n,).

    Notes
    -----
    Source: exports of ultralytics 8.4, `nn/modules/head.py`, `Detect`.
    """
    read = _end_to_end if output.shape[-1] == END_TO_END_COLUMNS else _per_cell
    boxes, scores, class_ids = read(output, threshold, keep_class_ids)
    limits = np.asarray((*input_size_wh, *input_size_wh), np.float32)
    return np.clip(boxes, 0, limits), scores, class_ids


def _end_to_end(
    output: Floats, threshold: float, keep: Sequence[int] | None
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    class_ids = output[:, 5].round().astype(np.int64)
    wanted = output[:, 4] >= threshold
    if keep is not None:
        wanted &= np.isin(class_ids, keep)
    return output[wanted, :4], output[wanted, 4], class_ids[wanted]


def _per_cell(
    output: Floats, threshold: float, keep: Sequence[int] | None
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    kept = np.asarray(range(output.shape[0] - 4) if keep is None else keep, np.int64)
    all_scores = output[4 + kept]
    best = all_scores.argmax(axis=0)
    scores = all_scores[best, np.arange(output.shape[1])]
    sure = np.flatnonzero(scores >= threshold)
    centre, half = output[:2, sure].T, output[2:4, sure].T / 2
    return np.hstack([centre - half, centre + half]), scores[sure], kept[best[sure]]
