"""The ONNX graph while a recipe writes it, and what a recipe may take for granted."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.errors import UnsupportedGraph
from models.recipes.tfjs import Constant, GraphModel, Node

NO_PADDING = ((0, 0), (0, 0))

SizeHW = tuple[int, int]
Padding = tuple[tuple[int, int], tuple[int, int]]
Layout = Literal["NCHW", "NHWC"]


@dataclass(frozen=True)
class Feature:
    """A tensor of the graph that is being written."""

    name: str
    """Name in the ONNX graph, where it is always stored NCHW: batch, channels, rows, columns."""

    size_hw: SizeHW
    """Rows and columns, without the padding that waits."""

    layout: Layout = "NCHW"
    """Order of axes in which the source graph sees it; the ONNX graph never moves an axis for that."""

    padding: Padding = NO_PADDING
    """Cells to add before and after rows, then columns, by the operation that takes it."""

    padding_value: float = 0.0
    """What the added cells hold."""


Value = Feature | Constant


@dataclass
class Translation:
    """The ONNX graph while it grows."""

    model: GraphModel
    """The graph that is translated."""

    casts: list[onnx.NodeProto] = field(default_factory=list)
    """Conversions of stored weights to float32; they stand before all other nodes."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    """The nodes, in an order in which they can be computed."""

    initializers: dict[str, onnx.TensorProto] = field(default_factory=dict)
    """Stored weights and shapes, by name."""

    def emit(self, op: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        """Add one ONNX operation, named after its first output."""
        self.nodes.append(helper.make_node(op, inputs, outputs, name=outputs[0], **attributes))

    def maker_of(self, tensor: str) -> onnx.NodeProto:
        """Find the operation whose first output is the tensor."""
        return next(node for node in self.nodes if node.output[0] == tensor)

    def integers(self, name: str, values: list[int]) -> str:
        """Store a list of int64 and give its name."""
        self.initializers[name] = numpy_helper.from_array(np.asarray(values, np.int64), name)
        return name

    def floats(self, name: str, values: Constant) -> str:
        """Store numbers in their own precision and give the name of their float32 value."""
        if values.dtype == np.float32:
            self.initializers[name] = numpy_helper.from_array(values, name)
            return name
        stored = f"{name}/stored"
        self.initializers[stored] = numpy_helper.from_array(np.ascontiguousarray(values), stored)
        self.casts.append(
            helper.make_node("Cast", [stored], [name], name=name, to=TensorProto.FLOAT)
        )
        return name


def require(node: Node, what: str, found: object, wanted: object) -> None:
    """Refuse a node that has another value than the one whose translation is exact.

    Raises
    ------
    UnsupportedGraph
        If `found` differs from `wanted`; the message names both.
    """
    if found != wanted:
        raise UnsupportedGraph(f"{node.op} ({node.name}): {what} is {found}, wanted {wanted}.")


def feature_of(value: Value, node: Node, layout: Layout) -> Feature:
    """Take an input as a tensor of the picture, seen in the order of axes that the node needs."""
    if not isinstance(value, Feature):
        raise UnsupportedGraph(f"{node.op} ({node.name}) takes a constant, wanted a tensor.")
    require(node, "order of axes", value.layout, layout)
    return value


def unpadded(value: Value, node: Node, layout: Layout = "NCHW") -> Feature:
    """Take an input as a tensor on which no padding waits."""
    feature = feature_of(value, node, layout)
    require(node, "padding before it", feature.padding, NO_PADDING)
    return feature


def constant_of(value: Value, node: Node) -> Constant:
    """Take an input as a constant."""
    if isinstance(value, Feature):
        raise UnsupportedGraph(f"{node.op} ({node.name}) takes {value.name}, wanted a constant.")
    return value
