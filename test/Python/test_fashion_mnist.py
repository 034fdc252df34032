# REQUIRES: python-onnx
# RUN: %python %s
"""The bundled model, images and manifest belong together."""

import sys
import unittest

import support

from spiq.eval import metrics
from spiq.eval.datasets import open_dataset
from spiq.eval.manifest import read_manifest

FOLDER = support.ROOT / "examples" / "fashion_mnist"
sys.path.insert(0, str(FOLDER))

import numpy_runner  # noqa: E402


class FashionMnistTest(unittest.TestCase):
    def test_model_recognizes_its_images(self):
        entry = read_manifest(FOLDER / "manifest.json", None)
        data = open_dataset(entry.images)
        self.assertEqual((len(data), data.truth), (1000, "label"))
        top = metrics.TopK()
        for index in range(100):
            pixels = entry.input(data[index].image)
            logits = numpy_runner.run(
                FOLDER / entry.key, pixels.transpose(2, 0, 1)[None]
            )
            self.assertEqual(logits.shape, (1, entry.classes))
            top.add(logits, data[index].label)
        # As PyTorch counted when the network was exported.
        self.assertEqual(top.accuracy(1), 92)

    def test_model_is_small(self):
        self.assertLess((FOLDER / "mobilenetv2_small.onnx").stat().st_size, 2 << 20)


if __name__ == "__main__":
    unittest.main()
