"""Translates a TensorFlow.js graph of convolutions into ONNX, channels first, for any batch size."""

from collections.abc import Mapping
from graphlib import TopologicalSorter

import onnx
from onnx import TensorProto, helper

from models.errors import UnsupportedGraph
from models.recipes.onnx_graph import Feature, Translation, Value, unpadded
from models.recipes.operations import OPERATIONS
from models.recipes.tfjs import GraphModel, Node

BATCH = "batch"
"""Name of the free first axis of the input and of every output."""


def translate(
    model: GraphModel, input_name: str, output_names: Mapping[str, str]
) -> onnx.GraphProto:
    """Write the ONNX graph of a TensorFlow.js graph of convolutions.

    Moves between channels-last and channels-first vanish, paddings and biases go into the convolution
    beside them, shapes are computed here. Weights keep the precision in which they are stored.

    Parameters
    ----------
    model
        The graph; its one placeholder is channels first.
    input_name
        Name of the input in the ONNX graph.
    output_names
        ONNX name by output node, in the order wanted.

    Raises
    ------
    UnsupportedGraph
        If an operation or one of its options has no exact translation here.
    """
    translation = Translation(model)
    values: dict[str, Value] = {}
    for node in _ordered(model):
        inputs = [values[name] for name in node.inputs]
        for position, value in enumerate(_translated(translation, node, inputs, input_name)):
            values[f"{node.name}:{position}" if position else node.name] = value
    entry = next(node for node in model.nodes if node.op == "Placeholder")
    given = [_described(input_name, entry.shape())]
    wanted = [_renamed(translation, values, source, name) for source, name in output_names.items()]
    nodes = [*translation.casts, *translation.nodes]
    return helper.make_graph(
        nodes, "network", given, wanted, list(translation.initializers.values())
    )


def _ordered(model: GraphModel) -> list[Node]:
    """Each node after those it takes from; the same file gives the same order."""
    nodes = {node.name: node for node in model.nodes}
    order = TopologicalSorter({name: node.sources for name, node in nodes.items()})
    return [nodes[name] for name in order.static_order()]


def _translated(
    translation: Translation, node: Node, inputs: list[Value], input_name: str
) -> list[Value]:
    if node.op == "Const":
        return [translation.model.constants[node.name]]
    if node.op == "Placeholder":
        _, _, rows, columns = node.shape()
        return [Feature(input_name, (rows, columns))]
    if node.op not in OPERATIONS:
        known = ", ".join(sorted(OPERATIONS))
        raise UnsupportedGraph(
            f"The operation {node.op} ({node.name}) is not known; known: {known}."
        )
    return OPERATIONS[node.op](translation, node, inputs)


def _renamed(
    translation: Translation, values: Mapping[str, Value], source: str, name: str
) -> onnx.ValueInfoProto:
    """Give the tensor of an output node its final name, where it is made."""
    node = next(node for node in translation.model.nodes if node.name == source)
    translation.maker_of(unpadded(values[source], node).name).output[0] = name
    return _described(name, translation.model.outputs[source])


def _described(name: str, shape: list[int] | tuple[int, ...]) -> onnx.ValueInfoProto:
    sides: list[str | int | None] = [BATCH, *shape[1:]]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, sides)
