# RUN: %python %s
"""spiq-eval from the command line, on small libraries and images."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

import support

TOOL = support.ROOT / "tools" / "spiq-eval" / "spiq-eval"


class EvalTest(unittest.TestCase):
    """Class = brightest pixel of a 2x2 image; the copies get some wrong."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = Path(folder.name)
        identity = np.eye(4)
        blind = identity.copy()
        blind[3] = 0  # never the largest
        support.linear_classifier(cls.path / "float.so", identity.tolist())
        support.linear_classifier(cls.path / "blind.so", blind.tolist())
        images = np.full((8, 2, 2), 10, np.uint8)
        labels = np.arange(8) % 4
        images.reshape(8, 4)[np.arange(8), labels] = 20
        np.savez(cls.path / "images.npz", images=images, labels=labels)
        spec = {"size": [2, 2], "order": "L", "mean": [0], "std": [10]}
        entry = {"task": "classification", "classes": 4, "data": "npz", "input": spec}
        unlabelled = {**entry, "data": "none: compare with float"}
        models = {"net.onnx": {**entry, "images": "images.npz"}, "raw.onnx": unlabelled}
        (cls.path / "manifest.json").write_text(json.dumps({"models": models}))

    def run_tool(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, TOOL, "--manifest", "manifest.json", *arguments],
            cwd=self.path,
            capture_output=True,
            text=True,
        )

    def report(self, *arguments: str) -> tuple[dict, str]:
        done = self.run_tool("--json", "out.json", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads((self.path / "out.json").read_text()), done.stdout

    def test_labelled(self):
        result, text = self.report("--model", "net", "float=float.so", "int8=blind.so")
        self.assertEqual(result["images"], 8)
        first, second = result["libraries"]
        self.assertEqual((first["name"], second["name"]), ("float", "int8"))
        self.assertEqual((first["top1"], second["top1"]), (100, 75))
        self.assertEqual((first["top5"], second["top5"]), (100, 100))
        self.assertEqual(second["top1_change"]["value"], -25)
        self.assertLess(second["top1_change"]["low"], -25)
        output = second["outputs"][0]
        self.assertEqual((output["name"], output["agreement"]), ("logits", 75))
        # signal 8 * (3 + 4); noise: six times 1, twice 4.
        self.assertAlmostEqual(output["sqnr_db"], 10 * np.log10(56 / 14))
        self.assertIsNone(first["outputs"][0]["sqnr_db"])
        self.assertGreater(second["bytes"], 0)
        self.assertIn("-25.00 (", text)
        self.assertIn("6.0", text)

    def test_float_alone(self):
        result, text = self.report("--model", "net", "float.so")
        self.assertEqual(result["libraries"][0]["top1"], 100)
        self.assertNotIn("change", text)
        self.assertNotIn("agreement", text)

    def test_limit_and_jobs(self):
        arguments = ("--model", "net", "float.so", "blind.so")
        result, _ = self.report("--limit", "3", *arguments)
        self.assertEqual(result["images"], 3)
        self.assertEqual(result["libraries"][1]["top1"], 100)
        one, _ = self.report(*arguments)
        four, _ = self.report("--jobs", "4", *arguments)
        for a, b in zip(one["libraries"], four["libraries"]):
            self.assertEqual((a["top1"], a["outputs"]), (b["top1"], b["outputs"]))

    def test_pictures_without_labels(self):
        folder = self.path / "pictures"
        folder.mkdir()
        for value in (1, 2):
            pixels = np.array([[0, value], [0, 0]], np.uint8)
            Image.fromarray(pixels).save(folder / f"{value}.png")
        result, text = self.report(
            "--model", "raw", "--images", "pictures", "float.so", "blind.so"
        )
        self.assertNotIn("top1", result["libraries"][0])
        self.assertEqual(result["libraries"][1]["outputs"][0]["agreement"], 100)
        self.assertIn("equal", text)

    def test_errors(self):
        for words, arguments in (
            ("has several models", ("float.so",)),
            ("give --images", ("--model", "raw", "float.so")),
            ("no such file", ("--model", "net", "absent.so")),
            ("no such file or folder", ("--model", "net", "--images", "x", "float.so")),
        ):
            with self.subTest(words):
                done = self.run_tool(*arguments)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, f"^spiq-eval: error: .*{words}")
                self.assertEqual(done.stderr.count("\n"), 1)

    def test_classes_must_fit(self):
        support.linear_classifier(self.path / "three.so", np.eye(4)[:3].tolist())
        done = self.run_tool("--model", "net", "three.so")
        self.assertIn("speaks of 4 classes, but the outputs are 'logits'", done.stderr)
        done = self.run_tool("--model", "net", "float.so", "three.so")
        self.assertIn("outputs differ from those of float.so", done.stderr)


class SegmentationTest(unittest.TestCase):
    """Scores are the channels R, G, B of each pixel themselves."""

    SOURCE = """
static const int64_t S[] = {1, 3, 2, 2};
static const spiq_tensor_info T = {"t", 0, 4, S, 48, -1, 0, 0, 0};
static int32_t run(const void *const *in, void *const *out, void *ws) {
  memcpy(out[0], in[0], 48);
  if (SWAP) { float *y = out[0]; float g = y[4]; y[4] = y[0]; y[0] = g; }
  return 0;
}
static const spiq_model_info INFO =
    {4, 1, 1, "seg", "any", &T, &T, 0, 64, run, 0, 0, 0, 0};
const spiq_model_info *spiq_model(void) { return &INFO; }
"""

    def test_mean_iou(self):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name)
            for swap in (0, 1):
                support.compile_library(
                    path / f"{swap}.so", f"#define SWAP {swap}\n{self.SOURCE}"
                )
            colours = [[(9, 0, 0), (9, 0, 0)], [(0, 9, 0), (0, 0, 9)]]
            Image.fromarray(np.uint8(colours)).save(path / "a.png")
            Image.fromarray(np.uint8([[0, 0], [1, 2]])).save(path / "a_labels.png")
            spec = {"size": [2, 2], "order": "RGB", "mean": [0] * 3, "std": [1] * 3}
            entry = {
                "task": "segmentation", "classes": 3, "data": "masks", "input": spec
            }  # fmt: skip
            (path / "m.json").write_text(json.dumps({"models": {"s": entry}}))
            subprocess.run(
                [sys.executable, TOOL, "--manifest", path / "m.json", "--images", path,
                 "--json", path / "out.json", path / "0.so", path / "1.so"],
                check=True, capture_output=True,
            )  # fmt: skip
            exact, swapped = json.loads((path / "out.json").read_text())["libraries"]
        self.assertEqual(exact["miou"], 100)
        # The first pixel turns from 0 to 1; class 2 is void.
        self.assertEqual(swapped["miou"], 50)
        self.assertEqual(swapped["outputs"][0]["agreement"], 75)


if __name__ == "__main__":
    unittest.main()
