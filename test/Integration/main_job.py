# RUN: %python %s %spiq_obj
"""The main job: compile the bundled network, evaluate it, call it from C."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop() if len(sys.argv) > 1 else ROOT / "build")
EXAMPLE = ROOT / "examples" / "fashion_mnist"
sys.path.insert(0, str(ROOT / "python"))

import spiq  # noqa: E402
from spiq.eval.datasets import open_dataset  # noqa: E402
from spiq.eval.manifest import read_manifest  # noqa: E402
from spiq.eval.preprocessing import fit_to_input  # noqa: E402

NAME = "mobilenetv2_small"


class MainJobTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = Path(folder.name)

    def compile(self, name: str, *options: str) -> Path:
        """Compiles the bundled network into a folder; nothing may be said."""
        subprocess.run(
            [BUILD / "bin" / "spiq-compile", EXAMPLE / f"{NAME}.onnx",
             "-o", f"{self.path / name}/", *options],
            check=True,
        )  # fmt: skip
        return self.path / name

    def test_accuracy(self):
        libraries = [
            f"{name}={self.compile(name, *options)}/lib{NAME}.so"
            for name, options in (
                ("float", ["--float"]),
                ("per-channel", ["--scheme=per-channel"]),
                ("per-tensor", ["--scheme=per-tensor"]),
                ("dynamic", ["--scheme=dynamic"]),
            )
        ]
        subprocess.run(
            [sys.executable, BUILD / "bin" / "spiq-eval", "--manifest",
             EXAMPLE / "manifest.json", "--json", self.path / "out.json", *libraries],
            check=True,
        )  # fmt: skip
        result = json.loads((self.path / "out.json").read_text())
        self.assertEqual(result["images"], 1000)
        # PyTorch counted 95.40; one image may fall either way.
        reference, *quantized = result["libraries"]
        self.assertAlmostEqual(reference["top1"], 95.40, delta=0.11)
        for library in quantized:
            with self.subTest(library["name"]):
                self.assertGreaterEqual(library["top1_change"]["value"], -1.0)
                (output,) = library["outputs"]
                self.assertGreaterEqual(output["agreement"], 98)
                self.assertGreaterEqual(output["sqnr_db"], 18)
        for library in quantized[:2]:
            self.assertLess(library["bytes"], reference["bytes"] / 2)

    def test_c_example(self):
        """C and Python see the same bits, static and shared library alike."""
        static = self.compile("static", "--emit=static")
        shared = self.compile("shared")
        program = self.path / "classify"
        subprocess.run(
            ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{static}",
             ROOT / "docs" / "c_example" / "classify.c", static / f"lib{NAME}.a",
             "-lm", "-o", program],
            check=True,
        )  # fmt: skip
        entry = read_manifest(EXAMPLE / "manifest.json", NAME)
        sample = open_dataset(entry.images)[0]
        image = self.path / "image.bin"
        image.write_bytes(np.asarray(sample.image).tobytes())
        *logits, verdict = subprocess.run(
            [program, image], check=True, capture_output=True, text=True
        ).stdout.splitlines()
        model = spiq.load(shared / f"lib{NAME}.so")
        expected = model(fit_to_input(entry.input(sample.image), model.inputs[0]))
        np.testing.assert_array_equal(np.array(logits, np.float32), expected[0])
        self.assertEqual(verdict, f"class {sample.label}")


if __name__ == "__main__":
    unittest.main()
