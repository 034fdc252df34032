"""Images for execution.mlir, and the noise of its results.

`averages.py write x.npy` writes three images: all zero, one with averages that
are far larger than pixels let expect, and one with a single pixel.
`averages.py compare float.npy y.npy` prints the SQNR of the results of each.
"""

import sys

import numpy as np

if sys.argv[1] == "write":
    rng = np.random.default_rng(0)
    x = rng.uniform(0.0, 1.0, (3, 8, 8, 4)).astype(np.float32)
    x[0] = 0.0
    x[1] += 5.0
    x[2, 1:] = x[2, :, 1:] = 0.0
    x[2, 0, 0] += 3.0
    np.save(sys.argv[2], x)
else:
    expected, y = (np.load(path).astype(np.float64) for path in sys.argv[2:])
    noise = ((y - expected) ** 2).sum(1)
    decibels = 10 * np.log10((expected**2).sum(1) / np.maximum(noise, 1e-30))
    print(*(f"image {i}: {min(x, 100):.1f} dB" for i, x in enumerate(decibels)))
