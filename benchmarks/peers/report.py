"""Turns measurements into tables and JSON."""

import platform
import statistics
import subprocess

import numpy as np


def machine() -> dict:
    """What the numbers depend on."""
    text = subprocess.run(["lscpu"], capture_output=True, text=True).stdout
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    keys = ("Model name", "CPU family", "CPU(s)", "L1d cache", "L2 cache", "L3 cache")
    result = {key: fields[key].strip() for key in keys if key in fields}
    features = fields.get("Flags", "").split()
    sets = ("avx2", "avx_vnni", "avx512bw", "avx512_vnni", "amx_int8")
    result["instruction sets"] = " ".join(s for s in sets if s in features)
    result["system"] = platform.platform()
    return result


def sqnr(values: np.ndarray, reference: np.ndarray) -> float:
    """Signal-to-noise ratio in dB."""
    noise = float(np.square(values - reference, dtype=np.float64).sum())
    signal = float(np.square(reference, dtype=np.float64).sum())
    return 10 * float(np.log10(signal / max(noise, 1e-30 * signal)))


def summarize(timings: list[dict], base: list[dict]) -> dict:
    """Milliseconds, and how many times faster `base` is, over the rounds."""
    result = {}
    for key in ("min", "median"):
        ratios = [t[key] / b[key] for t, b in zip(timings, base)]
        result[key] = {
            "ms": statistics.median(t[key] for t in timings),
            "ratio": statistics.median(ratios),
            "ratio_low": min(ratios),
            "ratio_high": max(ratios),
        }
    return result


HEADER = (
    "| network | contestant | ms | times slower than SPIQ (lowest .. highest round) "
    "| by medians | SQNR dB | class |\n|---|---|---|---|---|---|---|"
)


def rows(network: dict) -> list[str]:
    """Markdown rows of one network."""
    lines = []
    for index, entry in enumerate(network["contestants"]):
        best, median = entry["summary"]["min"], entry["summary"]["median"]
        ratio = f"{best['ratio']:.2f} ({best['ratio_low']:.2f} .. {best['ratio_high']:.2f})"
        is_base = entry["name"] == "SPIQ"
        cells = [
            network["name"] if index == 0 else "",
            f"{entry['name']} {entry['precision']}",
            f"{best['ms']:.3f}",
            "" if is_base else ratio,
            "" if is_base else f"{median['ratio']:.2f}",
            "" if entry["sqnr_db"] > 150 else f"{entry['sqnr_db']:.1f}",
            "same" if entry["same_class"] else "other",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines
