"""The one door to OpenVINO: a network's bytes in, a function from pictures to tensors out."""

from __future__ import annotations

from typing import Any

import numpy as np
import openvino
from openvino.preprocess import ColorFormat, PrePostProcessor

from models.manifest import Network, Weights
from vision.runtimes import MAX_BATCH, Pictures, Tensors, batches, joined

PRECISIONS = {"nanodet": "", "yolo": "f32"}
"""Numbers inside a network, by family.

A YOLO computes the pixels of its boxes inside: in bf16, which OpenVINO takes where the processor has it, the sides of boxes come out in steps
of 1 to 4 pixels of 640. NanoDet gives shares of a stride, which bear it, and is twice as fast so (docs/how-to/use-another-detector.md).
"""


class OpenVinoRuntime:
    """A compiled network that takes batches of byte pictures.

    Parameters
    ----------
    weights
        How its input looks; mean, deviation and order of the planes are folded into the graph.
    network
        Its bytes, ONNX or OpenVINO IR.
    threads
        Processor threads for one batch; 0 leaves the choice to OpenVINO.
    precision
        Numbers inside the network: "f32", "bf16", or "" for what OpenVINO takes for fastest on this processor; the
        family's own where None.
    """

    def __init__(
        self, weights: Weights, network: Network, threads: int = 0, precision: str | None = None
    ) -> None:
        core = openvino.Core()
        read = core.read_model(network.content, network.data)
        self._largest = _fit(read, weights.input_size_wh)
        options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        hint = PRECISIONS[weights.family] if precision is None else precision
        if hint:
            options["INFERENCE_PRECISION_HINT"] = hint
        self._compiled = core.compile_model(_with_byte_input(read, weights), "CPU", options)
        self._request = self._compiled.create_infer_request()

    def infer(self, pictures_bgr: Pictures) -> Tensors:
        """Run a batch; see `vision.runtimes.Runtime`."""
        return joined([self._once(part) for part in batches(pictures_bgr, self._largest)])

    def _once(self, pictures_bgr: Pictures) -> Tensors:
        results = self._request.infer({0: pictures_bgr}, share_inputs=True, share_outputs=False)
        return [np.asarray(results[output]) for output in self._compiled.outputs]


def openvino_version() -> str:
    """Return the version of the installed runtime."""
    return str(openvino.__version__)


def _fit(model: Any, size_wh: tuple[int, int]) -> int:
    """Give a network its input size; return how many pictures it takes at once."""
    batch = model.input(0).partial_shape[0]
    if not batch.is_dynamic:
        return int(batch.get_length())
    width, height = size_wh
    model.reshape([-1, 3, height, width])
    return MAX_BATCH


def _with_byte_input(model: Any, weights: Weights) -> Any:
    steps = PrePostProcessor(model)
    tensor = steps.input().tensor().set_element_type(openvino.Type.u8)
    tensor.set_layout(openvino.Layout("NHWC")).set_color_format(ColorFormat.BGR)
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    prepared = steps.input().preprocess().convert_element_type(openvino.Type.f32)
    prepared.mean(list(weights.mean_bgr)).scale(list(weights.std_bgr))
    if weights.channel_order == "rgb":
        prepared.convert_color(ColorFormat.RGB)
    return steps.build()
