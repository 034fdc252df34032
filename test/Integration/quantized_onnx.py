# REQUIRES: python-onnx
# RUN: %python -W ignore %s %spiq_obj
"""A network that is quantized already becomes an integer library that computes
what ONNX says.

The expected values come from plain loops over the definitions of QuantizeLinear,
DequantizeLinear, Conv, Add, MaxPool and MatMul, in float64.
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop() if len(sys.argv) > 1 else ROOT / "build")
sys.path.insert(0, str(ROOT / "python"))

import spiq  # noqa: E402


def quantize(x, scale, zero, kind):
    limits = np.iinfo(kind)
    return np.clip(np.rint(x / scale) + zero, limits.min, limits.max)


def conv(x, w, b, stride=1, pad=0, groups=1):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    outputs, _, kh, kw = w.shape
    rows = (x.shape[2] - kh) // stride + 1
    columns = (x.shape[3] - kw) // stride + 1
    y = np.empty((x.shape[0], outputs, rows, columns))
    inputs = x.shape[1] // groups
    for o in range(outputs):
        first = o // (outputs // groups) * inputs
        for r in range(rows):
            for c in range(columns):
                patch = x[:, first:first + inputs, r * stride:r * stride + kh,
                          c * stride:c * stride + kw]
                y[:, o, r, c] = np.sum(patch * w[o], axis=(1, 2, 3)) + b[o]
    return y


def max_pool(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


class Network:
    """Writes a quantized network and evaluates it on the way."""

    def __init__(self, x, kind):
        self.random = np.random.default_rng(3)
        self.kind = kind
        self.nodes, self.constants = [], []
        self.scales = {}
        self.values = {"x": x}
        self.stored = {}

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, op, inputs, output, value, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output,
                                           **attributes))  # fmt: skip
        self.values[output] = value
        return output

    def cast(self, name, zero=None):
        """Quantizes and dequantizes a value over the range that it has."""
        x = self.values[name]
        limits = np.iinfo(self.kind)
        low, high = min(0.0, x.min()), max(0.0, x.max())
        scale = np.float32((high - low) * 0.9 / 255)  # some values saturate
        if zero is None:
            zero = int(np.clip(np.rint(limits.min - low * 0.9 / scale),
                               limits.min, limits.max))
        else:
            scale = np.float32(max(-low, high) * 0.9 / 127)
        s = self.constant(f"{name}_scale", scale)
        z = self.constant(f"{name}_zero", self.kind(zero))
        stored = quantize(x, np.float64(scale), zero, self.kind)
        q = self.node("QuantizeLinear", [name, s, z], f"{name}_q", stored)
        self.scales[f"{name}_d"] = np.float64(scale)
        return self.node("DequantizeLinear", [q, s, z], f"{name}_d",
                         (stored - zero) * np.float64(scale))

    def parameters(self, name, shape, input_name, per_axis):
        """Stored weights and a 32-bit bias; what they stand for. Weights with one
        scale are unsigned."""
        w = self.random.integers(-127, 128, shape)
        if per_axis:
            w, zero = w.astype(np.int8), np.int8(0)
        else:
            w, zero = (w + 128).astype(np.uint8), np.uint8(128)
        count = shape[0] if per_axis else 1
        scale = self.random.uniform(0.002, 0.02, count).astype(np.float32)
        bias_scale = (scale * np.float32(self.scales[input_name]))
        bias = self.random.integers(-2000, 2000, shape[0]).astype(np.int32)
        axis = {"axis": 0} if per_axis else {}
        if not per_axis:
            scale, bias_scale = scale[0], bias_scale[0]
        names = []
        for part, array, s, z in (("w", w, scale, zero),
                                  ("b", bias, bias_scale, np.int32(0))):
            part = f"{name}_{part}"
            stored = self.constant(f"{part}_stored", array)
            s_name = self.constant(f"{part}_scale", s)
            zeros = np.full_like(s, z, array.dtype)
            zero_name = self.constant(f"{part}_zero", zeros)
            real = (np.float64(array) - z) * np.reshape(np.float64(s), np.shape(s) + (1,) * (
                array.ndim - 1 if np.ndim(s) else 0))
            names.append(self.node("DequantizeLinear", [stored, s_name, zero_name],
                                   part, real, **axis))
        return names

    def conv(self, name, x, outputs, kernel, stride=1, pad=0, groups=1,
             per_axis=True):
        shape = (outputs, self.values[x].shape[1] // groups, kernel, kernel)
        w, b = self.parameters(name, shape, x, per_axis)
        return self.node(
            "Conv", [x, w, b], name,
            conv(self.values[x], self.values[w], self.values[b], stride, pad,
                 groups),
            strides=[stride] * 2, pads=[pad] * 4, group=groups)

    def relu(self, x):
        return self.node("Relu", [x], f"{x}_relu",
                         np.maximum(self.values[x], 0.0))

    def save(self, path, outputs):
        def info(name, kind):
            return helper.make_tensor_value_info(name, kind,
                                                 self.values[name].shape)
        graph = helper.make_graph(
            self.nodes, "quantized", [info("x", TensorProto.FLOAT)],
            [info(name, TensorProto.FLOAT) for name in outputs], self.constants)
        onnx.save(helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 13)]), str(path))


def build(kind):
    """Convolutions of all kinds, a residual addition, pooling and a classifier."""
    x = np.random.default_rng(5).normal(size=(1, 3, 12, 12))
    net = Network(x.astype(np.float32).astype(np.float64), kind)
    a = net.cast(net.relu(net.conv("first", net.cast("x"), 16, 3, 2, 1)))
    d = net.cast(net.relu(net.conv("depthwise", a, 16, 3, 1, 1, groups=16)))
    p = net.cast(net.conv("project", d, 16, 1, per_axis=False))
    net.node("Add", [p, a], "sum", net.values[p] + net.values[a])
    s = net.cast("sum")
    g = net.cast(net.conv("grouped", s, 24, 3, 1, 1, groups=2))
    m = net.node("MaxPool", [g], "pooled", max_pool(net.values[g]),
                 kernel_shape=[2, 2], strides=[2, 2])
    flat = net.node("Flatten", [m], "flat", net.values[m].reshape(1, -1))
    net.scales[flat] = net.scales[g]
    w, b = net.parameters("classifier", (10, net.values[flat].size), flat, True)
    net.node("Gemm", [flat, w, b], "logits",
             net.values[flat] @ net.values[w].T + net.values[b], transB=1)
    return net, [a, d, s, g, net.cast("logits")]


class QuantizedONNXTest(unittest.TestCase):
    def check(self, kind):
        net, outputs = build(kind)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{kind.__name__}.onnx"
            net.save(path, outputs)
            run = [BUILD / "bin" / "spiq-compile", path, "-o"]
            subprocess.run([*run, folder + "/"], check=True)
            report = json.loads(
                (Path(folder) / f"{kind.__name__}.json").read_text())
            inputs = [net.values["x"].astype(np.float32)]
            model = spiq.load(Path(folder) / f"lib{kind.__name__}.so")
            results = model.run(inputs)
            subprocess.run([*run, folder + "/real.so", "--float"], check=True)
            real = spiq.load(Path(folder) / "real.so").run(inputs)
            text = subprocess.run([*run, "-", "--emit=quantized"], check=True,
                                  stdout=subprocess.PIPE, text=True).stdout
        # Nothing is left in floating point.
        self.assertEqual(report["remarks"], [])
        for line in text.splitlines():
            if "spiq." in line:
                self.assertNotIn("xf32>)", line)
        for name, *both in zip(outputs, results, real):
            for result in both:
                with self.subTest(name):
                    off = (result - net.values[name]) / net.scales[name]
                    np.testing.assert_array_equal(np.rint(off), 0)
                    self.assertGreater(len(np.unique(result)), 5)

    def test_operations_in_float(self):
        """Values around them are rounded all the same."""
        x = np.random.default_rng(7).normal(size=(1, 12)).astype(np.float32)
        net = Network(x.astype(np.float64), np.uint8)
        a = net.cast("x")
        net.node("Exp", [a], "exp", np.exp(net.values[a]))
        b = net.cast("exp")
        shares = np.exp(net.values[b])
        net.node("Softmax", [b], "shares", shares / shares.sum(), axis=1)
        outputs = [a, "exp", b, "shares"]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "net.onnx"
            net.save(path, outputs)
            results = []
            for flags in (["--name=integer"], ["--name=real", "--float"]):
                subprocess.run([BUILD / "bin" / "spiq-compile", path, "-o",
                                folder + "/", *flags], check=True,
                               stderr=subprocess.DEVNULL)
                model = spiq.load(Path(folder) / f"lib{flags[0][7:]}.so")
                results.append(model.run([x]))
        for name, result, real in zip(outputs, *results):
            np.testing.assert_allclose(result, net.values[name], rtol=1e-5)
            np.testing.assert_array_equal(result, real)

    def test_unsigned(self):
        self.check(np.uint8)

    def test_signed(self):
        self.check(np.int8)


if __name__ == "__main__":
    unittest.main()
