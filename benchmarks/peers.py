#!/usr/bin/python3
"""Times SPIQ's libraries and ONNX Runtime in turn, on the same model.

    benchmarks/peers.py [--rounds N] [--cpu N] [--work DIR] MODEL.onnx...

Each round runs every contestant once, one thread on one pinned core, so that a
machine that slows down slows all of them; the table shows the median over the
rounds of each round's median, and its ratio to SPIQ int8. ONNX Runtime comes
from npm (onnxruntime-node) and is installed into the work folder.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(command: list, **options) -> str:
    """Runs a command and returns what it printed; ends the program if it fails."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, **options
    )
    if done.returncode != 0:
        sys.exit(f"peers.py: error: {command[0]}: {done.stderr.strip()}")
    return done.stdout


def install_onnxruntime(folder: Path) -> None:
    """Installs onnxruntime-node without its download of GPU libraries."""
    if not (folder / "node_modules" / "onnxruntime-node").is_dir():
        print("Installing onnxruntime-node", file=sys.stderr)
        run(["npm", "install", "--ignore-scripts", "--no-fund", "--prefix", folder,
             "onnxruntime-node"])  # fmt: skip


def compile_model(model: Path, folder: Path, build: Path, flags: list[str]) -> Path:
    """Compiles a model and returns its shared library."""
    run([build / "bin" / "spiq-compile", model, "-o", f"{folder}/", *flags])
    (library,) = folder.glob("*.so")
    return library


def time_spiq(library: Path) -> float:
    """Median milliseconds of one library, in a process of its own."""
    return float(run([sys.executable, ROOT / "benchmarks" / "time_library.py", library]))


def time_onnxruntime(model: Path, folder: Path) -> float:
    """Median milliseconds of ONNX Runtime on one thread."""
    script = ROOT / "benchmarks" / "peers" / "onnxruntime.mjs"
    return json.loads(run(["node", script, model.resolve()], cwd=folder))[
        "milliseconds"
    ]["median"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", type=int, default=0)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "benchmarks")
    args = parser.parse_args()

    args.work.mkdir(parents=True, exist_ok=True)
    install_onnxruntime(args.work)
    contestants = {}
    for model in args.models:
        for name, flags in {"SPIQ int8": [], "SPIQ float": ["--float"]}.items():
            folder = args.work / model.stem / name.split()[1]
            folder.mkdir(parents=True, exist_ok=True)
            library = compile_model(model, folder, args.build, flags)
            contestants[model, name] = lambda lib=library: time_spiq(lib)
        contestants[model, "ONNX Runtime float"] = (
            lambda path=model: time_onnxruntime(path, args.work)
        )
    os.sched_setaffinity(0, {args.cpu})
    times = {key: [] for key in contestants}
    for _ in range(args.rounds):
        for key, measure in contestants.items():
            times[key].append(measure())

    print("| network | contestant | ms | time / SPIQ int8 |\n|---|---|---|---|")
    for (model, name), values in times.items():
        ratios = [a / b for a, b in zip(values, times[model, "SPIQ int8"])]
        print(f"| {model.stem} | {name} | {statistics.median(values):.3f} "
              f"| {statistics.median(ratios):.2f} |")  # fmt: skip


if __name__ == "__main__":
    main()
