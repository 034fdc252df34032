# RUN: %python %s %spiq_obj
"""Compiled libraries give the bits of the reference interpreter.

The interpreter evaluates the quantized network with plain loops and shares no
code with the lowering. Every target and back end must agree with it, to the
last bit of the f32 logits, which the last integer layer computes.
"""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop() if len(sys.argv) > 1 else ROOT / "build")
MODEL = ROOT / "examples" / "fashion_mnist" / "mobilenetv2_small.onnx"
sys.path.insert(0, str(ROOT / "python"))

import spiq  # noqa: E402

# Runs a statically linked model on raw files; for machines that are emulated.
DRIVER = r"""
#include "model.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  const spiq_model_info *info = model_info();
  void *input = malloc(info->inputs[0].bytes);
  void *output = malloc(info->outputs[0].bytes);
  size_t size = (info->workspace_bytes + 63) / 64 * 64;
  void *workspace = aligned_alloc(64, size ? size : 64);
  FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
  if (!file || !fread(input, info->inputs[0].bytes, 1, file))
    return 1;
  fclose(file);
  const void *inputs[] = {input};
  void *outputs[] = {output};
  if (model_run(inputs, outputs, workspace) != SPIQ_OK)
    return 2;
  file = fopen(argv[2], "wb");
  if (!file || !fwrite(output, info->outputs[0].bytes, 1, file))
    return 3;
  return fclose(file);
}
"""

CROSS_COMPILER = "aarch64-linux-gnu-gcc"
EMULATOR = "qemu-aarch64"


def run(*command) -> None:
    subprocess.run([str(word) for word in command], check=True)


class ReferenceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = Path(folder.name)
        # Values beyond the range of the scales exercise saturation.
        cls.image = np.random.default_rng(7).normal(0.0, 2.0, (1, 1, 28, 28))
        cls.image = cls.image.astype(np.float32)
        np.save(cls.path / "image.npy", cls.image)

    def compile(self, name: str, *options: str) -> Path:
        path = self.path / name
        run(BUILD / "bin" / "spiq-compile", MODEL, "-o", path, *options)
        return path

    def interpret(self, *options: str) -> np.ndarray:
        """The logits that the definition of the operations prescribes."""
        network = self.compile("network.mlir", "--emit=quantized", *options)
        logits = self.path / "logits.npy"
        run(BUILD / "bin" / "spiq-interpret", network, "--function=main",
            f"--input={self.path / 'image.npy'}", f"--output={logits}")
        return np.load(logits)

    def check(self, *options: str, quantization: tuple = ()) -> None:
        # A library is loaded once for each path.
        name = f"{self._testMethodName}.so"
        library = self.compile(name, *options, *quantization)
        logits = np.asarray(spiq.load(library)(self.image))
        expected = self.interpret(*quantization)
        self.assertGreater(np.ptp(expected), 0.1)
        np.testing.assert_array_equal(
            logits.reshape(expected.shape).view(np.uint32),
            expected.view(np.uint32))

    def test_native_kernels(self):
        self.check()

    def test_vectorized_linalg(self):
        self.check("--native=false")

    def test_plain_loops(self):
        self.check("--native=false", "--vectorize=false")

    def test_per_tensor(self):
        self.check(quantization=("--scheme=per-tensor",))

    def test_few_bits(self):
        self.check(
            quantization=("--activation-bits=4", "--weight-bits=4"))

    @unittest.skipUnless(
        shutil.which(CROSS_COMPILER) and shutil.which(EMULATOR),
        "needs a cross compiler and an emulator for AArch64")
    def test_aarch64(self):
        folder = self.path / "arm"
        folder.mkdir()
        self.compile("arm", "--target=aarch64", "--emit=static",
                     "--name=model")
        (folder / "driver.c").write_text(DRIVER)
        (folder / "image").write_bytes(self.image.tobytes())
        run(CROSS_COMPILER, "-O1", "-static", folder / "driver.c",
            *folder.glob("*.a"), "-lm", "-o", folder / "driver")
        run(EMULATOR, folder / "driver", folder / "image", folder / "logits")
        expected = self.interpret()
        logits = np.fromfile(folder / "logits", np.uint32)
        np.testing.assert_array_equal(
            logits.reshape(expected.shape), expected.view(np.uint32))


if __name__ == "__main__":
    unittest.main(verbosity=2)
