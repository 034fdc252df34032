"""Runs the exported ONNX file with numpy, to check the export itself.

Covers the ops this network uses and nothing more.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper


def _conv(x, weights, stride, pads, groups):
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    kernel = weights.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, (2, 3))
    windows = windows[:, :, :: stride[0], :: stride[1]]
    n, c, h, w = windows.shape[:4]
    windows = windows.reshape(n, groups, c // groups, h, w, *kernel)
    weights = weights.reshape(groups, -1, *weights.shape[1:])
    y = np.einsum("ngchwij,gocij->ngohw", windows, weights, optimize=True)
    return y.reshape(n, -1, h, w)


def _batch_norm(x, gamma, beta, mean, variance, epsilon):
    scale = gamma / np.sqrt(variance + epsilon)
    shape = (1, -1, 1, 1)
    return x * scale.reshape(shape) + (beta - mean * scale).reshape(shape)


def _evaluate(node: onnx.NodeProto, inputs: list[np.ndarray]) -> np.ndarray:
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    match node.op_type:
        case "Constant":
            return numpy_helper.to_array(attributes["value"])
        case "Conv":
            return _conv(
                *inputs, attributes["strides"], attributes["pads"], attributes["group"]
            )
        case "BatchNormalization":
            return _batch_norm(*inputs, attributes["epsilon"])
        case "Clip":
            return np.clip(*inputs)
        case "Add":
            return inputs[0] + inputs[1]
        case "GlobalAveragePool":
            return inputs[0].mean((2, 3), keepdims=True)
        case "Flatten":
            return inputs[0].reshape(len(inputs[0]), -1)
        case "Gemm":
            return inputs[0] @ inputs[1].T + inputs[2]
    raise NotImplementedError(f"{node.name}: {node.op_type}")


def run(path: Path, image: np.ndarray) -> np.ndarray:
    """Returns the only output of the model at `path` for its only input."""
    graph = onnx.load(str(path)).graph
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    values[graph.input[0].name] = image
    for node in graph.node:
        inputs = [values[name] for name in node.input]
        values[node.output[0]] = _evaluate(node, inputs)
    return values[graph.output[0].name]
