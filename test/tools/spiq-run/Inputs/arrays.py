"""Writes good and bad inputs for a model that takes f32[1x3x9x9]."""

import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
good = np.linspace(-3, 3, 243, dtype=np.float32).reshape(1, 3, 9, 9)
nan = good.copy()
nan.flat[5] = np.nan
np.save(folder / "good.npy", good)
np.save(folder / "shape.npy", good[:, :, 1:])
np.save(folder / "type.npy", good.astype(np.uint8))
np.save(folder / "double.npy", good.astype(np.float64))
np.save(folder / "nan.npy", nan)
np.save(folder / "fortran.npy", np.asfortranarray(good))
data = (folder / "good.npy").read_bytes()
(folder / "short.npy").write_bytes(data[:-100])
(folder / "header.npy").write_bytes(data.replace(b"(1, 3, 9, 9)", b"(1, 3, 9, x)"))
