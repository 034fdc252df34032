"""A float ONNX network in the form peers are given: batch-norm folded away."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper


@dataclass
class Network:
    """Nodes in topological order, each with one output, and constants by name."""

    nodes: list[NodeProto]
    constants: dict[str, np.ndarray]
    input: str
    input_shape: list[int]
    output: str
    opset: int
    users: Counter = field(default_factory=Counter)

    def count_users(self) -> None:
        self.users = Counter(name for node in self.nodes for name in node.input)
        self.users[self.output] += 1

    def producers(self) -> dict[str, NodeProto]:
        return {node.output[0]: node for node in self.nodes}

    def replace_uses(self, old: str, new: str) -> None:
        for node in self.nodes:
            for i, name in enumerate(node.input):
                if name == old:
                    node.input[i] = new

    def to_model(self, outputs: list[str]) -> onnx.ModelProto:
        """The float model with the given tensors as outputs."""
        used = {name for node in self.nodes for name in node.input}
        graph = helper.make_graph(
            self.nodes,
            "network",
            [_float_value(self.input, self.input_shape)],
            [_float_value(name, None) for name in outputs],
            [
                numpy_helper.from_array(value, name)
                for name, value in self.constants.items()
                if name in used
            ],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 8
        return model


def _float_value(name: str, shape: list[int] | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)


def attributes(node: NodeProto) -> dict:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def read_network(file: Path) -> Network:
    """Reads a model with one input and one output and folds what can be folded."""
    graph = (model := onnx.load(str(file))).graph
    network = Network(
        nodes=list(graph.node),
        constants={t.name: numpy_helper.to_array(t) for t in graph.initializer},
        input=graph.input[0].name,
        input_shape=[d.dim_value for d in graph.input[0].type.tensor_type.shape.dim],
        output=graph.output[0].name,
        opset=model.opset_import[0].version,
    )
    _resolve_aliases(network)
    _fold_batch_norms(network)
    network.count_users()
    return network


def _resolve_aliases(network: Network) -> None:
    """Removes Identity, Constant, Dropout, and Pad by nothing."""
    kept = []
    for node in network.nodes:
        if node.op_type == "Constant":
            value = numpy_helper.to_array(attributes(node)["value"])
            network.constants[node.output[0]] = value
        elif node.op_type in ("Identity", "Dropout") or _pads_nothing(network, node):
            if node.input[0] in network.constants:
                network.constants[node.output[0]] = network.constants[node.input[0]]
            else:
                network.replace_uses(node.output[0], node.input[0])
        else:
            kept.append(node)
    network.nodes = kept


def _pads_nothing(network: Network, node: NodeProto) -> bool:
    return node.op_type == "Pad" and not network.constants[node.input[1]].any()


def _fold_batch_norms(network: Network) -> None:
    """Folds into the convolution before, else makes a depthwise convolution.

    A 1x1 depthwise convolution is how a runtime with integer convolutions but
    without integer batch-norm computes one.
    """
    network.count_users()
    producers = network.producers()
    kept = []
    for node in network.nodes:
        if node.op_type != "BatchNormalization":
            kept.append(node)
            continue
        gamma, beta, mean, variance = (network.constants[n] for n in node.input[1:5])
        factor = gamma / np.sqrt(variance + attributes(node).get("epsilon", 1e-5))
        source, output = node.input[0], node.output[0]
        conv = producers.get(source)
        folds = conv and conv.op_type == "Conv" and network.users[source] == 1
        if folds:
            weights = network.constants[conv.input[1]]
            has_bias = len(conv.input) > 2
            bias = network.constants[conv.input[2]] if has_bias else 0.0
        else:
            conv = helper.make_node(
                "Conv", [source, ""], [output], name=node.name, group=len(factor)
            )
            weights = np.ones((len(factor), 1, 1, 1), np.float32)
            bias = 0.0
            kept.append(conv)
        names = f"{output}.weight", f"{output}.bias"
        network.constants[names[0]] = (
            weights * factor.reshape(-1, 1, 1, 1)
        ).astype(np.float32)
        network.constants[names[1]] = ((bias - mean) * factor + beta).astype(np.float32)
        del conv.input[1:]
        conv.input.extend(names)
        conv.output[0] = output
        producers[output] = conv
    network.nodes = kept


def clamp_bounds(network: Network, node: NodeProto) -> tuple[float, float] | None:
    """What Relu and Clip clamp to; none for other nodes."""
    if node.op_type == "Relu":
        return 0.0, np.inf
    if node.op_type == "Clip":
        low, high = (float(network.constants[name]) for name in node.input[1:3])
        return low, high
    return None


def absorb_clamps(network: Network, into: tuple[str, ...]) -> dict[str, tuple]:
    """Removes clamps behind the given operations; returns bounds by tensor.

    The saturation of the quantized result takes their place.
    """
    network.count_users()
    producers = network.producers()
    bounds = {}
    kept = []
    for node in network.nodes:
        limits = clamp_bounds(network, node)
        source = producers.get(node.input[0]) if limits else None
        if (
            source is not None
            and source.op_type in into
            and network.users[node.input[0]] == 1
        ):
            source.output[0] = node.output[0]
            producers[node.output[0]] = source
            bounds[node.output[0]] = limits
        else:
            kept.append(node)
    network.nodes = kept
    network.count_users()
    return bounds
