"""Runs ONNX's backend node tests through the compiled float path.

Every test case whose operators SPIQ imports becomes part of one model per
operator set, so that a few compilations cover them all. Test cases listed in
Inputs/exclusions.txt are left out; a listed case that would pass is an error.

    node_tests.py --work DIR [--import-only] [--only PATTERN]
"""

import argparse
import collections
import fnmatch
import subprocess
import sys
from pathlib import Path

import numpy as np

# The generators were written for an older numpy.
for name, kind in (("float", float), ("int", int), ("bool", bool),
                   ("object", object)):
    setattr(np, name, kind)

import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.backend.test.case.node import collect_testcases  # noqa: E402

HERE = Path(__file__).parent

OPERATORS = set("""
    Abs Add AveragePool BatchNormalization Ceil Clip Concat Constant
    ConstantOfShape Conv ConvTranspose DepthToSpace DequantizeLinear Div Dropout
    Elu Erf Exp Expand Flatten Floor Gather Gelu Gemm GlobalAveragePool
    GlobalMaxPool HardSigmoid HardSwish Identity LeakyRelu Log LogSoftmax MatMul
    Max MaxPool Min Mish Mul Neg PRelu Pad Pow QuantizeLinear Reciprocal
    ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Resize Round Shape
    Sigmoid Size Slice Softmax Softplus SpaceToDepth Split Sqrt Squeeze Sub Sum
    Tanh Tile Transpose Unsqueeze Upsample
""".split())

# Inputs that must be known at compile time, beside all integers.
CONSTANT_INPUTS = {
    "BatchNormalization": {1, 2, 3, 4},
    "DequantizeLinear": {1, 2},
    "Dropout": {1, 2},
    "Pad": {2},
    "QuantizeLinear": {1, 2},
    "Resize": {1, 2, 3},
    "Upsample": {1},
}
RUNTIME_TYPES = {TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8}


def read_exclusions():
    """The pairs (pattern, reason) of the data file."""
    exclusions = []
    for line in (HERE / "Inputs" / "exclusions.txt").read_text().splitlines():
        line = line.split("#", 1)[0].strip()
        if line:
            pattern, reason = line.split(":", 1)
            exclusions.append((pattern.strip(), reason.strip()))
    return exclusions


def get_opset(model):
    return next(i.version for i in model.opset_import if not i.domain)


def constant_inputs(graph):
    """The names of graph inputs that are given at compile time."""
    names = set()
    for node in graph.node:
        for index, name in enumerate(node.input):
            if index in CONSTANT_INPUTS.get(node.op_type, ()):
                names.add(name)
    for value in graph.input:
        if value.type.tensor_type.elem_type not in RUNTIME_TYPES:
            names.add(value.name)
    return names


class Batch:
    """Test cases of one operator set, merged into one model."""

    def __init__(self, opset):
        self.opset = opset
        self.nodes, self.inputs, self.outputs = [], [], []
        self.initializers = []
        self.feeds, self.expected = [], []

    def add(self, case):
        graph = case.model.graph
        arrays, results = case.data_sets[0]
        rename = {n: f"{case.name}/{n}" for node in graph.node
                  for n in (*node.input, *node.output) if n}
        constants = constant_inputs(graph)
        for value, array in zip(graph.input, arrays):
            name = rename.setdefault(value.name, f"{case.name}/{value.name}")
            if value.name in constants:
                self.initializers.append(
                    numpy_helper.from_array(np.asarray(array), name))
            else:
                copy = onnx.ValueInfoProto()
                copy.CopyFrom(value)
                copy.name = name
                self.inputs.append(copy)
                self.feeds.append(np.asarray(array))
        for index, node in enumerate(graph.node):
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            copy.name = f"{case.name}#{index}"
            del copy.input[:], copy.output[:]
            copy.input.extend(rename.get(n, "") for n in node.input)
            copy.output.extend(rename.get(n, "") for n in node.output)
            self.nodes.append(copy)
        for value, array in zip(graph.output, results):
            copy = onnx.ValueInfoProto()
            copy.CopyFrom(value)
            copy.name = rename[value.name]
            self.outputs.append(copy)
            self.expected.append((case, value.name, np.asarray(array)))

    def save(self, path):
        graph = helper.make_graph(self.nodes, "node_tests", self.inputs,
                                  self.outputs, self.initializers)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", self.opset)])
        onnx.save(model, str(path))


def compare(case, name, actual, expected):
    """A message if the output is wrong."""
    if actual.shape != expected.shape:
        return f"{case.name}: {name} has shape {actual.shape}, " \
               f"expected {expected.shape}"
    try:
        np.testing.assert_allclose(
            actual.astype(np.float64), expected.astype(np.float64),
            rtol=case.rtol, atol=case.atol, equal_nan=True)
    except AssertionError as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        return f"{case.name}: {name}: {' '.join(lines[1:5])}"
    return None


def run_batch(batch, work, import_only):
    """Messages about what went wrong."""
    model = work / f"opset{batch.opset}.onnx"
    library = work / f"opset{batch.opset}.so"
    batch.save(model)
    if import_only:
        command = ["spiq-translate", "--import-onnx", str(model),
                   "-o", str(model.with_suffix(".mlir"))]
    else:
        command = ["spiq-compile", "--float", str(model), "-o", str(library)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return done.stderr.splitlines()
    if import_only:
        return []
    import spiq
    outputs = spiq.Model(library).run(batch.feeds)
    messages = (compare(case, name, actual, expected)
                for actual, (case, name, expected)
                in zip(outputs, batch.expected))
    return [message for message in messages if message]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--import-only", action="store_true")
    parser.add_argument("--only", default="*", help="pattern of test names")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)

    exclusions = read_exclusions()
    unused = {pattern for pattern, _ in exclusions}
    batches = {}
    count = collections.Counter()
    # Two of the generators use the same name twice, for random data.
    cases = {case.name: case for case in collect_testcases(None)}
    for case in cases.values():
        graph = case.model.graph
        operators = {node.op_type for node in graph.node}
        if not operators <= OPERATORS or case.model.opset_import[0].domain:
            continue
        reasons = [pattern for pattern, _ in exclusions
                   if fnmatch.fnmatchcase(case.name, pattern)]
        unused.difference_update(reasons)
        if reasons:
            count["excluded"] += 1
        elif fnmatch.fnmatchcase(case.name, options.only):
            count["run"] += 1
            opset = get_opset(case.model)
            batches.setdefault(opset, Batch(opset)).add(case)

    failures = [f"exclusions.txt: nothing matches {p}" for p in sorted(unused)]
    for batch in batches.values():
        failures += run_batch(batch, options.work, options.import_only)
    for failure in failures:
        print(failure)
    print(f"{count['run']} node tests run, {count['excluded']} excluded, "
          f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
