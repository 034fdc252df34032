"""Writes models whose structure is wrong in one place each, and one without the
shape of its output, which is none of them."""

import copy
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

FOLDER = Path(sys.argv[1])


def valid():
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2])
            for name in "xy")
    weights = helper.make_tensor("w", TensorProto.FLOAT, [1, 2], [1.0, 2.0])
    node = helper.make_node("Add", ["x", "w"], ["y"], name="sum")
    graph = helper.make_graph([node], "g", [x], [y], [weights])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model


def repeat(attribute, node):
    for _ in range(2):
        node.attribute.append(copy.deepcopy(attribute))


DEFECTS = {
    "no-output-shape": lambda m: (
        m.graph.output[0].type.tensor_type.ClearField("shape")),
    "no-graph": lambda m: m.ClearField("graph"),
    "no-opset": lambda m: m.ClearField("opset_import"),
    "two-opsets": lambda m: (
        m.opset_import.append(helper.make_opsetid("", 12))),
    "new-opset": lambda m: setattr(m.opset_import[0], "version", 99),
    "no-operator": lambda m: m.graph.node[0].ClearField("op_type"),
    "twice-attribute": lambda m: (
        repeat(helper.make_attribute("axis", 1), m.graph.node[0])),
    "nameless-initializer": lambda m: (
        m.graph.initializer[0].ClearField("name")),
    "sparse": lambda m: m.graph.sparse_initializer.add(),
    "nameless-input": lambda m: m.graph.input[0].ClearField("name"),
    "no-tensor": lambda m: (
        m.graph.input[0].type.CopyFrom(helper.make_sequence_type_proto(
            helper.make_tensor_type_proto(TensorProto.FLOAT, [1])))),
    "no-shape": lambda m: (
        m.graph.input[0].type.tensor_type.ClearField("shape")),
    "no-results": lambda m: (
        setattr(m.opset_import[0], "version", 18),
        m.graph.node.add(op_type="Relu", name="lost", input=["x"])),
    "twice-output": lambda m: m.graph.output.append(m.graph.output[0]),
    "segment": lambda m: (
        setattr(m.graph.initializer[0].segment, "begin", 0)),
}


def main():
    for name, change in DEFECTS.items():
        model = valid()
        change(model)
        (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())


main()
