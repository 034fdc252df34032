"""Writes arrays that are no inputs of a network of 1x1x2x1 into a folder."""

import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
good = np.arange(4, dtype=np.float32).reshape(2, 1, 2, 1)


def with_value(index: int, value: float) -> np.ndarray:
    array = good.copy()
    array.flat[index] = value
    return array


ARRAYS = {
    "wide": np.zeros((1, 1, 3, 1), np.float32),
    "rank": np.zeros(2, np.float32),
    "none": np.zeros((0, 1, 2, 1), np.float32),
    "bytes": np.zeros((1, 1, 2, 1), np.uint8),
    "double": good.astype(np.float64),
    "nan": with_value(2, np.nan),
    "inf": with_value(1, -np.inf),
    "fortran": np.asfortranarray(good),
}
for name, array in ARRAYS.items():
    np.save(folder / f"{name}.npy", array)
np.save(folder / "cut.npy", good)
data = (folder / "cut.npy").read_bytes()
(folder / "cut.npy").write_bytes(data[:-1])
