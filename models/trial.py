"""Loads weights in OpenVINO and runs them once, to know that they work on this machine."""

import ast
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ToolMissing, WeightsFailed
from models.heads import Shape, promised_shapes
from models.manifest import Network, Weights

if TYPE_CHECKING:
    import openvino


def is_runtime_installed() -> bool:
    """Tell whether OpenVINO can be imported here."""
    return find_spec("openvino") is not None


def run_blank(weights: Weights, network: Network, threads: int = 2) -> None:
    """Run one blank input through a network.

    Parameters
    ----------
    weights
        Entry of the manifest.
    network
        Its checked bytes.
    threads
        Threads of the runtime.

    Raises
    ------
    ToolMissing
        If OpenVINO is not installed.
    WeightsFailed
        If the outputs are not finite or have not the shapes that the manifest promises.
    """
    compiled = _compiled(network, threads)
    answer = compiled(_blank(weights, 1))
    outputs = [np.asarray(answer[port]) for port in compiled.outputs]
    found = [output.shape for output in outputs]
    wanted = promised_shapes(weights, 1)
    if found not in wanted:
        choices = " or ".join(map(str, wanted))
        raise WeightsFailed(f"{weights.name} gives outputs of shapes {found}, wanted {choices}.")
    if not all(np.isfinite(output).all() for output in outputs):
        raise WeightsFailed(f"{weights.name} gives numbers that are not finite on a blank picture.")


def runner(
    network: Network, threads: int = 2
) -> Callable[[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Start a network in OpenVINO; the function returned takes normalised planes and gives the outputs.

    Raises
    ------
    ToolMissing
        If OpenVINO is not installed.
    WeightsFailed
        If OpenVINO cannot read the network.
    """
    compiled = _compiled(network, threads)

    def run(planes: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        answer = compiled(planes)
        return [np.array(answer[port]) for port in compiled.outputs]

    return run


def crop_times_ms(
    weights: Weights, network: Network, batches: Sequence[int], threads: int = 2, rounds: int = 30
) -> dict[int, float]:
    """Time a network on this machine.

    Parameters
    ----------
    weights
        Entry of the manifest.
    network
        Its checked bytes.
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
    compiled = _compiled(network, threads)
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


def _compiled(network: Network, threads: int) -> "openvino.CompiledModel":
    import openvino

    options = {"INFERENCE_NUM_THREADS": str(threads), "PERFORMANCE_HINT": "LATENCY"}
    return openvino.Core().compile_model(_read(network), "CPU", options)


def _read(network: Network) -> Any:
    if not is_runtime_installed():
        raise ToolMissing("OpenVINO is not installed: install airelib[edge] to run the weights.")
    import openvino

    try:
        return openvino.Core().read_model(network.content, network.data)
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1]
        raise WeightsFailed(f"OpenVINO cannot read the network: {reason}") from error


@dataclass(frozen=True)
class Facts:
    """What a network says of itself; empty where it says nothing."""

    classes: tuple[str, ...]
    input_size_wh: tuple[int, int] | None


def facts_of(network: Network) -> Facts:
    """Read the classes and the input size that an Ultralytics export carries, and the size of a fixed input.

    Raises
    ------
    ToolMissing
        If OpenVINO is not installed.
    WeightsFailed
        If OpenVINO cannot read the network.
    """
    model = _read(network)
    shape = model.input(0).partial_shape
    size = None
    if shape.rank.get_length() == len(("batch", "plane", "row", "column")):
        sides = shape[3], shape[2]
        if all(side.is_static for side in sides):
            size = int(sides[0].get_length()), int(sides[1].get_length())
    side = re.findall(r"\d+", _note(model, "framework", "imgsz"))
    if size is None and side:
        size = int(side[-1]), int(side[0])
    return Facts(_classes(model), size)


def takes_any_batch(network: Network) -> bool:
    """Tell whether a network takes any number of pictures at once."""
    return bool(_read(network).input(0).partial_shape[0].is_dynamic)


def _classes(model: Any) -> tuple[str, ...]:
    named = _note(model, "framework", "names")
    if named:
        found = ast.literal_eval(named)
        return tuple(str(found[i]).replace(" ", "_") for i in sorted(found))
    return tuple(_note(model, "model_info", "labels").split())


def _note(model: Any, *path: str) -> str:
    return str(model.get_rt_info(list(path)).astype(str)) if model.has_rt_info(list(path)) else ""
