"""The command line of spiq-eval."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from ..errors import SpiqError
from ..model import Model, load
from . import report
from .datasets import open_dataset
from .evaluate import evaluate
from .layers import exposed_outputs
from .manifest import Entry, read_manifest

DESCRIPTION = """\
Evaluates compiled libraries against their float twin, the first one named.

Labelled images give top-1 and top-5 or, with masks, mean IoU; all images give
the agreement of the largest class and the signal-to-noise ratio (SQNR) of each
output. A library may be given as NAME=PATH to be called NAME in the report.
"""


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spiq-eval",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "libraries", nargs="+", metavar="[NAME=]LIB", help="float library, then others"
    )
    parser.add_argument(
        "--manifest", type=Path, required=True, help="JSON file of networks"
    )
    parser.add_argument("--model", metavar="KEY", help="which network of the manifest")
    parser.add_argument(
        "--images", type=Path, metavar="DIR", help="images, default the manifest's"
    )
    parser.add_argument("--limit", type=positive, help="use only the first images")
    parser.add_argument(
        "--jobs",
        type=positive,
        default=1,
        help="images worked on at a time (default 1)",
    )
    parser.add_argument(
        "--threads",
        type=positive,
        default=1,
        help="threads that work on one image (default 1)",
    )
    parser.add_argument(
        "--layers",
        action="store_true",
        help="also list every layer: libraries compiled with --expose-layers",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures")
    return parser


def progress_bar(items: Iterator, total: int) -> Iterator:
    """A bar on a terminal, if tqdm is installed; otherwise nothing."""
    if not sys.stderr.isatty():
        return items
    try:
        from tqdm import tqdm
    except ImportError:
        return items
    return tqdm(items, total=total, unit="image", leave=False)


def _split_name(argument: str) -> tuple[str, Path]:
    name, separator, path = argument.partition("=")
    if separator and not Path(argument).exists():
        return name, Path(path)
    return Path(argument).name, Path(argument)


def images_folder(args: argparse.Namespace, entry: Entry) -> Path:
    folder = args.images or entry.images
    if folder is None:
        raise SpiqError(f"the manifest names no images for {entry.key}: give --images")
    return folder


def _check_layers(models: list[Model]) -> None:
    if len(models) < 2:
        raise SpiqError("--layers compares layers with float: name another library")
    for model in models:
        if not exposed_outputs(model):
            raise SpiqError(
                f"{model.path}: has no exposed layers; compile it with --expose-layers"
            )


def run(args: argparse.Namespace) -> None:
    entry = read_manifest(args.manifest, args.model)
    kind = entry.data if entry.labelled else ""
    dataset = open_dataset(images_folder(args, entry), kind)
    names, paths = zip(*map(_split_name, args.libraries))
    models = [load(path, args.threads) for path in paths]
    if args.layers:
        _check_layers(models)
    evaluation = evaluate(models, dataset, entry, args.limit, args.jobs, progress_bar)
    result = report.to_json(
        evaluation, models, list(names), entry, dataset.description
    )
    if not args.layers:
        for library in result["libraries"]:
            library.pop("layers", None)
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(report.to_text(result))


def main(arguments: list[str] | None = None) -> int:
    try:
        run(make_parser().parse_args(arguments))
    except (SpiqError, OSError) as error:
        print(f"spiq-eval: error: {error}", file=sys.stderr)
        return 1
    return 0
