"""Feeds pixels to two libraries: scaled as floats to one, as they are to the other."""

import sys

import numpy as np
import spiq

floats, integers = map(spiq.load, sys.argv[1:])
mean = np.array([123.675, 116.28, 103.53])
std = np.array([58.395, 57.12, 57.375])
rng = np.random.default_rng(1)
shape = floats.inputs[0].shape
assert np.allclose(integers.inputs[0].scales, 1 / std)
assert [*integers.inputs[0].zero_points] == [124, 116, 104]
for _ in range(20):
    pixels = rng.integers(0, 256, shape).astype(np.uint8)
    scaled = ((pixels - mean) / std).astype(np.float32)
    stored = integers(pixels)
    output = integers.outputs[0]
    real = (stored.astype(np.float32) - output.zero_points[0]) * output.scales[0]
    error = np.abs(real - floats(scaled)).max()
    assert error <= output.scales[0] * 0.501, error
    assert len(np.unique(stored)) > 1
