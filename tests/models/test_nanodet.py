"""NanoDet's tensors become the boxes that the formula gives by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import nanodet
from models.manifest import Weights
from models.nanodet import cell_centres_xy, decode, expected_bin, joined, normalise

CELLS = {8: 2704, 16: 676, 32: 169}
SURE = 50.0
"""A logit so far above the others (0) that its bin holds all the mass in float32."""


def outputs_with(
    stride: int, cell: int, bins: tuple[int, int, int, int], scores: dict[int, float]
) -> list[np.ndarray]:
    """Build six tensors where one cell is sure of its four bins and holds the given scores."""
    score_maps = {step: np.zeros((count, 80), np.float32) for step, count in CELLS.items()}
    bin_maps = {step: np.zeros((count, 44), np.float32) for step, count in CELLS.items()}
    for class_id, score in scores.items():
        score_maps[stride][cell, class_id] = score
    for side, index in enumerate(bins):
        bin_maps[stride][cell, side * 11 + index] = SURE
    return [*score_maps.values(), *bin_maps.values()]


def test_one_cell_gives_the_box_computed_by_hand() -> None:
    """Cell (row 6, column 7) of stride 16 with distances 1, 2, 3, 4 cells is the box worked out by hand."""
    outputs = outputs_with(16, 6 * 26 + 7, (1, 2, 3, 4), {2: 0.75, 7: 0.5})

    boxes, scores, class_ids = decode(outputs)

    # centre (7.5 * 16, 6.5 * 16) = (120, 104); left 16, top 32, right 48, bottom 64
    assert boxes == pytest.approx(np.float32([[104, 72, 168, 168]]), abs=1e-3)
    assert scores.tolist() == [0.75]
    assert class_ids.tolist() == [2]


@given(
    stride=st.sampled_from([8, 16, 32]),
    share=st.floats(0, 1, exclude_max=True),
    bins=st.tuples(*[st.integers(0, 10)] * 4),
)
def test_every_box_is_its_cell_with_four_distances_cut_at_the_edges(
    stride: int, share: float, bins: tuple[int, int, int, int]
) -> None:
    """For any cell of any level the box is the centre less and plus the distances, within the input."""
    cell = int(share * CELLS[stride])
    row, column = divmod(cell, 416 // stride)
    x, y = (column + 0.5) * stride, (row + 0.5) * stride
    left, top, right, bottom = (distance * stride for distance in bins)

    boxes, _, _ = decode(outputs_with(stride, cell, bins, {5: 0.9}))

    wanted = np.clip([[x - left, y - top, x + right, y + bottom]], 0, 416)
    assert boxes == pytest.approx(wanted, abs=1e-2)


def test_a_distance_is_the_mean_of_its_bins() -> None:
    """Two equal bins give the point halfway between, equal logits the middle of all bins."""
    halfway = np.full(11, -SURE, np.float32)
    halfway[[3, 4]] = 0

    assert expected_bin(halfway) == pytest.approx(3.5)
    assert expected_bin(np.zeros((2, 11), np.float32)).tolist() == pytest.approx([5.0, 5.0])


def test_huge_logits_do_not_overflow() -> None:
    """Logits of a thousand still give a finite distance."""
    assert expected_bin(np.linspace(0, 1000, 11, dtype=np.float32)) == pytest.approx(10.0)


def test_the_threshold_is_included() -> None:
    """A score equal to the threshold counts, one just below it does not."""
    outputs = outputs_with(8, 0, (1, 1, 1, 1), {2: 0.5})

    assert len(decode(outputs, threshold=0.5)[0]) == 1
    assert (
        len(decode(outputs, threshold=float(np.nextafter(np.float32(0.5), np.float32(1))))[0]) == 0
    )


def test_classes_that_are_not_kept_never_leave() -> None:
    """A sure person over a likely van yields the vehicle, and a person alone yields nothing."""
    both = outputs_with(8, 100, (2, 2, 2, 2), {0: 0.9, 7: 0.6})
    person = outputs_with(8, 100, (2, 2, 2, 2), {0: 0.9})

    _, scores, class_ids = decode(both, keep_class_ids=(2, 5, 7))

    assert (scores.tolist(), class_ids.tolist()) == ([pytest.approx(0.6)], [7])
    assert [len(part) for part in decode(person, keep_class_ids=(2, 5, 7))] == [0, 0, 0]


def test_nothing_found_keeps_the_shapes() -> None:
    """Blank tensors give no box, in arrays that can be joined with others."""
    boxes, scores, class_ids = decode(outputs_with(8, 0, (0, 0, 0, 0), {}))

    assert (boxes.shape, scores.shape, class_ids.shape) == ((0, 4), (0,), (0,))


def test_cells_run_row_by_row_from_the_top_left() -> None:
    """The second cell lies one stride to the right, the first of the next row one stride below."""
    centres = cell_centres_xy(32, (416, 416))

    assert centres[[0, 1, 13]].tolist() == [[16, 16], [48, 16], [16, 48]]
    assert [len(cell_centres_xy(stride, (416, 416))) for stride in CELLS] == list(CELLS.values())


def test_pixels_are_normalised_in_their_own_order() -> None:
    """Blue, green and red lose their own mean and become the first, second and third plane."""
    picture = np.zeros((1, 2, 3, 3), np.uint8)
    picture[0, 1, 2] = (10, 20, 30)

    planes = normalise(picture, mean_bgr=(10, 10, 10), std_bgr=(1, 2, 4))

    assert planes.shape == (1, 3, 2, 3)
    assert planes[0, :, 1, 2].tolist() == pytest.approx([0.0, 5.0, 5.0])
    assert planes.dtype == np.float32


def test_defaults_are_those_of_the_manifest(weights: Weights) -> None:
    """The constants of the module and the manifest's entry say the same."""
    assert weights.mean_bgr == nanodet.MEAN_BGR
    assert weights.std_bgr == nanodet.STD_BGR
    assert weights.strides_px == nanodet.STRIDES_PX
    assert weights.reg_max == nanodet.REG_MAX
    assert weights.threshold == nanodet.SCORE_THRESHOLD


def test_labels_that_are_alike_count_together() -> None:
    """Of alike classes several weak scores make one stronger, a sure one stays what it is, and no group helps another."""
    scores = np.array([[0.26, 0.22, 0.1], [0.9, 0.0, 0.0], [0.1, 0.0, 0.5]], np.float32)
    together = joined(scores, np.array([2, 5, 1]), [[2, 5], [1]])

    assert 0.26 < together[0] < 0.26 + 0.22
    np.testing.assert_allclose(together[1:], [0.9, 0.5], atol=1e-6)
    np.testing.assert_array_equal(joined(scores, np.array([2, 5, 1]), ()), scores.max(axis=1))
