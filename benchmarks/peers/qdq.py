"""Writes the QDQ model that ONNX Runtime fuses into integer operators.

Activations are u8 with one scale each, weights s8 with one scale per output
channel, biases i32. Every operator stands between DequantizeLinear and
QuantizeLinear, the form the runtime's own quantizer writes.
"""

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper

from .network import Network, absorb_clamps, attributes

# Operators whose result has the scale of their inputs: values move, or the
# largest is taken.
SAME_SCALE = ("MaxPool", "Flatten", "Reshape", "Concat")
WITH_WEIGHTS = ("Conv", "Gemm")
ABSORBING = ("Conv", "Gemm", "Add")


class Ranges:
    """The range of each tensor; tensors that must share a scale share one."""

    def __init__(
        self,
        network: Network,
        observed: dict[str, tuple[float, float]],
        bounds: dict[str, tuple[float, float]],
        same_scale: tuple[str, ...] = SAME_SCALE,
    ):
        self._parent: dict[str, str] = {}
        self._range: dict[str, tuple[float, float]] = {}
        for name, (low, high) in observed.items():
            limits = bounds.get(name, (-np.inf, np.inf))
            self._range[name] = max(min(low, 0), limits[0]), min(high, limits[1])
        for node in network.nodes:
            if node.op_type in same_scale:
                count = 1 if node.op_type == "Reshape" else len(node.input)
                for name in node.input[:count]:
                    self._unite(name, node.output[0])

    def _root(self, name: str) -> str:
        while name in self._parent:
            name = self._parent[name]
        return name

    def _unite(self, a: str, b: str) -> None:
        a, b = self._root(a), self._root(b)
        if a == b:
            return
        (low_a, high_a), (low_b, high_b) = self._range[a], self._range[b]
        self._range[b] = min(low_a, low_b), max(high_a, high_b)
        self._parent[a] = b

    def bounds(self, name: str) -> tuple[float, float]:
        return self._range[self._root(name)]

    def scale_and_zero_point(self, name: str) -> tuple[float, int]:
        """u8, with zero represented exactly."""
        low, high = self.bounds(name)
        scale = max(high - low, 1e-6) / 255
        return scale, int(np.clip(round(-low / scale), 0, 255))


