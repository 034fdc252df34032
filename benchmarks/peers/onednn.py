"""Describes an int8 network for peers/onednn.cpp.

Activations are u8 where they cannot be negative and s8 elsewhere, both with
zero points of 0, which oneDNN's kernels are fastest with; weights are s8 with a
scale per output channel. Residual additions become part of a convolution.
"""

import json
from pathlib import Path

import numpy as np
from onnx import NodeProto

from .network import Network, absorb_clamps, attributes
from .qdq import ABSORBING, SAME_SCALE, Ranges

AVERAGES = ("AveragePool", "GlobalAveragePool")


class Unsupported(Exception):
    """A network that peers/onednn.cpp has no layer for."""


class _Describer:
    def __init__(self, network: Network, tensors: dict):
        self.network = network
        self.shapes = {name: tensor["shape"] for name, tensor in tensors.items()}
        observed = {name: tensor["range"] for name, tensor in tensors.items()}
        self.bounds = absorb_clamps(network, ABSORBING)
        # oneDNN's averages do not rescale.
        same_scale = (*SAME_SCALE, *AVERAGES)
        self.ranges = Ranges(network, observed, self.bounds, same_scale)
        self.residuals = self._find_residuals()
        self.alias: dict[str, str] = {}
        self.layers: list[dict] = []
        self.weights = bytearray()

    def _find_residuals(self) -> dict[str, NodeProto]:
        """Additions by the convolution that performs them, the later operand."""
        order = {node.output[0]: i for i, node in enumerate(self.network.nodes)}
        producers = self.network.producers()
        readers = {}
        for node in self.network.nodes:
            for name in node.input:
                readers.setdefault(name, []).append(order[node.output[0]])
        result = {}
        for node in self.network.nodes:
            if node.op_type != "Add":
                continue
            other, conv = sorted(node.input, key=lambda name: order.get(name, -1))
            if (
                producers[conv].op_type != "Conv"
                or conv in self.bounds
                or self.network.users[conv] != 1
                # The sum overwrites the other operand.
                or any(
                    reader >= order[conv] and reader != order[node.output[0]]
                    for reader in readers[other]
                )
            ):
                raise Unsupported(f"the addition {node.output[0]} cannot be fused")
            result[conv] = node
        return result

    def stored(self, name: str) -> tuple[str, float]:
        """Type and scale of a tensor."""
        low, high = self.ranges.bounds(name)
        if low >= 0:
            return "u8", max(high, 1e-6) / 255
        return "s8", max(-low, high) / 127

    def value(self, name: str) -> str:
        return self.alias.get(name, name)

    def constant(self, value: np.ndarray) -> int:
        """Appends to the file of weights; the offset."""
        self.weights += bytes(-len(self.weights) % 64)
        offset = len(self.weights)
        self.weights += value.tobytes()
        return offset

    def layer(self, op: str, name: str, **members) -> dict:
        kind, _ = self.stored(name)
        layer = {"op": op, "name": name, "shape": self.shapes[name], "type": kind}
        layer.update(members)
        self.layers.append(layer)
        return layer

    def quantized_weights(self, node: NodeProto, scale_out: float) -> dict:
        weights = self.network.constants[node.input[1]]
        channels = len(weights)
        bias = np.zeros(channels, np.float32)
        if len(node.input) > 2:
            bias = self.network.constants[node.input[2]]
        scales = np.abs(weights).reshape(channels, -1).max(axis=1) / 127
        scales = np.maximum(scales, 1e-9)
        shape = (-1,) + (1,) * (weights.ndim - 1)
        stored = np.clip(np.rint(weights / scales.reshape(shape)), -127, 127)
        accumulator = scales * self.stored(node.input[0])[1]
        return {
            "input": self.value(node.input[0]),
            "weights": self.constant(stored.astype(np.float32)),
            "bias": self.constant((bias / accumulator).astype(np.float32)),
            "scales": [float(s) for s in accumulator / scale_out],
        }

    def conv(self, node: NodeProto) -> None:
        attrs = attributes(node)
        addition = self.residuals.get(node.output[0])
        name = addition.output[0] if addition else node.output[0]
        kind, scale = self.stored(name)
        weights = self.network.constants[node.input[1]].shape
        groups = attrs.get("group", 1)
        if groups > 1:
            weights = (groups, weights[0] // groups, *weights[1:])
        layer = self.layer(
            "conv",
            name,
            weight_shape=list(weights),
            strides=list(attrs.get("strides", [1, 1])),
            dilations=list(attrs.get("dilations", [1, 1])),
            pads_begin=list(attrs.get("pads", [0] * 4)[:2]),
            pads_end=list(attrs.get("pads", [0] * 4)[2:]),
            **self.quantized_weights(node, scale),
        )
        if addition:
            (other,) = (n for n in addition.input if n != node.output[0])
            layer["residual"] = self.value(other)
            layer["residual_scale"] = self.stored(other)[1] / scale
        # Values saturate at the bounds of u8; a clamp inside needs an operation.
        low, high = self.bounds.get(name, (-np.inf, np.inf))
        if (kind == "s8" and (low > -np.inf or high < np.inf)) or high < 254.5 * scale:
            layer["clamp"] = [max(low / scale, -128), min(high / scale, 255)]

    def gemm(self, node: NodeProto) -> None:
        source = self.value(node.input[0])
        shape = self.shapes[source]
        out = self.network.constants[node.input[1]].shape[0]
        name = node.output[0]
        is_output = name == self.network.output
        scale = 1 if is_output else self.stored(name)[1]
        layer = self.layer(
            "inner_product",
            name,
            weight_shape=[out, *shape[1:]],
            **self.quantized_weights(node, scale),
        )
        if is_output:
            layer["type"] = "f32"

    def pool(self, node: NodeProto) -> None:
        attrs = attributes(node)
        name, source = node.output[0], self.value(node.input[0])
        height, width = self.shapes[source][2:]
        kernel = list(attrs.get("kernel_shape", [height, width]))
        strides = list(attrs.get("strides", [1, 1]))
        pads = list(attrs.get("pads", [0] * 4))
        for axis in range(2):  # rounding up needs more padding at the end
            need = (self.shapes[name][2 + axis] - 1) * strides[axis] + kernel[axis]
            need -= self.shapes[source][2 + axis] + pads[axis]
            pads[2 + axis] = max(pads[2 + axis], need)
        self.layer(
            "pool",
            name,
            kind="max" if node.op_type == "MaxPool" else "avg",
            input=source,
            kernel=kernel,
            strides=strides,
            pads_begin=pads[:2],
            pads_end=pads[2:],
        )

    def describe(self, weights_file: Path) -> dict:
        handlers = {
            "Conv": self.conv,
            "Gemm": self.gemm,
            **dict.fromkeys(("MaxPool", *AVERAGES), self.pool),
        }
        for node in self.network.nodes:
            name = node.output[0]
            if node.op_type == "Concat" and attributes(node).get("axis") == 1:
                inputs = [self.value(n) for n in node.input]
                self.layer("concat", name, inputs=inputs)
            elif node.op_type in ("Flatten", "Reshape"):
                self.alias[name] = self.value(node.input[0])
            elif node.op_type in handlers:
                handlers[node.op_type](node)
            elif node.op_type != "Add":
                raise Unsupported(f"no layer for {node.op_type}")
        source, output = self.network.input, self.value(self.network.output)
        kind, scale = self.stored(source)
        is_float = self.layers[-1]["type"] == "f32"
        return {
            "weights": str(weights_file),
            "input": {
                "name": source,
                "shape": self.network.input_shape,
                "scale": scale,
                "type": kind,
            },
            "layers": self.layers,
            "output": {
                "name": output,
                "scale": 1 if is_float else self.stored(output)[1],
            },
        }


def write_description(network: Network, tensors: dict, file: Path) -> None:
    """Writes `file` and the weights beside it; raises Unsupported.

    `tensors` has the range and shape of every tensor in float. Changes `network`.
    """
    describer = _Describer(network, tensors)
    weights_file = file.with_suffix(".weights")
    description = describer.describe(weights_file)
    weights_file.write_bytes(describer.weights)
    file.write_text(json.dumps(description))
