"""The TensorFlow operations that have an exact translation to ONNX here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from models.recipes.onnx_graph import (
    NO_PADDING,
    Feature,
    SizeHW,
    Translation,
    Value,
    constant_of,
    feature_of,
    require,
    unpadded,
)
from models.recipes.tfjs import Constant, Node

FROM_NCHW_TO_NHWC = (0, 2, 3, 1)
FROM_NHWC_TO_NCHW = (0, 3, 1, 2)

Operation = Callable[[Translation, Node, list[Value]], list[Value]]
"""Writes one source node and gives its outputs."""


def _identity(_translation: Translation, _node: Node, inputs: list[Value]) -> list[Value]:
    return [inputs[0]]


def _filled(_translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    """Translate SparseToDense without any index: an array of the default value."""
    indices, shape, _, default = (constant_of(value, node) for value in inputs)
    require(node, "number of indices", indices.size, 0)
    return [np.full(tuple(shape), default)]


def _sum(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    first, second = inputs
    if isinstance(first, np.ndarray):
        return [first + constant_of(second, node)]
    if isinstance(second, np.ndarray):
        return [_with_bias(translation, node, unpadded(first, node, "NHWC"), second)]
    left, right = unpadded(first, node), unpadded(second, node)
    require(node, "size of the second input", right.size_hw, left.size_hw)
    translation.emit("Add", [left.name, right.name], [node.name])
    return [replace(left, name=node.name)]


def _with_bias(translation: Translation, node: Node, feature: Feature, bias: Constant) -> Feature:
    """Hand the bias to the convolution that made the feature, which nothing else may take from."""
    takers = [other.name for other in translation.model.nodes if feature.name in other.sources]
    require(node, "what takes the convolution", takers, [node.name])
    require(node, "number of axes of the bias", bias.ndim, 1)
    convolution = translation.maker_of(feature.name)
    require(node, "operation before the bias", convolution.op_type, "Conv")
    convolution.input.append(translation.floats(f"{feature.name}/bias", bias))
    return feature


def _transpose(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    order = tuple(constant_of(inputs[1], node).tolist())
    if order == FROM_NCHW_TO_NHWC:
        return [replace(feature_of(inputs[0], node, "NCHW"), layout="NHWC")]
    if order == FROM_NHWC_TO_NCHW:
        return [replace(feature_of(inputs[0], node, "NHWC"), layout="NCHW")]
    require(node, "order of axes", order, (0, 2, 1))
    feature = unpadded(inputs[0], node)
    translation.emit("Transpose", [feature.name], [node.name], perm=list(order))
    return [replace(feature, name=node.name)]


def _pad(_translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = unpadded(inputs[0], node)
    batch, channels, rows, columns = (tuple(pair) for pair in constant_of(inputs[1], node).tolist())
    require(node, "padding of batch and channels", (batch, channels), NO_PADDING)
    value = float(constant_of(inputs[2], node)) if node.op == "PadV2" else 0.0
    return [replace(feature, padding=(rows, columns), padding_value=value)]


def _convolution(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = feature_of(inputs[0], node, "NHWC")
    kernel = constant_of(inputs[1], node)
    require(node, "padding value", feature.padding_value, 0.0)
    require(node, "dilations", node.integers("dilations"), [1, 1, 1, 1])
    size_hw, attributes = _window(node, feature, (kernel.shape[0], kernel.shape[1]))
    weights = translation.floats(f"{node.name}/kernel", kernel.transpose(3, 2, 0, 1))
    translation.emit("Conv", [feature.name, weights], [node.name], **attributes)
    return [Feature(node.name, size_hw, "NHWC")]


def _max_pool(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = feature_of(inputs[0], node, "NHWC")
    if feature.padding != NO_PADDING:
        require(node, "padding value", feature.padding_value, -np.inf)
    _, rows, columns, _ = node.integers("ksize")
    size_hw, attributes = _window(node, feature, (rows, columns))
    translation.emit("MaxPool", [feature.name], [node.name], **attributes)
    return [Feature(node.name, size_hw, "NHWC")]


def _window(node: Node, feature: Feature, window: SizeHW) -> tuple[SizeHW, dict[str, Any]]:
    """Size and attributes of the result of an operation that slides a window."""
    require(node, "data_format", node.text("data_format"), "NHWC")
    require(node, "padding", node.text("padding"), "VALID")
    _, *strides, _ = node.integers("strides")
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
    feature = unpadded(inputs[0], node)
    alpha = float(node.attributes["alpha"]["f"])
    translation.emit("LeakyRelu", [feature.name], [node.name], alpha=alpha)
    return [replace(feature, name=node.name)]


def _sigmoid(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = unpadded(inputs[0], node)
    translation.emit("Sigmoid", [feature.name], [node.name])
    return [replace(feature, name=node.name)]


def _concat(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    *parts, axis = inputs
    features = [unpadded(part, node) for part in parts]
    require(node, "axis", int(constant_of(axis, node)), 1)
    translation.emit("Concat", [feature.name for feature in features], [node.name], axis=1)
    return [replace(features[0], name=node.name)]


def _split(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = unpadded(inputs[0], node)
    require(node, "axis", int(constant_of(inputs[2], node)), 1)
    sizes = constant_of(inputs[1], node).tolist()
    lengths = translation.integers(f"{node.name}/sizes", sizes)
    names = [f"{node.name}:{position}" for position in range(len(sizes))]
    translation.emit("Split", [feature.name, lengths], names, axis=1)
    return [replace(feature, name=name) for name in names]


def _resize(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    feature = unpadded(inputs[0], node, "NHWC")
    require(node, "half_pixel_centers", node.attributes["half_pixel_centers"]["b"], wanted=True)
    require(node, "align_corners", node.attributes["align_corners"]["b"], wanted=False)
    rows, columns = (int(side) for side in constant_of(inputs[1], node))
    factors = [1, 1, rows / feature.size_hw[0], columns / feature.size_hw[1]]
    scales = translation.floats(f"{node.name}/scales", np.asarray(factors, np.float32))
    options = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    translation.emit("Resize", [feature.name, "", scales], [node.name], **options)
    return [Feature(node.name, (rows, columns), "NHWC")]


def _reshape(translation: Translation, node: Node, inputs: list[Value]) -> list[Value]:
    """Reshape a batch of one in the source; the 0 in ONNX keeps the batch as it comes."""
    feature = unpadded(inputs[0], node)
    batch, *rest = constant_of(inputs[1], node).tolist()
    require(node, "batch", batch, 1)
    shape = translation.integers(f"{node.name}/shape", [0, *rest])
    translation.emit("Reshape", [feature.name, shape], [node.name])
    return [replace(feature, name=node.name)]


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
    "SparseToDense": _filled,
    "SplitV": _split,
    "Transpose": _transpose,
}
"""Translation by TensorFlow operation."""
