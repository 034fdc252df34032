# REQUIRES: python-onnx
# RUN: %python %s
"""What benchmarks/peers.py gives to other runtimes; runs none of them."""

import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import support
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(support.ROOT / "benchmarks"))

from peers import onednn, qdq, report  # noqa: E402
from peers.network import absorb_clamps, read_network  # noqa: E402

RANDOM = np.random.default_rng(0)
SHAPE = [1, 4, 6, 6]
TENSORS = "x", "n0", "r0", "m", "c1", "a", "y"


def write_residual_block(file: Path) -> dict[str, np.ndarray]:
    """conv, batch-norm, ReLU, two convs, adding the ReLU, batch-norm."""
    constants = {
        "w0": RANDOM.normal(size=(4, 4, 3, 3)),
        "w1": RANDOM.normal(size=(4, 4, 1, 1)),
        "gamma": RANDOM.uniform(0.5, 2, 4),
        "beta": RANDOM.normal(size=4),
        "mean": RANDOM.normal(size=4),
        "variance": RANDOM.uniform(0.5, 2, 4),
    }
    constants = {name: value.astype(np.float32) for name, value in constants.items()}
    norm = ["gamma", "beta", "mean", "variance"]
    nodes = [
        helper.make_node("Conv", ["x", "w0"], ["c0"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c0", *norm], ["n0"]),
        helper.make_node("Relu", ["n0"], ["r0"]),
        helper.make_node("Conv", ["r0", "w1"], ["m"]),
        helper.make_node("Conv", ["m", "w1"], ["c1"]),
        helper.make_node("Add", ["c1", "r0"], ["a"]),
        helper.make_node("BatchNormalization", ["a", *norm], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "block",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, SHAPE)],
        [numpy_helper.from_array(v, name) for name, v in constants.items()],
    )
    opset = helper.make_opsetid("", 13)
    onnx.save(helper.make_model(graph, opset_imports=[opset]), str(file))
    return constants


class PeersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.constants = write_residual_block(self.folder / "block.onnx")
        self.network = read_network(self.folder / "block.onnx")

    def test_batch_norm_is_folded(self):
        conv, relu, *_, depthwise = self.network.nodes
        self.assertEqual([conv.op_type, relu.op_type], ["Conv", "Relu"])
        c = self.constants
        factor = c["gamma"] / np.sqrt(c["variance"] + 1e-5)
        weights, bias = (self.network.constants[name] for name in conv.input[1:])
        np.testing.assert_allclose(
            weights, c["w0"] * factor.reshape(4, 1, 1, 1), rtol=1e-5
        )
        np.testing.assert_allclose(bias, c["beta"] - c["mean"] * factor, rtol=1e-5)
        # There is no convolution before the second one to fold it into.
        self.assertEqual(depthwise.op_type, "Conv")
        self.assertEqual(self.network.constants[depthwise.input[1]].shape, (4, 1, 1, 1))

    def test_clamps_are_absorbed(self):
        bounds = absorb_clamps(self.network, ("Conv",))
        self.assertEqual(bounds, {"r0": (0.0, np.inf)})
        self.assertNotIn("Relu", [node.op_type for node in self.network.nodes])

    def test_qdq_model(self):
        observed = {name: (-2.0, 3.0) for name in TENSORS}
        model = qdq.write_qdq(self.network, observed)
        count = Counter(node.op_type for node in model.graph.node)
        self.assertEqual((count["Conv"], count["Add"], count["Relu"]), (4, 1, 0))
        self.assertEqual(count["QuantizeLinear"], 6)
        values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
        # Saturation is the ReLU: nothing below zero can be stored.
        self.assertEqual(values["r0.zero_point"], 0)
        np.testing.assert_allclose(values["r0.scale"], 3 / 255, rtol=1e-6)
        self.assertEqual(values["c1.zero_point"], round(2 / (5 / 255)))
        self.assertEqual(values["r0.w.stored"].dtype, np.int8)
        self.assertEqual(np.abs(values["r0.w.stored"]).max(), 127)

    def test_what_stays_float_is_listed(self):
        self.assertEqual(
            [text.split()[0] for text in qdq.not_fused(self.network.to_model(["y"]))],
            ["Conv", "Relu", "Conv", "Conv", "Add", "Conv"],
        )

    def test_onednn_adds_in_the_convolution(self):
        tensors = {
            name: {"shape": SHAPE, "range": [-2.0, 3.0]} for name in TENSORS
        }
        describer = onednn._Describer(self.network, tensors)
        layers = describer.describe(self.folder / "weights")["layers"]
        self.assertEqual([layer["name"] for layer in layers], ["r0", "m", "a", "y"])
        self.assertEqual(layers[2]["residual"], "r0")
        self.assertEqual([layer["type"] for layer in layers], ["u8", "s8", "s8", "s8"])

    def test_ratios_are_taken_within_rounds(self):
        base = [{"min": 1.0, "median": 2.0}, {"min": 10.0, "median": 20.0}]
        other = [{"min": 2.0, "median": 3.0}, {"min": 20.0, "median": 30.0}]
        summary = report.summarize(other, base)
        self.assertEqual(summary["min"]["ratio"], 2.0)
        self.assertEqual(summary["median"]["ratio"], 1.5)


if __name__ == "__main__":
    unittest.main()
