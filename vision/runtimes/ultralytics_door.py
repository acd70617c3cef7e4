"""The one door to Ultralytics: a network runs in a process of its own, pictures go there and tensors come back."""

from __future__ import annotations

import tempfile
import weakref
from pathlib import Path

import numpy as np

from geo.errors import InvalidSettings
from models.manifest import Network, Weights
from models.nanodet import normalise
from models.ultralytics_process import UltralyticsProcess
from vision.runtimes import MAX_BATCH, Pictures, Tensors, batches, joined


class UltralyticsRuntime:
    """A network of any format that Ultralytics runs; on a GPU where PyTorch finds one.

    Parameters
    ----------
    weights
        How its input looks.
    network
        Its bytes: a checkpoint, ONNX or OpenVINO IR.
    threads
        Processor threads for one batch; 0 leaves the choice to PyTorch.

    Raises
    ------
    InvalidSettings
        If the weights are not of the family yolo, which is all that Ultralytics knows.
    UltralyticsFailed
        If it cannot load them.
    """

    def __init__(self, weights: Weights, network: Network, threads: int = 0) -> None:
        if weights.family != "yolo":
            raise InvalidSettings(
                f"the runtime ultralytics cannot run {weights.name} of the family {weights.family}: wanted yolo"
            )
        self._weights = weights
        self._largest = MAX_BATCH if network.kind == ".pt" else 1
        with tempfile.TemporaryDirectory(prefix="airelib-network-") as folder:
            path = _written(network, Path(folder))
            self._process = UltralyticsProcess(
                {"do": "serve", "path": str(path), "threads": threads}
            )
            weakref.finalize(self, self._process.close)
            self._process.answer()

    def infer(self, pictures_bgr: Pictures) -> Tensors:
        """Run a batch; see `vision.runtimes.Runtime`."""
        return joined([self._once(part) for part in batches(pictures_bgr, self._largest)])

    def _once(self, pictures_bgr: Pictures) -> Tensors:
        planes = normalise(pictures_bgr, self._weights.mean_bgr, self._weights.std_bgr)
        if self._weights.channel_order == "rgb":
            planes = np.ascontiguousarray(planes[:, ::-1])
        return self._process.ask(planes)


def _written(network: Network, folder: Path) -> Path:
    """Write the checked bytes where the process can read them; Ultralytics tells a format by its names."""
    if network.kind != ".xml":
        path = folder / f"network{network.kind}"
        path.write_bytes(network.content)
        return path
    inner = folder / "network_openvino_model"
    inner.mkdir()
    (inner / "network.xml").write_bytes(network.content)
    (inner / "network.bin").write_bytes(network.data)
    return inner
