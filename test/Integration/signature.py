# RUN: %python %s %spiq_obj
"""Layouts and types of inputs and outputs change the signature, not the results."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop() if len(sys.argv) > 1 else ROOT / "build")
sys.path.insert(0, str(ROOT / "python"))

import spiq  # noqa: E402

# A convolution whose image result, channels first, is read by nothing else.
NETWORK = """
func.func @main(%x: tensor<1x3x6x5xf32> {{spiq.name = "image"}})
    -> (tensor<1x4x6x5xf32> {{spiq.name = "features"}}) {{
  %w = arith.constant dense<{weights}> : tensor<4x3x3x3xf32>
  %b = arith.constant dense<[0.5, -0.5, 0.25, 1.0]> : tensor<4xf32>
  %e0 = tensor.empty() : tensor<1x6x5x3xf32>
  %last = linalg.transpose ins(%x : tensor<1x3x6x5xf32>)
      outs(%e0 : tensor<1x6x5x3xf32>) permutation = [0, 2, 3, 1]
  %y = spiq.conv_2d %last, %w, %b {{padding = array<i64: 1, 1, 1, 1>}}
      : (tensor<1x6x5x3xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>)
        -> tensor<1x6x5x4xf32>
  %e1 = tensor.empty() : tensor<1x4x6x5xf32>
  %first = linalg.transpose ins(%y : tensor<1x6x5x4xf32>)
      outs(%e1 : tensor<1x4x6x5xf32>) permutation = [0, 3, 1, 2]
  return %first : tensor<1x4x6x5xf32>
}}
"""

SOFTMAX = """
func.func @main(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %w = arith.constant dense<[[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]]>
      : tensor<3x3xf32>
  %b = arith.constant dense<0.0> : tensor<3xf32>
  %y = spiq.fully_connected %x, %w, %b
      : (tensor<1x3xf32>, tensor<3x3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  %e = tensor.empty() : tensor<1x3xf32>
  %z = linalg.softmax dimension(1) ins(%y : tensor<1x3xf32>)
      outs(%e : tensor<1x3xf32>) -> tensor<1x3xf32>
  return %z : tensor<1x3xf32>
}
"""


class SignatureTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = Path(folder.name)
        random = np.random.default_rng(0)
        weights = random.normal(size=(4, 3, 3, 3)).round(3).tolist()
        (cls.path / "net.mlir").write_text(NETWORK.format(weights=weights))
        cls.image = random.normal(size=(1, 3, 6, 5)).astype(np.float32)
        cls.plain = cls.load("plain")

    @classmethod
    def load(cls, name: str, *options: str, model="net.mlir") -> spiq.Model:
        library = cls.path / f"{name}.so"
        subprocess.run(
            [BUILD / "bin" / "spiq-compile", cls.path / model, "-o", library,
             *options],
            check=True, capture_output=True,
        )  # fmt: skip
        return spiq.load(library)

    def test_layout(self):
        model = self.load("nhwc", "--io-layout=nhwc")
        self.assertEqual(model.inputs[0].shape, (1, 6, 5, 3))
        self.assertEqual(model.outputs[0].shape, (1, 6, 5, 4))
        result = model(self.image.transpose(0, 2, 3, 1).copy())
        np.testing.assert_array_equal(
            result.transpose(0, 3, 1, 2), self.plain(self.image)
        )

    def test_type(self):
        model = self.load("quantized", "--io-type=quantized")
        image = model.inputs[0]
        self.assertTrue(image.quantized)
        self.assertEqual((image.name, image.dtype), ("image", np.uint8))
        features = model.outputs[0]
        self.assertTrue(features.quantized)
        self.assertEqual((features.name, features.dtype), ("features", np.uint8))
        # One scale for all channels: stored values can be compared.
        self.assertEqual(len(features.scales), 1)
        stored = model(image.quantize(self.image))
        self.assertTrue(0 < stored.min() and stored.max() < 255)
        np.testing.assert_allclose(
            features.dequantize(stored), self.plain(self.image),
            atol=features.scales[0] / 2 * 1.001,
        )  # fmt: skip

    def test_type_of_bounded_result(self):
        """A softmax computes in f32; all of [0, 1] is representable."""
        (self.path / "softmax.mlir").write_text(SOFTMAX)
        plain = self.load("softmax-plain", model="softmax.mlir")
        model = self.load("softmax", "--io-type=quantized", model="softmax.mlir")
        (y,) = model.outputs
        np.testing.assert_allclose(y.scales, [1 / 255], rtol=1e-6)
        x = np.array([[9.0, -1.0, 2.0]], np.float32)
        result = y.dequantize(model(model.inputs[0].quantize(x)))
        np.testing.assert_allclose(result, plain(x), atol=0.5 / 255 * 1.001)

    def test_float_network(self):
        with self.assertRaises(subprocess.CalledProcessError) as raised:
            self.load("float", "--float", "--io-type=quantized")
        self.assertIn(b"--io-type=quantized contradicts --float",
                      raised.exception.stderr)  # fmt: skip

    def test_both(self):
        model = self.load("both", "--io-layout=nhwc", "--io-type=quantized")
        image = model.inputs[0]
        self.assertEqual((image.shape, len(image.scales)), ((1, 6, 5, 3), 3))


if __name__ == "__main__":
    unittest.main()
