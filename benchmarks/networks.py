#!/usr/bin/python3
"""Compiles every network of a manifest and measures it next to float.

    benchmarks/networks.py --shared DIR [--model KEY...] [--limit N]
                           [--bits W/A...] [--rules RULE...]

DIR holds models/manifest.json, the ONNX files beside it, and images/. Each
network is compiled to float and by each scheme, with all given bits and scale
rules, evaluated by spiq-eval's own code, and printed as rows of a Markdown
table. The variant `pixels` is `per-channel`, told how pixels become inputs. The
rule `observed` sees the last images of a set, which are measured for no rule
then. The libraries of a network run in turn, image by image, so that their times
can be compared. A network that fails is reported and the rest goes on;
the exit status then is 1.
"""

import argparse
import dataclasses
import itertools
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "python"))

import spiq  # noqa: E402
from spiq.eval import report  # noqa: E402
from spiq.eval.cli import progress_bar  # noqa: E402
from spiq.eval.datasets import Dataset, open_dataset  # noqa: E402
from spiq.eval.evaluate import evaluate  # noqa: E402
from spiq.eval.manifest import Entry, read_manifest  # noqa: E402

VARIANTS = {
    "float": ["--float"],
    "per-channel": ["--scheme=per-channel"],
    "pixels": ["--scheme=per-channel"],
    "per-tensor": ["--scheme=per-tensor"],
    "dynamic": ["--scheme=dynamic"],
}
HEADER = (
    "| network | images | variant | top-1 or mIoU % | change (95% interval) "
    "| agreement % | SQNR dB | KiB | ms/image | compile s |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def bit_flags(bits: str) -> list[str]:
    """The flags for "W/A": bits of weights and of what layers read."""
    weights, activations = bits.split("/")
    return [f"--weight-bits={weights}", f"--activation-bits={activations}"]


def pixel_flags(entry: Entry) -> list[str]:
    """The flags that say how pixels become inputs."""
    return [
        f"--pixel-{name}={','.join(map(str, values))}"
        for name, values in [("mean", entry.input.mean), ("std", entry.input.std)]
    ]


def configurations(
    args: argparse.Namespace, entry: Entry, calibration: Path
) -> dict[str, list[str]]:
    """The flags of each library by its name, which says what is not the same
    for all: the scheme, the bits, the rule."""
    result = {}
    for variant in args.variants:
        if variant == "float":
            result["float"] = VARIANTS["float"]
            continue
        # Dynamic quantization asks no rule.
        rules = args.rules if variant != "dynamic" else args.rules[:1]
        for bits, rule in itertools.product(args.bits, rules):
            words = [variant]
            words += [bits] if len(args.bits) > 1 else []
            words += [rule] if len(rules) > 1 else []
            flags = [f"--rule={rule}"] if variant != "dynamic" else []
            options = [*args.quantize_options]
            if rule == "observed" and variant != "dynamic":
                options.append(f"calibration={calibration}")
            if options:
                flags.append(f"--quantize-options={' '.join(options)}")
            flags += bit_flags(bits)
            if variant == "pixels":
                flags += pixel_flags(entry)
            result[" ".join(words)] = VARIANTS[variant] + flags
    return result


def compile_variant(
    args: argparse.Namespace, key: str, name: str, flags: list[str]
) -> tuple:
    """Returns the library's path and the seconds it took to make."""
    folder = args.output / Path(key).stem / re.sub("[ /]", "-", name)
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        args.build / "bin" / "spiq-compile",
        args.shared / "models" / key,
        "-o", f"{folder}/",
        *flags,
        *args.options,
    ]  # fmt: skip
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if done.returncode != 0:
        first = (done.stderr.strip() or f"exit status {done.returncode}").split("\n")[0]
        raise spiq.SpiqError(f"{name}: {first}")
    (library,) = folder.glob("*.so")
    return library, seconds


