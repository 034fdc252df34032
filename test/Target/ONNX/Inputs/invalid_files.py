"""Writes models that differ from a valid one in one thing each."""

import struct
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

FOLDER = Path(sys.argv[1])
DATA = struct.pack("<4f", 1, 2, 3, 4)


def weights():
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 2])
    tensor.raw_data = DATA
    return tensor


def save(name, *initializers):
    info = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 2])
            for n in "xy"]
    node = helper.make_node("MatMul", ["x", "w"], ["y"], name="product")
    graph = helper.make_graph([node], "g", info[:1], info[1:], initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())


def external(name, location, data_type=TensorProto.FLOAT, **entries):
    tensor = weights()
    tensor.data_type = data_type
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **entries}.items():
        tensor.external_data.add(key=key, value=str(value))
    save(name, tensor)


def main():
    save("valid", weights())
    valid = (FOLDER / "valid.onnx").read_bytes()
    (FOLDER / "empty.onnx").write_bytes(b"")
    (FOLDER / "truncated.onnx").write_bytes(valid[:len(valid) // 2])

    for name, field, value in (
            ("nan", "raw_data", DATA[:12] + struct.pack("<f", float("nan"))),
            ("infinite", "raw_data", struct.pack("<f", -float("inf")) + DATA[4:]),
            ("short", "raw_data", DATA[:8]),
            ("huge", "dims", [1 << 32, 1 << 32]),
            ("negative", "dims", [-1, 2]),
            ("strings", "data_type", TensorProto.STRING),
            ("unknown", "data_type", 99)):
        tensor = weights()
        if field == "dims":
            tensor.dims[:] = value
        else:
            setattr(tensor, field, value)
        save(name, tensor)
    save("twice", weights(), weights())

    (FOLDER / "weights" / "w.bin").write_bytes(DATA)
    (FOLDER.parent / "secret.bin").write_bytes(DATA)
    (FOLDER / "weights" / "link.bin").symlink_to(FOLDER.parent / "secret.bin")
    external("external", "weights/w.bin", offset=0, length=16)
    external("escape", "../secret.bin")
    external("link", "weights/link.bin")
    external("absolute", "/etc/hostname")
    external("nodata", "none.bin")
    external("nowhere", "")
    external("badoffset", "weights/w.bin", offset="here")
    external("badlength", "weights/w.bin", length="all")
    external("toofar", "weights/w.bin", offset=4)
    external("toolong", "weights/w.bin", length=20)
    external("folder", "weights")
    external("outside", "weights/w.bin", data_type=TensorProto.STRING)

    # A hole in a file takes no room on the disk.
    with open(FOLDER / "large.onnx", "wb") as large:
        large.truncate(1 << 31)

    dynamic = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4]),
               helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, "L"])]
    results = [helper.make_tensor_value_info("a", TensorProto.FLOAT, ["N", 4]),
               helper.make_tensor_value_info("b", TensorProto.FLOAT, [1, "L"])]
    nodes = [helper.make_node("Relu", ["x"], ["a"]),
             helper.make_node("Relu", ["y"], ["b"])]
    model = helper.make_model(
        helper.make_graph(nodes, "g", dynamic, results),
        opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(FOLDER / "dynamic.onnx"))


main()
