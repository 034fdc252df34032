# RUN: %python %s
"""spiq-eval --layers: values inside of networks, measured and predicted."""

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

# image f32[1x1x2x2] -> logits f32[1x2], and the values "a", "b" = 2 a and "c".
# The error is that of a factor: 1% on a and b, 50% on c.
SOURCE = """
static const int64_t IN[] = {1, 1, 2, 2}, OUT[] = {1, 2};
static const spiq_tensor_info I = {"image", 0, 4, IN, 16, -1, 0, 0, 0};
static const spiq_tensor_info O[] = {
  {"logits", 0, 2, OUT, 8, -1, 0, 0, 0}, {"layer:/a", 0, 4, IN, 16, -1, 0, 0, 0},
  {"layer:/b", 0, 4, IN, 16, -1, 0, 0, 0}, {"layer:/c", 0, 4, IN, 16, -1, 0, 0, 0},
  {"layer:/extra" EXTRA, 0, 4, IN, 16, -1, 0, 0, 0}};
static int32_t run(const void *const *in, void *const *out, void *ws) {
  const float *x = in[0];
  for (int i = 0; i < 4; ++i) {
    ((float *)out[1])[i] = x[i] * (1 + 0.01f * ERROR);
    ((float *)out[2])[i] = 2 * x[i] * (1 + 0.01f * ERROR);
    ((float *)out[3])[i] = x[i] * (1 + 0.5f * ERROR);
    ((float *)out[4])[i] = 0;
  }
  ((float *)out[0])[0] = x[0];
  ((float *)out[0])[1] = x[3] * (1 + 0.1f * ERROR);
  return 0;
}
static const spiq_model_info INFO = {4, 1, 5, "net", "any", &I, O, 0, 64, run, 0, 0, 0, 0};
const spiq_model_info *spiq_model(void) { return &INFO; }
"""

REPORT = {
    "outputs": [{"name": "logits", "predicted_sqnr_db": 21.25}, {"name": "layer:/a"}],
    "layers": [
        {"names": ["/conv", "/a"], "op": "conv_2d", "inputs": [], "weight_bits": 4,
         "bits": 8, "predicted_sqnr_db": 39.5},
        {"names": ["/b"], "op": "clamp", "inputs": ["/a"], "bits": 8},
        {"names": ["/c", "/c/scaled"], "op": "mul", "inputs": ["/b"]},
        {"names": ["/c"], "op": "add", "inputs": ["/c/scaled", "/elsewhere"]},
    ],
}  # fmt: skip


class LayersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = Path(folder.name)
        for name, error in (("float", 0), ("int8", 1)):
            support.compile_library(
                cls.path / f"lib{name}.so",
                f'#define ERROR {error}\n#define EXTRA "{error}"\n{SOURCE}',
            )
        (cls.path / "int8.json").write_text(json.dumps(REPORT))
        np.savez(cls.path / "x.npz", images=np.arange(1, 17, dtype=np.uint8).reshape(4, 2, 2))
        spec = {"size": [2, 2], "order": "L", "mean": [0], "std": [1]}
        entry = {"task": "classification", "classes": 2, "data": "none", "input": spec}
        (cls.path / "m.json").write_text(json.dumps({"models": {"net": entry}}))

    def run_tool(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, TOOL, "--manifest", "m.json", "--images", "x.npz",
             "--json", "out.json", *arguments],
            cwd=self.path, capture_output=True, text=True,
        )  # fmt: skip

    def test_table(self):
        done = self.run_tool("--layers", "libfloat.so", "int8=libint8.so")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        first, second = json.loads((self.path / "out.json").read_text())["libraries"]
        self.assertNotIn("layers", first)
        self.assertEqual([o["name"] for o in second["outputs"]], ["logits"])
        layers = {layer["name"]: layer for layer in second["layers"]}
        self.assertEqual(list(layers), ["/a", "/b", "/c", "logits"])
        self.assertAlmostEqual(layers["/a"]["sqnr_db"], 40, places=3)
        self.assertAlmostEqual(layers["/c"]["sqnr_db"], 6.0206, places=3)
        self.assertEqual(layers["/a"]["layer"], "/conv")
        self.assertEqual(layers["/a"]["predicted_sqnr_db"], 39.5)
        self.assertEqual((layers["/a"]["weight_bits"], layers["/b"]["weight_bits"]), (4, None))
        self.assertEqual(layers["logits"]["predicted_sqnr_db"], 21.25)
        # b is as noisy as a; c loses 34 dB against b.
        self.assertEqual([n for n, layer in layers.items() if layer["hurts"]], ["/c"])
        self.assertAlmostEqual(layers["/c"]["lost_db"], 33.979, places=3)
        self.assertRegex(done.stdout, r"/conv +conv_2d +4/8 +39\.5 +40\.0\n")
        self.assertRegex(done.stdout, r"/c +add +-/- +6\.0 +-34\.0\n")
        self.assertNotIn("extra", done.stdout)

    def test_without_option(self):
        done = self.run_tool("libfloat.so", "libint8.so")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn("layer", done.stdout)
        self.assertNotIn("layers", (self.path / "out.json").read_text())

    def test_errors(self):
        support.linear_classifier(self.path / "plain.so", np.eye(4)[:2].tolist())
        done = self.run_tool("--layers", "libfloat.so", "plain.so")
        self.assertIn("plain.so: has no exposed layers; compile it with", done.stderr)
        done = self.run_tool("--layers", "libfloat.so")
        self.assertIn("name another library", done.stderr)
        (self.path / "bad.json").write_text('{"layers": [{"names": 3}]}')
        (self.path / "bad.so").write_bytes((self.path / "libint8.so").read_bytes())
        done = self.run_tool("--layers", "libfloat.so", "bad.so")
        self.assertIn("bad.json: is not a report of spiq-compile", done.stderr)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))


