"""The one door to OpenVINO: a network's bytes in, a function from pictures to tensors out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino.preprocess import PrePostProcessor

Pictures = NDArray[np.uint8]
Tensors = list[NDArray[np.float32]]


class OpenVinoRuntime:
    """A compiled network that takes batches of byte pictures.

    Parameters
    ----------
    network
        The ONNX bytes.
    size_wh
        Width and height of its input in pixels.
    mean_bgr, std_bgr
        Subtracted from, then dividing, each pixel 0..255; folded into the graph.
    threads
        Processor threads for one batch; 0 leaves the choice to OpenVINO.
    """

    def __init__(
        self,
        network: bytes,
        size_wh: tuple[int, int],
        mean_bgr: Sequence[float],
        std_bgr: Sequence[float],
        threads: int = 0,
    ) -> None:
        core = openvino.Core()
        model = _with_byte_input(core.read_model(network, b""), size_wh, mean_bgr, std_bgr)
        options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        self._compiled = core.compile_model(model, "CPU", options)
        self._request = self._compiled.create_infer_request()

    def infer(self, pictures_bgr: Pictures) -> Tensors:
        """Run a batch.

        Parameters
        ----------
        pictures_bgr
            Shape (batch, height, width, 3), 0..255, of the network's size.

        Returns
        -------
        Tensors
            The outputs in the network's order, each with the batch as first axis.
        """
        results = self._request.infer({0: pictures_bgr}, share_inputs=True, share_outputs=False)
        return [np.asarray(results[output]) for output in self._compiled.outputs]


def openvino_version() -> str:
    """Return the version of the installed runtime."""
    return str(openvino.__version__)


def _with_byte_input(
    model: Any, size_wh: tuple[int, int], mean_bgr: Sequence[float], std_bgr: Sequence[float]
) -> Any:
    width, height = size_wh
    model.reshape([-1, 3, height, width])
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    steps.input().preprocess().convert_element_type(openvino.Type.f32)
    steps.input().preprocess().mean(list(mean_bgr)).scale(list(std_bgr))
    return steps.build()
