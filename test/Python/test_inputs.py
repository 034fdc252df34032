# RUN: %python %s
"""A folder of images as inputs for --rule=observed."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

import support


class InputsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "images").mkdir()
        for i in range(6):
            pixels = np.full((4, 6, 3), (10 * i, 20, 30), np.uint8)
            Image.fromarray(pixels).save(self.path / "images" / f"{i}.png")
        spec = {"size": [6, 4], "order": "BGR", "mean": [30, 20, 0], "std": [1, 1, 10]}
        entry = {"task": "classification", "classes": 4, "data": "none", "input": spec}
        (self.path / "m.json").write_text(json.dumps({"models": {"net": entry}}))

    def run_tool(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "spiq.eval.inputs", "--manifest", "m.json",
             "--images", "images", *arguments],
            cwd=self.path, capture_output=True, text=True,
            env={"PYTHONPATH": str(support.ROOT / "python")},
        )  # fmt: skip

    def test_prepared_as_the_manifest_says(self):
        done = self.run_tool("x.npy", "--limit=3")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        x = np.load(self.path / "x.npy")
        self.assertEqual((x.shape, x.dtype), ((3, 3, 4, 6), np.float32))
        # Every other of six images; channels B, G, R.
        np.testing.assert_array_equal(x[:, 2, 0, 0], [0, 2, 4])
        np.testing.assert_array_equal(x[:, :2], 0)
        self.run_tool("y.npy", "--layout=nhwc")
        y = np.load(self.path / "y.npy")
        self.assertEqual(y.shape, (6, 4, 6, 3))
        np.testing.assert_array_equal(y[::2].transpose(0, 3, 1, 2), x)

    def test_compiler_observes_them(self):
        self.assertEqual(self.run_tool("x.npy", "--layout=nhwc").returncode, 0)
        (self.path / "net.mlir").write_text("""
func.func @net(%x: tensor<1x4x6x3xf32>) -> tensor<1x4x6x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x4x6x3xf32>, tensor<1x1x1x3xf32>, tensor<1xf32>) -> tensor<1x4x6x1xf32>
  return %0 : tensor<1x4x6x1xf32>
}""")
        done = subprocess.run(
            ["spiq-compile", "net.mlir", "--rule=observed", "--emit=quantized",
             "--quantize-options=calibration=x.npy", "-o", "-"],
            cwd=self.path, capture_output=True, text=True,
        )  # fmt: skip
        # The third channel reaches 5; clipping a part of it may cost less.
        scale = float(re.search(r"uniform<u8:f32:3, {([0-9.]+),", done.stdout)[1])
        self.assertTrue(2 < 255 * scale < 8, scale)

    def test_errors(self):
        done = self.run_tool("x.txt")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("error: x.txt: is not the name of a .npy file", done.stderr)
        done = self.run_tool("x.npy", "--model=other")
        self.assertIn("has no model 'other'", done.stderr)
        self.assertFalse((self.path / "x.npy").exists())


if __name__ == "__main__":
    unittest.main()
