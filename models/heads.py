"""The families of networks: how the outputs of each become boxes, and which shapes they promise."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models import nanodet, yolo
from models.manifest import Weights

Floats = NDArray[np.float32]
Shape = tuple[int, ...]


def read_boxes(
    outputs: Sequence[Floats],
    weights: Weights,
    *,
    threshold: float,
    keep_class_ids: Sequence[int],
    alike: Sequence[Sequence[int]] = (),
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Turn one picture's tensors into scored boxes, before any suppression of duplicates.

    Parameters
    ----------
    outputs
        The network's outputs in its own order, without the batch axis.
    weights
        Entry of the manifest.
    threshold
        Boxes scored below it are left out.
    keep_class_ids
        Classes to look at; others are never decoded.
    alike
        Groups of classes that are one thing to the caller, so that their scores count together (family nanodet).

    Returns
    -------
    boxes_xyxy
        Shape (n, 4), network pixels, left, top, right, bottom, within the input.
    scores
        Shape (n,), 0..1.
    class_ids
        Shape (n,), index in the manifest's `classes`.
    """
    if weights.family == "yolo":
        return yolo.decode(
            outputs[0],
            threshold=threshold,
            keep_class_ids=keep_class_ids,
            input_size_wh=weights.input_size_wh,
        )
    return nanodet.decode(
        outputs,
        threshold=threshold,
        keep_class_ids=keep_class_ids,
        alike=alike,
        input_size_wh=weights.input_size_wh,
        strides_px=weights.strides_px,
        reg_max=weights.reg_max,
    )


def promised_shapes(weights: Weights, batch: int) -> list[list[Shape]]:
    """Give the output shapes that weights of a family may have, each a list in the network's order."""
    width, height = weights.input_size_wh
    cells = [-(-width // stride) * -(-height // stride) for stride in weights.strides_px]
    if weights.family == "yolo":
        return [
            [(batch, 4 + len(weights.classes), sum(cells))],
            [(batch, yolo.MAX_BOXES, yolo.END_TO_END_COLUMNS)],
        ]
    channels = (len(weights.classes), 4 * (weights.reg_max + 1))
    return [[(batch, count, depth) for depth in channels for count in cells]]
