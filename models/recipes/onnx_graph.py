"""Translates a TensorFlow.js graph of convolutions into ONNX, channels first and with a free batch size."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.errors import UnsupportedGraph
from models.recipes.tfjs import Constant, GraphModel, Node

TO_CHANNELS_LAST = (0, 2, 3, 1)
TO_CHANNELS_FIRST = (0, 3, 1, 2)

NO_PADDING = ((0, 0), (0, 0))

SizeHW = tuple[int, int]
Padding = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Feature:
    """A tensor of the graph that is being written."""

    name: str
    """Name in the ONNX graph; always stored (batch, channels, rows, columns)."""

    size_hw: SizeHW
    """Rows and columns, without the padding that waits."""

    channels_last: bool = False
    """Whether the source graph sees it transposed; the ONNX graph never transposes it."""

    padding: Padding = NO_PADDING
    """Cells to add before and after rows, then columns, by the operation that takes it."""

    padding_value: float = 0.0
    """What the added cells hold."""


Value = Feature | Constant


@dataclass
class Translation:
    """The ONNX graph while it grows."""

    model: GraphModel
    casts: list[onnx.NodeProto] = field(default_factory=list)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initializers: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def emit(self, op: str, inputs: list[str], outputs: list[str], **attributes: object) -> None:
        """Add one ONNX operation, named after its first output."""
        self.nodes.append(helper.make_node(op, inputs, outputs, name=outputs[0], **attributes))

    def integers(self, name: str, values: list[int]) -> str:
        """Store a list of int64."""
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


def translate(
    model: GraphModel, input_name: str, output_names: Mapping[str, str]
) -> onnx.GraphProto:
    """Write the ONNX graph of a TensorFlow.js graph of convolutions.

    Transpositions between channels-last and channels-first vanish, explicit paddings and biases go into the
    convolution beside them, shapes are computed here. Weights keep the precision in which they are stored.

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
        for position, value in enumerate(_apply(translation, node, inputs, input_name)):
            values[f"{node.name}:{position}" if position else node.name] = value
    return _graph(translation, values, input_name, output_names)


def _ordered(model: GraphModel) -> list[Node]:
    nodes = {node.name: node for node in model.nodes}
    order = TopologicalSorter({name: node.sources for name, node in nodes.items()}).static_order()
    return [nodes[name] for name in order]


def _graph(
    translation: Translation,
    values: Mapping[str, Value],
    input_name: str,
    output_names: Mapping[str, str],
) -> onnx.GraphProto:
    placeholder = next(node for node in translation.model.nodes if node.op == "Placeholder")
    outputs = []
    for source, name in output_names.items():
        last = _feature(values[source], source).name
        next(made for made in translation.nodes if made.output[0] == last).output[0] = name
        shape = ["batch", *translation.model.outputs[source][1:]]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    entry = helper.make_tensor_value_info(
        input_name, TensorProto.FLOAT, ["batch", *_input_shape(placeholder)[1:]]
    )
    nodes = [*translation.casts, *translation.nodes]
    return helper.make_graph(
        nodes, "nanodet", [entry], outputs, list(translation.initializers.values())
    )


def _input_shape(node: Node) -> list[int]:
    return [int(dim["size"]) for dim in node.attributes["shape"]["shape"]["dim"]]


def _apply(
    translation: Translation, node: Node, inputs: list[Value], input_name: str
) -> list[Value]:
    if node.op == "Const":
        return [translation.model.constants[node.name]]
    if node.op == "Placeholder":
        _, _, rows, columns = _input_shape(node)
        return [Feature(input_name, (rows, columns))]
    if node.op not in OPERATIONS:
        raise UnsupportedGraph(
            f"The operation {node.op} ({node.name}) is not known; known are {', '.join(sorted(OPERATIONS))}."
        )
    return OPERATIONS[node.op](translation, node, inputs)


def _identity(_translation: Translation, _node: Node, inputs: list[Value]) -> list[Value]:
    return [inputs[0]]


