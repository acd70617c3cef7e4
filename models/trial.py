"""Loads weights in OpenVINO and runs them once, to know that they work on this machine."""

import time
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from models.errors import ToolMissing, WeightsFailed
from models.manifest import Weights

if TYPE_CHECKING:
    import openvino

Shape = tuple[int, ...]


def is_runtime_installed() -> bool:
    """Tell whether OpenVINO can be imported here."""
    return find_spec("openvino") is not None


def expected_shapes(weights: Weights, batch: int) -> list[Shape]:
    """Give the shapes of the outputs that the manifest promises: scores per stride, then bins."""
    width, height = weights.input_size_wh
    cells = [(width // stride) * (height // stride) for stride in weights.strides_px]
    channels = (len(weights.classes), 4 * (weights.reg_max + 1))
    return [(batch, count, depth) for depth in channels for count in cells]


def run_blank(weights: Weights, content: bytes, threads: int = 2) -> None:
    """Run one blank input through a network.

    Parameters
    ----------
    weights
        Entry of the manifest.
    content
        The checked bytes of its file.
    threads
        Threads of the runtime.

    Raises
    ------
    ToolMissing
        If OpenVINO is not installed.
    WeightsFailed
        If the outputs are not finite or have not the shapes that the manifest promises.
    """
    compiled = _compiled(content, threads)
    answer = compiled(_blank(weights, 1))
    outputs = [np.asarray(answer[port]) for port in compiled.outputs]
    found = [output.shape for output in outputs]
    wanted = expected_shapes(weights, 1)
    if found != wanted:
        raise WeightsFailed(f"{weights.name} gives outputs of shapes {found}, wanted {wanted}.")
    if not all(np.isfinite(output).all() for output in outputs):
        raise WeightsFailed(f"{weights.name} gives numbers that are not finite on a blank picture.")


def crop_times_ms(
    weights: Weights, content: bytes, batches: Sequence[int], threads: int = 2, rounds: int = 30
) -> dict[int, float]:
    """Time a network on this machine.

    Parameters
    ----------
    weights
        Entry of the manifest.
    content
        The checked bytes of its file.
    batches
        Batch sizes to time.
    threads
        Threads of the runtime.
    rounds
        Runs after one that is not counted.

    Returns
    -------
    dict
        Median milliseconds per picture of the network's size, by batch size.
    """
    compiled = _compiled(content, threads)
    return {
        batch: _median_ms(compiled, _blank(weights, batch), rounds) / batch for batch in batches
    }


def _median_ms(
    compiled: "openvino.CompiledModel",
    pictures: np.ndarray[Shape, np.dtype[np.float32]],
    rounds: int,
) -> float:
    request = compiled.create_infer_request()
    request.infer([pictures])
    times_s = []
    for _ in repeat(None, rounds):
        begun = time.perf_counter()
        request.infer([pictures], share_inputs=True, share_outputs=True)
        times_s.append(time.perf_counter() - begun)
    return float(np.median(times_s)) * 1000


def _blank(weights: Weights, batch: int) -> np.ndarray[Shape, np.dtype[np.float32]]:
    width, height = weights.input_size_wh
    return np.zeros((batch, 3, height, width), np.float32)


def _compiled(content: bytes, threads: int) -> "openvino.CompiledModel":
    if not is_runtime_installed():
        raise ToolMissing("OpenVINO is not installed: install airelib[edge] to run the weights.")
    import openvino

    core = openvino.Core()
    model = core.read_model(content)
    options = {"INFERENCE_NUM_THREADS": str(threads), "PERFORMANCE_HINT": "LATENCY"}
    return core.compile_model(model, "CPU", options)