class _Writer:
    def __init__(self, network: Network, ranges: Ranges):
        self.network = network
        self.ranges = ranges
        self.nodes: list[NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        # What a consumer dequantizes a tensor with.
        self.scales: dict[str, tuple[float, int]] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def add(self, op: str, inputs: list[str], output: str, **attrs) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attrs))
        return output

    def quantize(self, name: str, scale: float, zero_point: int) -> None:
        parameters = [
            self.constant(f"{name}.scale", np.float32(scale)),
            self.constant(f"{name}.zero_point", np.uint8(zero_point)),
        ]
        self.add("QuantizeLinear", [name, *parameters], f"{name}.q")
        self.scales[name] = scale, zero_point

    def dequantize(self, name: str, user: str) -> str:
        result = f"{name}.for.{user}"
        scale, zero_point = self.scales[name]
        parameters = [
            self.constant(f"{result}.scale", np.float32(scale)),
            self.constant(f"{result}.zero_point", np.uint8(zero_point)),
        ]
        return self.add("DequantizeLinear", [f"{name}.q", *parameters], result)

    def weights(self, node: NodeProto, source: str) -> list[str]:
        """Dequantized weights and bias of a node."""
        name = node.output[0]
        value = self.network.constants[node.input[1]]
        if node.op_type == "Gemm" and not attributes(node).get("transB", 0):
            raise ValueError(f"{name}: expected a Gemm with transB=1")
        largest = np.abs(value).reshape(len(value), -1).max(axis=1)
        scales = (np.maximum(largest, 1e-9) / 127).astype(np.float32)
        shape = (-1,) + (1,) * (value.ndim - 1)
        stored = np.clip(np.rint(value / scales.reshape(shape)), -127, 127)
        zeros = np.zeros(len(scales), np.int8)
        operands = [
            self._dequantized(f"{name}.w", stored.astype(np.int8), scales, zeros)
        ]
        if len(node.input) > 2:
            bias_scales = (scales * np.float32(self.scales[source][0])).astype(np.float32)
            bias = np.rint(self.network.constants[node.input[2]] / bias_scales)
            limit = 2**31 - 1
            bias = np.clip(bias, -limit, limit).astype(np.int32)
            operands.append(
                self._dequantized(f"{name}.b", bias, bias_scales, zeros.astype(np.int32))
            )
        return operands

    def _dequantized(self, name, stored, scales, zeros) -> str:
        parameters = [
            self.constant(f"{name}.stored", stored),
            self.constant(f"{name}.scale", scales),
            self.constant(f"{name}.zero_point", zeros),
        ]
        return self.add("DequantizeLinear", parameters, name, axis=0)

    def hard_sigmoid(self, node: NodeProto) -> None:
        """clamp(alpha x + beta, 0, 1) as a saturating integer addition.

        x + beta/alpha, stored in steps of 1/(255 alpha), saturates to 0..255;
        read in steps of 1/255 it is the result.
        """
        name = node.output[0]
        alpha, beta = (attributes(node).get(k) for k in ("alpha", "beta"))
        alpha, beta = 0.2 if alpha is None else alpha, 0.5 if beta is None else beta
        offset = f"{name}.offset"
        self.constant(f"{offset}.q", np.uint8(255))
        self.scales[offset] = beta / alpha / 255, 0
        operands = [self.dequantize(node.input[0], name), self.dequantize(offset, name)]
        self.add("Add", operands, name)
        self.quantize(name, 1 / alpha / 255, 0)
        self.scales[name] = 1 / 255, 0

    def write(self, node: NodeProto) -> None:
        name = node.output[0]
        if node.op_type == "HardSigmoid":
            return self.hard_sigmoid(node)
        operands = []
        for index, operand in enumerate(node.input):
            if index > 0 and node.op_type in WITH_WEIGHTS:
                operands += self.weights(node, node.input[0])
                break
            if operand in self.network.constants:
                operands.append(
                    self.constant(f"{name}.{operand}", self.network.constants[operand])
                )
            else:
                operands.append(self.dequantize(operand, name))
        copy = NodeProto()
        copy.CopyFrom(node)
        copy.name = name
        del copy.input[:]
        copy.input.extend(operands)
        self.nodes.append(copy)
        if not (node.op_type == "Gemm" and name == self.network.output):
            self.quantize(name, *self.ranges.scale_and_zero_point(name))


def write_qdq(network: Network, observed: dict[str, tuple[float, float]]) -> onnx.ModelProto:
    """The quantized model; `observed` has the range of every tensor in float.

    Changes `network`: its clamps move into the ranges.
    """
    bounds = absorb_clamps(network, ABSORBING)
    writer = _Writer(network, Ranges(network, observed, bounds))
    output, shape = network.output, network.input_shape
    writer.quantize(network.input, *writer.ranges.scale_and_zero_point(network.input))
    for node in network.nodes:
        writer.write(node)
    result = output
    if output in writer.scales:
        result = writer.dequantize(output, "result")
    graph = helper.make_graph(
        writer.nodes,
        "quantized",
        [helper.make_tensor_value_info(network.input, onnx.TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(result, onnx.TensorProto.FLOAT, None)],
        writer.initializers,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", network.opset)]
    )
    model.ir_version = 8
    return model


# Operators of ONNX Runtime's optimized graph that work on integers, or that
# stand at the borders of the network.
INTEGER_OPERATORS = {
    "QLinearConv", "QLinearAdd", "QLinearMul", "QGemm", "QLinearConcat",
    "QLinearSigmoid", "QLinearAveragePool", "QLinearGlobalAveragePool",
    "QLinearLeakyRelu", "QLinearSoftmax",
    "MaxPool", "NhwcMaxPool", "Transpose", "Flatten", "Reshape", "Concat",
    "Squeeze", "Unsqueeze",
}  # fmt: skip


def not_fused(optimized: onnx.ModelProto) -> list[str]:
    """Nodes that ONNX Runtime executes in float, as "operator name"."""
    graph = optimized.graph
    inputs = {value.name for value in graph.input}
    outputs = {value.name for value in graph.output}
    result = []
    for node in graph.node:
        border = (node.op_type == "QuantizeLinear" and node.input[0] in inputs) or (
            node.op_type == "DequantizeLinear" and node.output[0] in outputs
        )
        if node.op_type not in INTEGER_OPERATORS and not border:
            result.append(f"{node.op_type} {node.name}")
    return result
