# RUN: %python %s
"""Dataset recognition, preprocessing and manifests on generated files."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

import support  # noqa: F401  (sets the module path)

import spiq
from spiq.eval.datasets import open_dataset
from spiq.eval.manifest import read_manifest
from spiq.eval.preprocessing import InputSpec, fit_to_input


class FolderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)

    def picture(self, name: str, value: int, mode: str = "RGB") -> None:
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        Image.new(mode, (4, 2), value if mode == "L" else (value,) * 3).save(path)


class DatasetTest(FolderTest):
    def test_labels_csv(self):
        self.picture("b.png", 1)
        self.picture("a.png", 2)
        table = "file,label,author\nb.png,7,x\na.png,3,y\n"
        (self.path / "labels.csv").write_text(table)
        data = open_dataset(self.path)
        self.assertEqual((len(data), data.truth), (2, "label"))
        self.assertEqual([data[i].label for i in range(2)], [7, 3])
        self.assertEqual(data[0].image.getpixel((0, 0)), (1, 1, 1))

    def test_bad_labels_csv(self):
        (self.path / "labels.csv").write_text("file,label\na.png,cat\n")
        with self.assertRaisesRegex(spiq.SpiqError, "needs columns"):
            open_dataset(self.path)

    def test_masks(self):
        self.picture("x.png", 9)
        self.picture("x_labels.png", 5, "L")
        self.picture("unlabelled.png", 9)
        data = open_dataset(self.path)
        self.assertEqual((len(data), data.truth), (1, "mask"))
        np.testing.assert_array_equal(data[0].mask, np.full((2, 4), 5))

    def test_cifar(self):
        planes = np.arange(3 * 32 * 32).reshape(3, 32, 32) % 251
        record = np.concatenate([[6], planes.reshape(-1)]).astype(np.uint8)
        np.concatenate([record, record]).tofile(self.path / "batch.bin")
        data = open_dataset(self.path)
        self.assertEqual((len(data), data[1].label), (2, 6))
        np.testing.assert_array_equal(
            np.asarray(data[1].image), planes.transpose(1, 2, 0)
        )
        (self.path / "batch.bin").write_bytes(b"short")
        with self.assertRaisesRegex(spiq.SpiqError, "5 bytes are no whole number"):
            open_dataset(self.path)

    def test_npz(self):
        images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
        np.savez_compressed(self.path / "set.npz", images=images, labels=[4, 5])
        data = open_dataset(self.path / "set.npz")
        self.assertEqual([data[i].label for i in range(2)], [4, 5])
        np.testing.assert_array_equal(np.asarray(data[1].image), images[1])

    def test_plain_pictures(self):
        self.picture("b.png", 1)
        self.picture("sub/a.png", 2)
        self.picture("sub/a_labels.png", 2, "L")
        data = open_dataset(self.path)
        self.assertEqual([data[i].name for i in range(len(data))], ["b.png", "a.png"])
        self.assertEqual(data.truth, "none")

    def test_kind_names_a_sub_folder(self):
        self.picture("pets/a.png", 2)
        self.picture("b.png", 2)
        self.assertEqual(len(open_dataset(self.path, "pets")), 1)

    def test_nothing_there(self):
        with self.assertRaisesRegex(spiq.SpiqError, "no images found"):
            open_dataset(self.path)
        with self.assertRaisesRegex(spiq.SpiqError, "no such file or folder"):
            open_dataset(self.path / "absent")
        (self.path / "a.png").write_text("no picture")
        with self.assertRaisesRegex(spiq.SpiqError, "not a readable picture"):
            open_dataset(self.path)[0]


class PreprocessingTest(unittest.TestCase):
    def test_order_mean_and_std(self):
        image = Image.new("RGB", (2, 1), (10, 20, 30))
        spec = InputSpec((2, 1), "BGR", (1, 2, 3), (2, 4, 8))
        expected = [[[14.5, 4.5, 0.875]] * 2]
        np.testing.assert_array_equal(spec(image), expected)

    def test_grey(self):
        image = Image.fromarray(np.array([[7, 8]], np.uint8))
        spec = InputSpec((2, 1), "L", (7,), (2,))
        np.testing.assert_array_equal(spec(image), [[[0], [0.5]]])

    def test_stretch(self):
        pixels = np.array([[0, 0, 100, 100]], np.uint8)
        spec = InputSpec((2, 1), "L", (0,), (1,))
        result = spec(Image.fromarray(pixels))
        # Triangle filter over two source pixels: weights 3/8, 3/8, 1/8 (edge).
        np.testing.assert_allclose(result[0, :, 0], [100 / 7, 600 / 7], atol=0.5)

    def test_resize_and_centre_crop(self):
        image = Image.fromarray(np.arange(32, dtype=np.uint8).reshape(4, 8))
        spec = InputSpec((2, 2), "L", (0,), (1,), resize=4)
        np.testing.assert_array_equal(spec(image)[..., 0], [[11, 12], [19, 20]])

    def test_layouts(self):
        pixels = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
        nchw = spiq.TensorInfo("x", (1, 3, 2, 2), np.dtype(np.float32))
        nhwc = spiq.TensorInfo("x", (1, 2, 2, 3), np.dtype(np.float32))
        np.testing.assert_array_equal(
            fit_to_input(pixels, nchw)[0], pixels.transpose(2, 0, 1)
        )
        np.testing.assert_array_equal(fit_to_input(pixels, nhwc)[0], pixels)
        other = spiq.TensorInfo("x", (2, 3, 2, 2), np.dtype(np.float32))
        with self.assertRaisesRegex(spiq.SpiqError, "does not take one image of 2x2"):
            fit_to_input(pixels, other)

    def test_quantized_input(self):
        info = spiq.TensorInfo(
            name="x",
            shape=(1, 1, 1, 2),
            dtype=np.dtype(np.int8),
            scales=np.float32([0.5]),
            zero_points=np.int32([-3]),
        )
        pixels = np.array([[[1.0], [2.0]]], np.float32)
        np.testing.assert_array_equal(
            fit_to_input(pixels, info), np.int8([[[[-1, 1]]]])
        )


class ManifestTest(FolderTest):
    ENTRY = {
        "task": "segmentation",
        "classes": 12,
        "data": "camvid",
        "input": {"size": [4, 2], "order": "RGB", "mean": [0] * 3, "std": [1] * 3},
    }

    def read(self, key=None, **changes):
        path = self.path / "m.json"
        path.write_text(json.dumps({"models": {"net.onnx": {**self.ENTRY, **changes}}}))
        return read_manifest(path, key)

    def test_entry(self):
        entry = self.read("net", images="here", void=3)
        self.assertEqual((entry.key, entry.task), ("net.onnx", "segmentation"))
        self.assertEqual((entry.classes, entry.void), (12, 3))
        self.assertEqual(entry.images, self.path / "here")
        self.assertEqual(entry.input.size, (4, 2))
        self.assertTrue(entry.labelled)
        self.assertEqual(self.read().void, 11)
        self.assertFalse(self.read(data="none: whatever").labelled)

    def test_errors(self):
        spec = self.ENTRY["input"]
        for words, key, changes in (
            ("no model 'other'; it has net.onnx", "other", {}),
            ("task is 'guessing'", None, {"task": "guessing"}),
            ("field in 'input': 'order'", None, {"input": {"size": [1, 1]}}),
            ("order is 'XYZ'", None, {"input": {**spec, "order": "XYZ"}}),
            ("3 means", None, {"input": {**spec, "mean": [0]}}),
        ):
            with self.subTest(words):
                with self.assertRaisesRegex(spiq.SpiqError, words):
                    self.read(key, **changes)
        (self.path / "m.json").write_text("[]")
        with self.assertRaisesRegex(spiq.SpiqError, 'not a JSON object with "models"'):
            read_manifest(self.path / "m.json", None)


if __name__ == "__main__":
    unittest.main()
