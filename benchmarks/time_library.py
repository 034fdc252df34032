#!/usr/bin/python3
"""Prints the median milliseconds of a compiled library on random input.

    benchmarks/time_library.py LIBRARY [RUNS]
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

import numpy as np  # noqa: E402
import spiq  # noqa: E402


def main() -> None:
    model = spiq.load(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    random = np.random.default_rng(0)
    inputs = [random.normal(size=i.shape).astype(i.dtype) for i in model.inputs]
    times = []
    for _ in range(runs + 5):
        start = time.perf_counter()
        model(*inputs)
        times.append(1e3 * (time.perf_counter() - start))
    print(f"{statistics.median(times[5:]):.4f}")


if __name__ == "__main__":
    main()
