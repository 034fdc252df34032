# REQUIRES: python-torch, python-onnx
# RUN: %python -W ignore %s %spiq_obj
"""Small networks of many architectures, exported by PyTorch with random weights.

In float, libraries compute what PyTorch computes; as integers, what the reference
interpreter computes, to the last bit, and what PyTorch computes but for noise.
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop() if len(sys.argv) > 1 else ROOT / "build")
sys.path.insert(0, str(ROOT / "python"))

import spiq  # noqa: E402


def block(inputs, outputs, kernel=3, stride=1, groups=1, activation=nn.ReLU):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups,
                  bias=False),
        nn.BatchNorm2d(outputs), activation())  # fmt: skip


class Detector(nn.Module):
    """Leaky ReLU, a pyramid with nearest resizing, batch-norm behind ReLU, two
    heads."""

    def __init__(self):
        super().__init__()
        self.stem = block(3, 8, stride=2, activation=lambda: nn.LeakyReLU(0.1))
        self.deep = block(8, 16, stride=2, activation=lambda: nn.LeakyReLU(0.1))
        self.lateral = nn.Conv2d(16, 8, 1)
        self.norm = nn.BatchNorm2d(16)
        self.small, self.large = nn.Conv2d(16, 6, 1), nn.Conv2d(16, 6, 3, padding=1)

    def forward(self, x):
        x = self.stem(x)
        y = self.deep(x)
        up = F.interpolate(self.lateral(y), scale_factor=2.0, mode="nearest")
        x = self.norm(F.relu(torch.cat([x, up], 1)))
        return self.small(y), self.large(x)


class Segmenter(nn.Module):
    """A U-Net: pooling, transposed convolutions, skip connections; asymmetric
    padding and dilation."""

    def __init__(self):
        super().__init__()
        self.down = block(3, 8)
        self.bottom = nn.Sequential(nn.Conv2d(8, 16, 3, dilation=2), nn.PReLU(16))
        self.up = nn.ConvTranspose2d(16, 8, 2, 2)
        self.last = nn.ConvTranspose2d(16, 4, 3, 1, 1, groups=2)

    def forward(self, x):
        x = self.down(x)
        y = self.bottom(F.pad(F.max_pool2d(x, 2), (1, 3, 3, 1)))
        return self.last(torch.cat([self.up(y), x], 1))


class Mobile(nn.Module):
    """Channel shuffle, split, depthwise, squeeze and excite, hard-swish."""

    def __init__(self):
        super().__init__()
        self.stem = block(3, 16, stride=2, activation=nn.Hardswish)
        self.right = nn.Sequential(block(8, 8, 1), block(8, 8, 5, groups=8))
        self.squeeze, self.excite = nn.Conv2d(16, 4, 1), nn.Conv2d(4, 16, 1)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        left, right = self.stem(x).split(8, 1)
        x = torch.cat([left, self.right(right)], 1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        scale = F.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1)))
        x = x * F.hardsigmoid(self.excite(scale))
        return self.head(x.mean([2, 3]))


class Generator(nn.Module):
    """Transposed convolutions with strides, the first on the input."""

    def __init__(self):
        super().__init__()
        self.first = nn.ConvTranspose2d(4, 8, 4, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.last = nn.ConvTranspose2d(8, 3, 3, 2, 1, 1)

    def forward(self, x):
        return self.last(F.relu(self.norm(self.first(x))))


class Sequence(nn.Module):
    """One dimension."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(2, 8, 9, 2, 4), nn.BatchNorm1d(8), nn.ReLU(),
            nn.Conv1d(8, 8, 3, padding=2, dilation=2, groups=8),
            nn.BatchNorm1d(8), nn.ReLU6(), nn.MaxPool1d(2),
            nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 4))  # fmt: skip

    def forward(self, x):
        return self.layers(x)


