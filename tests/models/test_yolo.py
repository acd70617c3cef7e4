"""The tensors of YOLO exports become boxes, with and without an end-to-end head."""

from __future__ import annotations

import numpy as np

from models.yolo import decode


def test_a_cell_becomes_the_box_around_its_centre() -> None:
    """Centre and size become corners, the best class among those kept decides, cells below the threshold are left out."""
    output = np.zeros((4 + 3, 5), np.float32)
    output[:4, 1] = (50, 40, 20, 10)
    output[4:, 1] = (0.9, 0.3, 0.6)
    output[:4, 3] = (10, 10, 40, 40)
    output[4:, 3] = (0.0, 0.1, 0.31)

    boxes, scores, class_ids = decode(output, threshold=0.3, keep_class_ids=(1, 2))

    np.testing.assert_allclose(boxes, [[40, 35, 60, 45], [0, 0, 30, 30]])
    np.testing.assert_allclose(scores, [0.6, 0.31])
    assert class_ids.tolist() == [2, 2]


def test_rows_of_an_end_to_end_head_are_boxes_already() -> None:
    """Rows keep their corners, cut at the input's edges; other classes and weak rows are left out."""
    rows = np.zeros((300, 6), np.float32)
    rows[0] = (-5, 10, 700, 90, 0.8, 1)
    rows[1] = (1, 2, 3, 4, 0.9, 0)
    rows[2] = (1, 2, 3, 4, 0.2, 1)

    boxes, scores, class_ids = decode(rows, threshold=0.25, keep_class_ids=(1,))

    np.testing.assert_allclose(boxes, [[0, 10, 640, 90]])
    np.testing.assert_allclose(scores, [0.8])
    assert class_ids.tolist() == [1]


def test_two_classes_are_not_taken_for_an_end_to_end_head() -> None:
    """A network of two classes has six rows too, but many cells: the last axis tells them apart."""
    output = np.zeros((6, 84), np.float32)
    output[:, 7] = (50, 40, 20, 10, 0.1, 0.7)

    boxes, _, class_ids = decode(output, threshold=0.5)

    np.testing.assert_allclose(boxes, [[40, 35, 60, 45]])
    assert class_ids.tolist() == [1]
