# REQUIRES: python-onnx
# RUN: %python -W ignore %s %spiq_obj
"""Compiled ONNX Pad nodes give what numpy gives, in every mode."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop() if len(sys.argv) > 1 else ROOT / "build")
sys.path.insert(0, str(ROOT / "python"))

import spiq  # noqa: E402

SHAPE = (1, 3, 5, 4)

# Front and back of each dimension, at most a whole period of the reflection.
PADS = {
    "image": ((0, 0), (0, 0), (1, 2), (3, 0)),
    "channels": ((0, 0), (2, 1), (0, 0), (0, 0)),
    "all": ((0, 0), (1, 2), (4, 3), (2, 3)),
}
MODES = {
    "constant": {"constant_values": -0.5},
    "edge": {},
    "reflect": {},
    "wrap": {},
}


def ints(name, values):
    return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)


def tensor(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


class PadTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Compiles one network of all pads of all modes."""
        cls.x = np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)
        nodes, outputs, cls.expected = [], [], {}
        constants = [helper.make_tensor("v", TensorProto.FLOAT, [], [-0.5])]
        for place, pads in PADS.items():
            constants.append(ints(place, [p[0] for p in pads] +
                                  [p[1] for p in pads]))
            for mode, arguments in MODES.items():
                name = f"{mode}_{place}"
                inputs = ["x", place, "v"] if arguments else ["x", place]
                nodes.append(helper.make_node("Pad", inputs, [name], mode=mode))
                cls.expected[name] = np.pad(cls.x, pads, mode, **arguments)
                outputs.append(tensor(name, cls.expected[name].shape))
        # Only the axes that are named.
        constants += [ints("two", [1, 2, 0, 1]), ints("axes", [-1, 1])]
        nodes.append(helper.make_node("Pad", ["x", "two", "", "axes"], ["axes_y"],
                                      mode="wrap"))  # fmt: skip
        cls.expected["axes_y"] = np.pad(
            cls.x, ((0, 0), (2, 1), (0, 0), (1, 0)), "wrap")
        outputs.append(tensor("axes_y", cls.expected["axes_y"].shape))

        graph = helper.make_graph(nodes, "pads", [tensor("x", SHAPE)], outputs,
                                  constants)  # fmt: skip
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 19)])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pads.onnx"
            onnx.save(model, str(path))
            library = path.with_suffix(".so")
            subprocess.run([BUILD / "bin" / "spiq-compile", "--float", path,
                            "-o", library], check=True)  # fmt: skip
            cls.model = spiq.load(library)

    def test_pads(self):
        results = self.model.run([self.x])
        self.assertEqual(len(results), 3 * len(MODES) + 1)
        for info, result in zip(self.model.outputs, results):
            with self.subTest(info.name):
                np.testing.assert_array_equal(result, self.expected[info.name])


if __name__ == "__main__":
    unittest.main()