def convolve(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """[N, H, W, I] with [O, 3, 3, I], zero padding of one pixel."""
    height, width = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(
        padded[:, i : i + height, j : j + width] @ weights[:, i, j].T
        for i in range(3)
        for j in range(3)
    )


def dense(array: np.ndarray) -> str:
    return f'dense<"0x{np.float32(array).tobytes().hex()}">'


def stats(values: np.ndarray) -> str:
    axes = tuple(range(values.ndim - 1))
    mean, stddev = (
        ", ".join(f"{v:.9f}" for v in f(values, axes)) for f in (np.mean, np.std)
    )
    return f"#spiq.channel_stats<mean = [{mean}], stddev = [{stddev}]>"


class PredictionTest(unittest.TestCase):
    """A network whose batch-norms knew the images that it is evaluated on."""

    def test_close_to_measured(self):
        random = np.random.default_rng(5)
        with tempfile.TemporaryDirectory() as name:
            path = Path(name)
            pictures = []
            for i in range(16):
                small = random.integers(0, 256, (8, 8, 3), np.uint8)
                image = Image.fromarray(small).resize((24, 24), Image.BICUBIC)
                image.save(path / f"{i}.png")
                pictures.append(np.asarray(image, np.float32))
            x = (np.array(pictures) - 128) / 64
            v = random.normal(size=(12, 3, 3, 3)) / 5
            w = random.normal(size=(12, 3, 3, 12)) / 10
            y = convolve(x, v)
            z = convolve(np.maximum(y, 0), w)
            (path / "net.mlir").write_text(f"""
func.func @net(%x: tensor<1x24x24x3xf32> {{spiq.stats = {stats(x)}}}) -> tensor<1x12x12x12xf32> {{
  %v = arith.constant {dense(v)} : tensor<12x3x3x3xf32>
  %w = arith.constant {dense(w)} : tensor<12x3x3x12xf32>
  %b = arith.constant dense<0.0> : tensor<12xf32>
  %0 = spiq.conv_2d %x, %v, %b {{clamp_min = 0.0 : f32, padding = array<i64: 1, 1, 1, 1>, stats = {stats(y)}}}
    : (tensor<1x24x24x3xf32>, tensor<12x3x3x3xf32>, tensor<12xf32>) -> tensor<1x24x24x12xf32> loc("first")
  %1 = spiq.conv_2d %0, %w, %b {{clamp_min = 0.0 : f32, padding = array<i64: 1, 1, 1, 1>, stats = {stats(z)}}}
    : (tensor<1x24x24x12xf32>, tensor<12x3x3x12xf32>, tensor<12xf32>) -> tensor<1x24x24x12xf32> loc("second")
  %2 = spiq.avg_pool_2d %1 {{kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>}} : (tensor<1x24x24x12xf32>) -> tensor<1x12x12x12xf32> loc("pool")
  %3 = spiq.conv_2d %2, %u, %b : (tensor<1x12x12x12xf32>, tensor<12x1x1x12xf32>, tensor<12xf32>) -> tensor<1x12x12x12xf32>
  return %3 : tensor<1x12x12x12xf32>
}}
""".replace("  %b = ", f"  %u = arith.constant {dense(np.eye(12))} : tensor<12x1x1x12xf32>\n  %b = "))  # fmt: skip
            spec = {"size": [24, 24], "order": "RGB", "mean": [128] * 3, "std": [64] * 3}
            entry = {"task": "detection", "classes": 12, "data": "none", "input": spec}
            (path / "m.json").write_text(json.dumps({"models": {"net": entry}}))
            for library, options in (
                ("float", ["--float"]),
                ("w8", ["--predict"]),
                ("w4", ["--predict", "--weight-bits=4",
                        "--quantize-options=first-last-bits=4"]),
            ):  # fmt: skip
                subprocess.run(
                    ["spiq-compile", path / "net.mlir", "--expose-layers",
                     "-o", path / f"{library}.so", *options],
                    check=True,
                )  # fmt: skip
            subprocess.run(
                [sys.executable, TOOL, "--layers", "--manifest", path / "m.json",
                 "--images", path, "--json", path / "out.json",
                 path / "float.so", path / "w8.so", path / "w4.so"],
                check=True, capture_output=True,
            )  # fmt: skip
            result = json.loads((path / "out.json").read_text())
        for library in result["libraries"][1:]:
            names = [layer["name"] for layer in library["layers"]]
            self.assertEqual(names[:3], ["first", "second", "pool"])
            self.assertEqual(len(names), 4)
            for layer in library["layers"]:
                with self.subTest(library["name"], layer=layer["name"]):
                    self.assertLess(
                        abs(layer["predicted_sqnr_db"] - layer["sqnr_db"]), 4
                    )


if __name__ == "__main__":
    unittest.main()
