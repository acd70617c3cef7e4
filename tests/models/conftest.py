"""The published weights, running, and pictures of noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import openvino
import pytest

from models.manifest import Weights, get_weights, read_weights

Detector = Callable[[np.ndarray], list[np.ndarray]]
"""From normalised pictures (batch, 3, height, width) to the outputs in the network's order."""


def running(content: bytes) -> Detector:
    """Compile a network in full precision, so that results agree on every processor."""
    core = openvino.Core()
    options = {"INFERENCE_NUM_THREADS": "2", "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(content), "CPU", options)

    def infer(pictures: np.ndarray) -> list[np.ndarray]:
        answer = compiled(pictures)
        return [np.array(answer[port]) for port in compiled.outputs]

    return infer


@pytest.fixture(scope="session")
def weights() -> Weights:
    """Return the entry of the published weights, of which the default ones are an 8-bit form."""
    return get_weights("nanodet-g")


@pytest.fixture(scope="session")
def detector(weights: Weights) -> Detector:
    """Return their network, running."""
    return running(read_weights(weights))


@pytest.fixture(scope="session")
def start() -> Callable[[bytes], Detector]:
    """Return the function that compiles any network."""
    return running


@pytest.fixture(scope="session")
def noise() -> np.ndarray:
    """Return four normalised pictures of repeatable noise, one drawn a hundred times stronger."""
    pictures = np.random.default_rng(7).normal(size=(4, 3, 416, 416)).astype(np.float32)
    pictures[3] *= 100
    return pictures


@pytest.fixture(autouse=True)
def own_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the weights of whoever runs the tests out of them."""
    monkeypatch.setenv("AIRELIB_MODELS_DIR", str(tmp_path_factory.mktemp("own")))
