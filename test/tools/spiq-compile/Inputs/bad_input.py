"""Compiles models that are each wrong in one way.

Whatever is wrong must give exit status 1, one error (one line, or a line and a
list below it) and no file; this is checked here, and the errors are printed for
FileCheck.

    bad_input.py FOLDER
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(sys.argv[1])


def network(shape=(1, 2, 4, 4), weights=(3, 2, 1, 1), variance=1.0,
            weight=1.0, kind="Relu", element_type=TensorProto.FLOAT):
    """A convolution, a batch-norm and an operator `kind`."""
    filters = np.full(weights, 0.5, np.float32)
    if filters.size:
        filters.flat[-1] = weight
    constants = {"w": filters, "s": np.ones(3, np.float32),
                 "b": np.zeros(3, np.float32), "m": np.zeros(3, np.float32),
                 "v": np.array([1.0, variance, 1.0], np.float32)}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], name="conv1"),
        helper.make_node("BatchNormalization", ["c", "s", "b", "m", "v"],
                         ["n"], name="norm1"),
        helper.make_node(kind, ["n"], ["y"], name="last")]
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info("x", element_type, shape)],
        [helper.make_tensor_value_info("y", element_type, None)],
        [numpy_helper.from_array(v, k) for k, v in constants.items()])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model.SerializeToString()


def reshape(shape):
    """A reshape of the input to `shape`."""
    graph = helper.make_graph(
        [helper.make_node("Reshape", ["x", "shape"], ["y"], name="view1")],
        "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.array(shape, np.int64), "shape")])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model.SerializeToString()


GOOD = network()
CASES = [
    ("empty file", b"", []),
    ("no model", b"what is this?", []),
    ("cut off", GOOD[:-20], []),
    ("unsupported operator", network(kind="Det"), []),
    ("unsupported type", network(element_type=TensorProto.DOUBLE), []),
    ("NaN weight", network(weight=np.nan), []),
    ("infinite weight", network(weight=np.inf), []),
    ("negative variance", network(variance=-0.5), []),
    ("NaN variance", network(variance=np.nan), []),
    ("empty input", network(shape=(1, 2, 0, 4)), []),
    ("empty weights", network(weights=(3, 2, 0, 1)), []),
    ("no output channels", network(weights=(0, 2, 1, 1)), []),
    ("huge input", network(shape=(1, 2, 1 << 20, 1 << 20)), []),
    ("overflowing input", network(shape=(1, 2, 1 << 62, 1 << 62)), []),
    ("huge result", reshape([1 << 40, 1 << 40]), []),
    ("negative input", network(shape=(1, 2, -4, 4)), []),
    ("huge shape flag", GOOD, ["--input-shape=x:1x2x4294967296x4294967296"]),
    ("unknown input flag", GOOD, ["--input-shape=image:1x2x4x4"]),
    ("bad shape flag", GOOD, ["--input-shape=x:1x2xax4"]),
    ("unknown scheme", GOOD, ["--scheme=per-pixel"]),
    ("unknown rule", GOOD, ["--rule=guess"]),
    ("too many bits", GOOD, ["--weight-bits=9"]),
    ("too few bits", GOOD, ["--activation-bits=1"]),
    ("unknown quantization option", GOOD, ["--quantize-options=speed=9"]),
    ("quantization of floats", GOOD, ["--float", "--scheme=per-tensor"]),
    ("types of floats", GOOD, ["--float", "--io-type=quantized"]),
    ("unknown target", GOOD, ["--target=mips"]),
    ("unknown stage", GOOD, ["--emit=everything"]),
]


def check(name, model, flags):
    path, folder = FOLDER / "model.onnx", FOLDER / "made" / "here"
    path.write_bytes(model)
    done = subprocess.run(
        ["spiq-compile", "model.onnx", "-o", f"{folder}/", *flags], cwd=FOLDER,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    first, *rest = done.stderr.splitlines() or [""]
    if done.returncode != 1 or done.stdout or not all(
            line.startswith("  ") for line in rest):
        sys.exit(f"{name}: exit status {done.returncode}\n{done.stderr}")
    left = sorted(p.name for p in FOLDER.iterdir())
    if left != ["model.onnx"]:
        sys.exit(f"{name}: left {left} behind")
    print(f"{name}: {' '.join([first, *rest])}")


def main():
    FOLDER.mkdir(parents=True)
    for case in CASES:
        check(*case)


main()
