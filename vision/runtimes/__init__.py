"""What runs a network: one door module a runtime, all behind one protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.errors import InvalidSettings
from models.errors import ToolMissing
from models.manifest import Network, Weights, get_weights, load_trusted, read_network

Pictures = NDArray[np.uint8]
Tensors = list[NDArray[np.float32]]

DEFAULT_RUNTIME = "openvino"
"""The runtime that every edge install has."""

MAX_BATCH = 4
"""Pictures that go through a network at once. Measured, one thread, OpenVINO 2026.4: 21 to 22 ms a picture at 1, 2, 4 … 64, but
177 MB of memory at 1, 224 at 4, 431 at 16 and 1,060 at 64."""


class Runtime(Protocol):
    """A network, running."""

    def infer(self, pictures_bgr: Pictures) -> Tensors:
        """Run a batch.

        Parameters
        ----------
        pictures_bgr
            Shape (batch, height, width, 3), 0..255, blue-green-red, of the network's size; any batch above 0.

        Returns
        -------
        Tensors
            The outputs in the network's order, each with the batch as first axis.
        """


def _openvino(weights: Weights, network: Network, threads: int) -> Runtime:
    from vision.runtimes.openvino_door import OpenVinoRuntime

    return OpenVinoRuntime(weights, network, threads)


def _onnx(weights: Weights, network: Network, threads: int) -> Runtime:
    from vision.runtimes.onnx_door import OnnxRuntime

    return OnnxRuntime(weights, network, threads)


def _ultralytics(weights: Weights, network: Network, threads: int) -> Runtime:
    from vision.runtimes.ultralytics_door import UltralyticsRuntime

    return UltralyticsRuntime(weights, network, threads)


OPENERS: dict[str, tuple[Callable[[Weights, Network, int], Runtime], tuple[str, ...], str]] = {
    "openvino": (_openvino, (".onnx", ".xml"), "edge"),
    "onnx": (_onnx, (".onnx",), "onnx"),
    "ultralytics": (_ultralytics, (".pt", ".onnx", ".xml"), "ultralytics"),
}
"""Each runtime by name: what opens it, the files it takes, the extra that installs it."""

RUNTIMES = tuple(OPENERS)
"""Names of the runtimes, the default first."""


def open_runtime(weights: Weights, name: str = DEFAULT_RUNTIME, threads: int = 0) -> Runtime:
    """Read the checked bytes of weights and start them on a runtime.

    Parameters
    ----------
    weights
        Entry of the manifest.
    name
        One of `RUNTIMES`.
    threads
        Processor threads for one batch; 0 leaves the choice to the runtime.

    Raises
    ------
    InvalidSettings
        If there is no such runtime, or it does not take this kind of file; the sentence names what it takes.
    ToolMissing
        If its library is not installed; the sentence names the extra.
    """
    if name not in OPENERS:
        raise InvalidSettings(f"the runtime {name} is not known: wanted {', '.join(RUNTIMES)}")
    opener, kinds, extra = OPENERS[name]
    if weights.path.suffix not in kinds:
        raise InvalidSettings(
            f"the runtime {name} cannot run {weights.name}, a {weights.path.suffix} file: wanted {', '.join(kinds)}"
        )
    try:
        return opener(weights, read_network(weights), threads)
    except ModuleNotFoundError as error:
        raise ToolMissing(
            f"The runtime {name} needs {error.name}: install airelib[{extra}]."
        ) from error


def default_weights(runtime: str) -> Weights:
    """Return the default weights, or the first trusted ones that a runtime takes where it does not take those."""
    manifest = load_trusted()
    default = get_weights(None, manifest)
    kinds = OPENERS[runtime][1] if runtime in OPENERS else (default.path.suffix,)
    fitting = [weights for weights in manifest.weights if weights.path.suffix in kinds]
    return default if default in fitting or not fitting else fitting[0]


def batches(pictures: Pictures, largest: int) -> Iterator[Pictures]:
    """Yield the pictures in their order, at most `largest` at once."""
    for start in range(0, len(pictures), largest):
        yield pictures[start : start + largest]


def joined(answers: list[Tensors]) -> Tensors:
    """Join the outputs of batches into those of all their pictures."""
    if len(answers) == 1:
        return answers[0]
    return [np.concatenate(parts) for parts in zip(*answers, strict=True)]