class Several(nn.Module):
    """Two inputs of different kinds, pixels rearranged as channels."""

    def __init__(self):
        super().__init__()
        self.image = block(12, 8)
        self.vector = nn.Linear(6, 8)
        self.head = nn.Linear(8, 3)

    def forward(self, x, y):
        x = torch.cat([x[..., i::2, j::2] for i in (0, 1) for j in (0, 1)], 1)
        return self.head(self.image(x).mean([2, 3]) + F.relu(self.vector(y)))


class NetworksTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        torch.manual_seed(0)
        torch.set_num_threads(1)

    def run_tool(self, *command):
        done = subprocess.run(
            [BUILD / "bin" / command[0], *map(str, command[1:])],
            stderr=subprocess.PIPE, text=True)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def interpret(self, inputs, count):
        arguments = [f"--output={self.path}/y{i}.npy" for i in range(count)]
        for index, x in enumerate(inputs):
            np.save(self.path / f"x{index}.npy", x)
            arguments.append(f"--input={self.path}/x{index}.npy")
        self.run_tool("spiq-interpret", self.path / "net.mlir",
                      "--function=main", *arguments)  # fmt: skip
        return [np.load(self.path / f"y{i}.npy") for i in range(count)]

    def check(self, network, *shapes):
        """Trains the statistics of batch-norm on noise, exports, compiles."""
        for module in network.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.momentum = None
                nn.init.uniform_(module.weight, 0.3, 1.5)
                nn.init.normal_(module.bias, 0.0, 0.4)
        with torch.no_grad():
            for _ in range(4):
                network(*[torch.randn(8, *shape[1:]) for shape in shapes])
            network.eval()
            inputs = [torch.randn(*shape) for shape in shapes]
            expected = network(*inputs)
        model = self.path / "net.onnx"
        torch.onnx.export(network, tuple(inputs), str(model), opset_version=14,
                          training=torch.onnx.TrainingMode.PRESERVE)
        if isinstance(expected, torch.Tensor):
            expected = [expected]
        expected = [y.numpy() for y in expected]
        inputs = [x.numpy() for x in inputs]

        self.run_tool("spiq-compile", model, "--float", "-o",
                      self.path / "float.so")  # fmt: skip
        results = spiq.load(self.path / "float.so").run(inputs)
        self.assertEqual(len(results), len(expected))
        for y, reference in zip(results, expected):
            np.testing.assert_allclose(y, reference, rtol=0,
                                       atol=1e-5 * np.abs(reference).max())

        remarks = self.run_tool("spiq-compile", model, "-o",
                                self.path / "integer.so")  # fmt: skip
        # Only the layout of inputs and results is changed in floating point.
        for remark in remarks.splitlines():
            self.assertIn("'linalg.transpose' stays in f32", remark)
        self.run_tool("spiq-compile", model, "--emit=quantized", "-o",
                      self.path / "net.mlir")  # fmt: skip
        integer = spiq.load(self.path / "integer.so").run(inputs)
        for y, reference, exact in zip(
                integer, expected, self.interpret(inputs, len(integer))):
            np.testing.assert_array_equal(
                y.view(np.uint32), exact.reshape(y.shape).view(np.uint32))
            noise = np.sum((y - reference) ** 2.0)
            signal = np.sum((reference - reference.mean()) ** 2.0)
            self.assertGreater(10 * np.log10(signal / noise), 15)

    def test_detector(self):
        self.check(Detector(), (1, 3, 16, 24))

    def test_segmenter(self):
        self.check(Segmenter(), (1, 3, 16, 16))

    def test_mobile(self):
        self.check(Mobile(), (1, 3, 16, 16))

    def test_generator(self):
        self.check(Generator(), (1, 4, 7, 9))

    def test_sequence(self):
        self.check(Sequence(), (1, 2, 40))

    def test_several(self):
        self.check(Several(), (1, 3, 8, 8), (1, 6))


if __name__ == "__main__":
    unittest.main()
