"""The one door to ONNX Runtime: a network's bytes in, a function from pictures to tensors out."""

from __future__ import annotations

import numpy as np
import onnxruntime

from models.manifest import Network, Weights
from models.nanodet import normalise
from vision.runtimes import MAX_BATCH, Pictures, Tensors, batches, joined


class OnnxRuntime:
    """A network that takes batches of byte pictures, on the processor.

    Parameters
    ----------
    weights
        How its input looks.
    network
        Its bytes, ONNX.
    threads
        Processor threads for one batch; 0 leaves the choice to ONNX Runtime.
    """

    def __init__(self, weights: Weights, network: Network, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._weights = weights
        self._session = onnxruntime.InferenceSession(
            network.content, options, providers=["CPUExecutionProvider"]
        )
        entry = self._session.get_inputs()[0]
        self._name, batch = entry.name, entry.shape[0]
        self._largest = batch if isinstance(batch, int) else MAX_BATCH

    def infer(self, pictures_bgr: Pictures) -> Tensors:
        """Run a batch; see `vision.runtimes.Runtime`."""
        return joined([self._once(part) for part in batches(pictures_bgr, self._largest)])

    def _once(self, pictures_bgr: Pictures) -> Tensors:
        planes = normalise(pictures_bgr, self._weights.mean_bgr, self._weights.std_bgr)
        if self._weights.channel_order == "rgb":
            planes = np.ascontiguousarray(planes[:, ::-1])
        return [np.asarray(tensor) for tensor in self._session.run(None, {self._name: planes})]
