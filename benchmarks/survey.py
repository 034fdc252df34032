#!/usr/bin/python3
"""Lists the layers of networks that stay far from the machine's peak.

    benchmarks/survey.py [NETWORK | MODEL.onnx ...] [--sizes N...]
                          [--batches N...] [--widths X...] [--below PERCENT]

A NETWORK is one of torchvision's, with random weights; all of them unless some
are named. Each is compiled with --profile for every combination of image size,
batch and width, and run. A line for each gives its time and rate; below it
stand the steps that take more than --share percent of the time and multiply at
less than --below percent of the measured peak, or not at all.
"""

import argparse
import itertools
import json
import subprocess
import sys
from pathlib import Path

from peers.topologies import TOPOLOGIES, network_file

ROOT = Path(__file__).resolve().parents[1]


def record(model: Path, args: argparse.Namespace) -> dict:
    """The profile of a network, as spiq-run prints it."""
    tools = args.build / "bin"
    library = args.work / "profiles" / f"{model.stem}{'-float' * args.float}.so"
    library.parent.mkdir(parents=True, exist_ok=True)
    command = [tools / "spiq-compile", model, "--profile", "-o", library]
    subprocess.run(command + ["--float"] * args.float, check=True, capture_output=True)
    command = [tools / "spiq-run", library, "--random"]
    command += [f"--profile-json={args.runs}", f"--threads={args.threads}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def slow_steps(steps: list[dict], below: float, share: float) -> list[dict]:
    """The steps that take more than `share` percent of the time and reach less
    than `below` percent of the peak; the longest first."""
    total = sum(step["milliseconds"] for step in steps)
    slow = [
        step
        for step in steps
        if step["percent_of_peak"] < below
        and step["milliseconds"] > share / 100 * total
    ]
    return sorted(slow, key=lambda step: -step["milliseconds"])


def describe(name: str, profile: dict, below: float, share: float) -> list[str]:
    """The lines about one network."""
    steps = profile["steps"]
    total = sum(step["milliseconds"] for step in steps)
    rate = sum(step["macs"] for step in steps) / total * 1e-6
    lines = [f"{name}: {total:.3f} ms, {rate:.1f} GMAC/s"]
    for step in slow_steps(steps, below, share):
        shape = "x".join(map(str, step["shape"]))
        peak = f"{step['percent_of_peak']:.1f}% of peak" if step["macs"] else "no products"
        form = "" if step["form"] == step["op"] else f" ({step['form']})"
        lines.append(
            f"{100 * step['milliseconds'] / total:6.1f}% of the time, {peak}: "
            f"{step['op']}{form} {shape} {step['nodes'].partition('+')[0]}"
        )
    return lines


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--sizes", type=int, nargs="+", default=[224])
    parser.add_argument("--batches", type=int, nargs="+", default=[1])
    parser.add_argument("--widths", type=float, nargs="+", default=[1.0])
    parser.add_argument("--below", type=float, default=35.0, help="percent of peak")
    parser.add_argument("--share", type=float, default=1.5, help="percent of time")
    parser.add_argument("--runs", type=int, default=10, help="of which medians are taken")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--float", action="store_true", help="not quantized")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "benchmarks")
    return parser.parse_args()


def main() -> int:
    args = parse_arguments()
    for name in args.networks or TOPOLOGIES:
        if name not in TOPOLOGIES and not Path(name).is_file():
            known = ", ".join(TOPOLOGIES)
            sys.exit(f"survey.py: '{name}' is neither a file nor one of {known}")
    for name in args.networks or TOPOLOGIES:
        models = [Path(name)]
        if name in TOPOLOGIES:
            models = (
                network_file(args.work / "networks", name, *variant)
                for variant in itertools.product(args.sizes, args.batches, args.widths)
            )
        for model in models:
            lines = describe(model.stem, record(model, args), args.below, args.share)
            print("\n".join(lines), flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ValueError as error:
        sys.exit(f"survey.py: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"survey.py: {error.stderr.decode().strip()}")
