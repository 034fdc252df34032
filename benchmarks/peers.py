#!/usr/bin/python3
"""Times SPIQ's libraries next to ONNX Runtime and oneDNN.

    benchmarks/peers.py [NETWORK | MODEL.onnx ...] [--rounds N] [--threads N]
                        [--size N] [--batch N] [--width X] [--avx2]
                        [--json FILE]

A NETWORK is one of torchvision's, with random weights; all of them unless some
are named. Models of your own need one image as their input and one output.
Each round runs every contestant once, pinned to the same cores, so that a
machine that slows down slows all of them. What is installed, exported and
compiled goes to the work folder. benchmarks/README.md says how to read the
table.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from peers import report
from peers.contestants import ROOT, BenchmarkError, Case, Contestant, Setup
from peers.topologies import TOPOLOGIES, network_file

# Below this a result has little to do with the float network's, and its time
# would be that of something else.
PLAUSIBLE_SQNR_DB = 5.0


def find_models(args: argparse.Namespace) -> list[Path]:
    """The files of the networks named on the command line."""
    models = []
    for name in args.networks or TOPOLOGIES:
        if name in TOPOLOGIES:
            folder = args.work / "networks"
            models.append(network_file(folder, name, args.size, args.batch, args.width))
        elif Path(name).is_file():
            models.append(Path(name))
        else:
            raise BenchmarkError(
                f"'{name}' is neither a file nor one of {', '.join(TOPOLOGIES)}"
            )
    return models


def create_contestants(case: Case, precisions: list[str]) -> list[Contestant]:
    """SPIQ first in each precision."""
    tensors = case.observe()
    contestants = []
    for precision in precisions:
        contestants += [case.spiq(precision), case.onnxruntime(precision, tensors)]
        if precision == "int8":
            contestants.append(case.onednn(tensors))
    return [contestant for contestant in contestants if contestant]


def measure(contestants: list[Contestant], rounds: int, seconds: float) -> list[list]:
    """Each contestant's timings, one for each round."""
    runs = [
        max(3, min(200, int(1e3 * seconds / contestant.measure(3).min)))
        for contestant in contestants
    ]
    timings = [[] for _ in contestants]
    for _ in range(rounds):
        for index, contestant in enumerate(contestants):
            timings[index].append(vars(contestant.measure(runs[index])))
    return timings


def evaluate(case: Case, args: argparse.Namespace) -> dict:
    """The measurements of one network."""
    contestants = create_contestants(case, args.precisions)
    # With --precisions int8 ONNX Runtime has not run the float network yet.
    reference = next(
        (c for c in contestants if (c.name, c.precision) == ("ONNX Runtime", "float")),
        None,
    ) or case.onnxruntime("float", {})
    timings = measure(contestants, args.rounds, args.seconds)
    entries = []
    for contestant, values in zip(contestants, timings):
        base = next(
            t
            for c, t in zip(contestants, timings)
            if (c.name, c.precision) == ("SPIQ", contestant.precision)
        )
        entries.append({
            "name": contestant.name,
            "version": contestant.version,
            "precision": contestant.precision,
            "sqnr_db": report.sqnr(contestant.output, reference.output),
            "same_class": bool(
                contestant.output.argmax() == reference.output.argmax()
            ),
            "summary": report.summarize(values, base),
            "rounds": values,
            "notes": contestant.notes,
        })  # fmt: skip
    return {"name": case.model.stem, "contestants": entries}


def problems(network: dict) -> list[str]:
    """What a reader of the table has to know."""
    result = []
    for entry in network["contestants"]:
        result += [f"{network['name']}: {note}" for note in entry["notes"]]
        if entry["sqnr_db"] < PLAUSIBLE_SQNR_DB:
            result.append(
                f"{network['name']}: {entry['name']} {entry['precision']} is not the "
                f"network: SQNR {entry['sqnr_db']:.1f} dB; its time says nothing"
            )
    return result


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=0.3, help="of a contestant in a round"
    )
    parser.add_argument("--threads", type=int, default=1, choices=(1, 2))
    parser.add_argument("--size", type=int, default=224, help="height and width")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--width", type=float, default=1.0, help="of the layers")
    parser.add_argument(
        "--precisions", nargs="+", choices=("int8", "float"), default=["int8", "float"]
    )
    parser.add_argument(
        "--avx2", action="store_true", help="all without newer instructions"
    )
    parser.add_argument("--json", type=Path, help="writes every timing")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "benchmarks")
    return parser.parse_args()


def main() -> int:
    args = parse_arguments()
    args.work = args.work.resolve()
    setup = Setup(args.build.resolve(), args.work, args.threads, args.avx2)
    setup.install()
    models = find_models(args)
    cores = sorted(os.sched_getaffinity(0))[-args.threads :]
    if len(cores) < args.threads:
        raise BenchmarkError(f"{args.threads} threads need as many cores")
    os.sched_setaffinity(0, cores)

    networks, failed = [], False
    for model in models:
        network = evaluate(Case(setup, model), args)
        networks.append(network)
        if len(networks) == 1:
            print(report.HEADER)
        print("\n".join(report.rows(network)), flush=True)
        for line in problems(network):
            failed = True
            print(f"peers.py: {line}", file=sys.stderr)
    machine = report.machine()
    versions = {
        f"{entry['name']} {entry['version']}"
        for network in networks
        for entry in network["contestants"]
    }
    settings = {
        "threads": args.threads,
        "avx2": args.avx2,
        "cores": cores,
        "rounds": args.rounds,
        "machine": machine,
        "versions": sorted(versions),
    }
    print("\n" + "; ".join(f"{key}: {value}" for key, value in machine.items()))
    limit = ", nothing newer than AVX2" if args.avx2 else ""
    print(f"{args.threads} thread(s){limit}, {args.rounds} rounds; " + ", ".join(sorted(versions)))
    if args.json:
        args.json.write_text(json.dumps(settings | {"networks": networks}, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BenchmarkError, ValueError) as error:
        sys.exit(f"peers.py: error: {error}")