def _shape_constant(_translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    """SparseToDense without any index: an array of the default value."""
    indices, shape, _, default = (_constant(value, node) for value in inputs)
    _require(indices.size == 0, node, "indices", indices.tolist(), "none")
    return [np.full(tuple(shape), default)]


def _sum(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    if all(isinstance(value, np.ndarray) for value in inputs):
        return [np.add(*(_constant(value, node) for value in inputs))]
    first = _feature(inputs[0], node.name)
    if isinstance(inputs[1], np.ndarray):
        return [_with_bias(translation, node, first, inputs[1])]
    second = _feature(inputs[1], node.name)
    _require(first.size_hw == second.size_hw, node, "sizes", second.size_hw, first.size_hw)
    _require(
        not first.channels_last and not second.channels_last,
        node,
        "layout",
        "channels last",
        "channels first",
    )
    translation.emit("Add", [_unpadded(first, node), _unpadded(second, node)], [node.name])
    return [replace(first, name=node.name)]


def _with_bias(translation: Translation, node: Node, feature: Feature, bias: Constant) -> Feature:
    """Hand the bias to the convolution that made the feature, which nothing else may take from."""
    takers = [other.name for other in translation.model.nodes if feature.name in other.sources]
    _require(takers == [node.name], node, "takers of the convolution", takers, [node.name])
    _require(
        feature.channels_last and bias.ndim == 1,
        node,
        "bias shape",
        bias.shape,
        "one value per channel",
    )
    convolution = next(made for made in translation.nodes if made.output[0] == feature.name)
    _require(
        convolution.op_type == "Conv",
        node,
        "operation before the bias",
        convolution.op_type,
        "Conv",
    )
    convolution.input.append(translation.floats(f"{feature.name}/bias", bias))
    return feature


def _transpose(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    order = tuple(_constant(inputs[1], node).tolist())
    if len(order) == len(TO_CHANNELS_LAST):
        wanted = TO_CHANNELS_FIRST if feature.channels_last else TO_CHANNELS_LAST
        _require(order == wanted, node, "order of axes", order, wanted)
        return [replace(feature, channels_last=not feature.channels_last)]
    translation.emit("Transpose", [_unpadded(feature, node)], [node.name], perm=list(order))
    return [replace(feature, name=node.name)]


def _pad(_translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    _unpadded(feature, node)
    batch, channels, rows, columns = (tuple(pair) for pair in _constant(inputs[1], node).tolist())
    _require(
        batch == channels == (0, 0) and not feature.channels_last,
        node,
        "padding of",
        "channels",
        "rows, columns",
    )
    value = float(_constant(inputs[2], node)) if len(inputs) > 2 else 0.0  # noqa: PLR2004 - PadV2 has a third input
    return [replace(feature, padding=(rows, columns), padding_value=value)]


def _convolution(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    kernel = _constant(inputs[1], node)
    _require(feature.padding_value == 0.0, node, "padding value", feature.padding_value, 0.0)
    _require(
        _integers(node, "dilations") == [1, 1, 1, 1],
        node,
        "dilations",
        _integers(node, "dilations"),
        [1] * 4,
    )
    window: SizeHW = (kernel.shape[0], kernel.shape[1])
    size_hw, attributes = _windowed(node, feature, window)
    weights = translation.floats(f"{node.name}/kernel", kernel.transpose(3, 2, 0, 1))
    translation.emit("Conv", [feature.name, weights], [node.name], **attributes)
    return [Feature(node.name, size_hw, channels_last=True)]


def _max_pool(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    is_padded = feature.padding != NO_PADDING
    _require(
        not is_padded or feature.padding_value == -np.inf,
        node,
        "padding",
        feature.padding_value,
        "-inf",
    )
    _, rows, columns, _ = _integers(node, "ksize")
    size_hw, attributes = _windowed(node, feature, (rows, columns))
    translation.emit("MaxPool", [feature.name], [node.name], **attributes)
    return [Feature(node.name, size_hw, channels_last=True)]


def _windowed(node: Node, feature: Feature, window: SizeHW) -> tuple[SizeHW, dict[str, object]]:
    """Size and attributes of an operation that slides a window; checks the layout and padding of the source."""
    _require(feature.channels_last, node, "layout", "channels first", "channels last")
    _require(
        _text(node, "data_format") == "NHWC",
        node,
        "data_format",
        _text(node, "data_format"),
        "NHWC",
    )
    _require(_text(node, "padding") == "VALID", node, "padding", _text(node, "padding"), "VALID")
    _, *strides, _ = _integers(node, "strides")
    rows, columns = (
        (side + sum(pad) - length) // stride + 1
        for side, pad, length, stride in zip(
            feature.size_hw, feature.padding, window, strides, strict=True
        )
    )
    (top, bottom), (left, right) = feature.padding
    pads = [top, left, bottom, right]
    return (rows, columns), {"kernel_shape": list(window), "strides": strides, "pads": pads}


def _leaky_relu(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    alpha = float(node.attributes["alpha"]["f"])
    translation.emit("LeakyRelu", [_unpadded(feature, node)], [node.name], alpha=alpha)
    return [replace(feature, name=node.name)]


def _sigmoid(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    translation.emit("Sigmoid", [_unpadded(feature, node)], [node.name])
    return [replace(feature, name=node.name)]


def _concat(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    *parts, axis = inputs
    features = [_feature(part, node.name) for part in parts]
    _require(
        not any(f.channels_last for f in features),
        node,
        "layout",
        "channels last",
        "channels first",
    )
    names = [_unpadded(feature, node) for feature in features]
    translation.emit("Concat", names, [node.name], axis=int(_constant(axis, node)))
    return [replace(features[0], name=node.name)]


def _split(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    _require(not feature.channels_last, node, "layout", "channels last", "channels first")
    sizes = _constant(inputs[1], node).tolist()
    names = [f"{node.name}:{position}" for position in range(len(sizes))]
    lengths = translation.integers(f"{node.name}/sizes", sizes)
    translation.emit(
        "Split", [_unpadded(feature, node), lengths], names, axis=int(_constant(inputs[2], node))
    )
    return [replace(feature, name=name) for name in names]


def _resize(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = _feature(inputs[0], node.name)
    _require(feature.channels_last, node, "layout", "channels first", "channels last")
    options = (node.attributes["half_pixel_centers"]["b"], node.attributes["align_corners"]["b"])
    _require(
        options == (True, False), node, "half_pixel_centers, align_corners", options, (True, False)
    )
    rows, columns = (int(side) for side in _constant(inputs[1], node))
    scales = np.asarray([1, 1, rows / feature.size_hw[0], columns / feature.size_hw[1]], np.float32)
    inputs_of_resize = [
        _unpadded(feature, node),
        "",
        translation.floats(f"{node.name}/scales", scales),
    ]
    translation.emit(
        "Resize",
        inputs_of_resize,
        [node.name],
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )
    return [Feature(node.name, (rows, columns), channels_last=True)]


def _reshape(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    """Reshape with a batch of one in the source; a 0 in ONNX keeps the batch as it comes."""
    feature = _feature(inputs[0], node.name)
    batch, *rest = _constant(inputs[1], node).tolist()
    _require(batch == 1 and not feature.channels_last, node, "batch", batch, 1)
    shape = translation.integers(f"{node.name}/shape", [0, *rest])
    translation.emit("Reshape", [_unpadded(feature, node), shape], [node.name])
    return [replace(feature, name=node.name)]


Operation = Callable[[Translation, Node, list[Value]], list[Value]]

OPERATIONS: Mapping[str, Operation] = {
    "Add": _sum,
    "AddV2": _sum,
    "ConcatV2": _concat,
    "Conv2D": _convolution,
    "Identity": _identity,
    "LeakyRelu": _leaky_relu,
    "MaxPool": _max_pool,
    "Pad": _pad,
    "PadV2": _pad,
    "Reshape": _reshape,
    "ResizeBilinear": _resize,
    "Sigmoid": _sigmoid,
    "SparseToDense": _shape_constant,
    "SplitV": _split,
    "Transpose": _transpose,
}
"""The TensorFlow operations that have an exact translation here."""


def _require(holds: bool, node: Node, what: str, found: object, wanted: object) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise UnsupportedGraph(f"{node.op} ({node.name}): {what} is {found}, wanted {wanted}.")


def _unpadded(feature: Feature, node: Node) -> str:
    _require(feature.padding == NO_PADDING, node, "padding before it", feature.padding, "none")
    return feature.name


def _feature(value: Value, where: str) -> Feature:
    if not isinstance(value, Feature):
        raise UnsupportedGraph(
            f"{where} works on a constant where a tensor of the picture was wanted."
        )
    return value


def _constant(value: Value, node: Node) -> Constant:
    if isinstance(value, Feature):
        raise UnsupportedGraph(f"{node.op} ({node.name}) takes {value.name}, wanted a constant.")
    return value


def _integers(node: Node, attribute: str) -> list[int]:
    return [int(value) for value in node.attributes[attribute]["list"]["i"]]


def _text(node: Node, attribute: str) -> str:
    return base64.b64decode(node.attributes[attribute]["s"]).decode("ascii")
