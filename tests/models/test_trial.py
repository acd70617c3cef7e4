"""The shipped weights run in OpenVINO, for any number of crops, and their promises are checked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models.errors import WeightsFailed
from models.heads import promised_shapes
from models.manifest import Weights, read_network
from models.trial import crop_times_ms, run_blank

Detector = Callable[[np.ndarray], list[np.ndarray]]


def test_the_default_weights_run(weights: Weights) -> None:
    """A blank picture goes through the network and finite outputs of the promised shapes come back."""
    run_blank(weights, read_network(weights))


def test_noise_gives_finite_outputs_of_the_promised_shapes(
    weights: Weights, detector: Detector, noise: np.ndarray
) -> None:
    """Any picture, even one far out of range, gives finite numbers, and scores that are shares."""
    outputs = detector(noise)

    assert [output.shape for output in outputs] in promised_shapes(weights, len(noise))
    assert all(np.isfinite(output).all() for output in outputs)
    assert all(0 <= scores.min() <= scores.max() <= 1 for scores in outputs[:3])


def test_four_crops_at_once_are_four_crops_one_by_one(
    detector: Detector, noise: np.ndarray
) -> None:
    """A batch of four gives what its pictures give alone."""
    together = detector(noise)
    alone = [
        np.concatenate(parts)
        for parts in zip(*(detector(noise[i : i + 1]) for i in range(4)), strict=True)
    ]

    for batched, single in zip(together, alone, strict=True):
        np.testing.assert_allclose(batched, single, rtol=1e-4, atol=1e-4)


def test_a_broken_promise_is_refused(weights: Weights) -> None:
    """Weights whose outputs are not those of the manifest are refused with both shapes."""
    promised = weights.model_copy(update={"reg_max": 7})

    with pytest.raises(WeightsFailed, match=r"2704, 44.*2704, 32"):
        run_blank(promised, read_network(weights))


def test_times_are_given_for_each_batch_size(weights: Weights) -> None:
    """Timing one and two crops gives one positive figure for each."""
    times = crop_times_ms(weights, read_network(weights), (1, 2), rounds=2)

    assert list(times) == [1, 2]
    assert min(times.values()) > 0
