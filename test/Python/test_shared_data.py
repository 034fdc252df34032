# REQUIRES: shared
# RUN: %python %s
"""The real images and their manifest, where SPIQ_SHARED_DIR names them."""

import json
import unittest
from pathlib import Path

import support

from spiq.eval.datasets import open_dataset
from spiq.eval.manifest import read_manifest


class SharedDataTest(unittest.TestCase):
    @support.needs_shared
    def test_every_dataset_feeds_its_network(self):
        shared = Path(support.SHARED)
        manifest = shared / "models" / "manifest.json"
        sizes = {"imagenet_like": 500, "cifar10": 5000, "camvid": 47}
        for key in json.loads(manifest.read_text())["models"]:
            with self.subTest(key):
                entry = read_manifest(manifest, key)
                kind = entry.data if entry.labelled else ""
                data = open_dataset(shared / "images", kind)
                self.assertEqual(len(data), sizes.get(kind, 547))
                sample = data[len(data) - 1]
                width, height = entry.input.size
                self.assertEqual(entry.input(sample.image).shape, (height, width, 3))
                if data.truth == "mask":
                    self.assertEqual(sample.mask.shape, (height, width))
                if data.truth == "label":
                    self.assertLess(sample.label, entry.classes)


if __name__ == "__main__":
    unittest.main()