def hold_out(dataset: Dataset, entry: Entry, count: int, path: Path) -> Dataset:
    """Writes the last images as inputs of the network and returns the others."""
    rest = len(dataset) - count
    if rest <= 0:
        raise spiq.SpiqError(f"{len(dataset)} images cannot spare {count} for a rule")
    inputs = [entry.input(dataset[rest + i].image) for i in range(count)]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.stack(inputs).transpose(0, 3, 1, 2).astype(np.float32, order="C"))
    return dataclasses.replace(dataset, length=rest)


def measure(args: argparse.Namespace, key: str) -> dict:
    """The report of one network, with "compile_seconds" in each library."""
    entry = read_manifest(args.shared / "models" / "manifest.json", key)
    kind = entry.data if entry.labelled else args.unlabelled
    dataset = open_dataset(args.shared / "images", kind)
    calibration = args.output / Path(key).stem / "calibration.npy"
    if "observed" in args.rules:
        dataset = hold_out(dataset, entry, args.calibration, calibration)
    named = configurations(args, entry, calibration)
    compiled = [compile_variant(args, key, *item) for item in named.items()]
    models = [spiq.load(library) for library, _ in compiled]
    limit = args.limit if entry.labelled else args.limit_unlabelled
    evaluation = evaluate(models, dataset, entry, limit, args.jobs, progress_bar)
    result = report.to_json(
        evaluation, models, [*named], entry, dataset.description
    )
    for library, (_, seconds) in zip(result["libraries"], compiled):
        library["compile_seconds"] = seconds
    return result


def rows(result: dict) -> list[str]:
    """One Markdown row per variant."""
    lines = []
    for index, library in enumerate(result["libraries"]):
        figure = next((f for f in ("top1", "miou") if f in library), None)
        change = library.get(f"{figure}_change")
        outputs = library["outputs"]
        cells = [
            Path(result["model"]).stem if index == 0 else "",
            str(result["images"]) if index == 0 else "",
            library["name"],
            f"{library[figure]:.2f}" if figure else "",
            f"{change['value']:+.2f} ({change['low']:+.2f} .. {change['high']:+.2f})"
            if change and index
            else "",
            " / ".join(f"{o['agreement']:.2f}" for o in outputs) if index else "",
            " / ".join(_decibels(o) for o in outputs) if index else "",
            f"{library['bytes'] / 1024:.0f}",
            f"{library['ms_median']:.3g}",
            f"{library['compile_seconds']:.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _decibels(output: dict) -> str:
    return "equal" if output["sqnr_db"] is None else f"{output['sqnr_db']:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--model", dest="keys", action="append", metavar="KEY")
    parser.add_argument("--limit", type=int, help="labelled images of a network")
    parser.add_argument(
        "--limit-unlabelled", type=int, default=100, help="if not labelled: %(default)s"
    )
    parser.add_argument("--unlabelled", default="imagenet_like", metavar="FOLDER")
    parser.add_argument("--jobs", type=int, default=1, help="images at a time")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=[*VARIANTS])
    parser.add_argument(
        "--bits",
        nargs="+",
        default=["8/8"],
        metavar="W/A",
        help="bits of weights / activations",
    )
    parser.add_argument(
        "--rules", nargs="+", default=["auto"], metavar="RULE", help="scale rules"
    )
    parser.add_argument(
        "--calibration",
        type=int,
        default=64,
        metavar="N",
        help="images for the rule observed: %(default)s",
    )
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "networks")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--options",
        action="append",
        default=[],
        metavar="=FLAG",
        help="passed on to spiq-compile, may be repeated: --options=--target=x86-64-v3",
    )
    parser.add_argument(
        "--quantize-options",
        action="append",
        default=[],
        metavar="LIST",
        help="options of spiq-quantize for all variants but float",
    )
    args = parser.parse_args()

    manifest = json.loads((args.shared / "models" / "manifest.json").read_text())
    results, failed = [], False
    print(HEADER, flush=True)
    for key in args.keys or manifest["models"]:
        try:
            result = measure(args, key)
        except spiq.SpiqError as error:
            print(f"| {Path(key).stem} | failed: {error} |", flush=True)
            failed = True
            continue
        results.append(result)
        print("\n".join(rows(result)), flush=True)
    if args.json:
        args.json.write_text(json.dumps(results, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
