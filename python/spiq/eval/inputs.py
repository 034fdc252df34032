"""Turns a folder of images into inputs for spiq-compile --rule=observed.

    python3 -m spiq.eval.inputs --manifest FILE --model KEY --images DIR OUT.npy

writes float32 [N, C, H, W], or [N, H, W, C] with --layout=nhwc, prepared as the
manifest says.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from ..errors import SpiqError
from .cli import images_folder, positive
from .datasets import open_dataset
from .manifest import read_manifest


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spiq.eval.inputs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("output", type=Path, metavar="OUT.npy", help="file to write")
    parser.add_argument(
        "--manifest", type=Path, required=True, help="JSON file of networks"
    )
    parser.add_argument("--model", metavar="KEY", help="which network of the manifest")
    parser.add_argument(
        "--images", type=Path, metavar="DIR", help="images, default the manifest's"
    )
    parser.add_argument(
        "--limit", type=positive, default=64, help="how many images (default 64)"
    )
    parser.add_argument("--layout", choices=("nchw", "nhwc"), default="nchw")
    return parser


def run(args: argparse.Namespace) -> None:
    if args.output.suffix != ".npy":
        raise SpiqError(f"{args.output}: is not the name of a .npy file")
    entry = read_manifest(args.manifest, args.model)
    kind = entry.data if entry.labelled else ""
    dataset = open_dataset(images_folder(args, entry), kind)
    # Spread over the whole set: neighbours may show the same class or scene.
    count = min(args.limit, len(dataset))
    indices = [i * len(dataset) // count for i in range(count)]
    inputs = np.stack([entry.input(dataset[i].image) for i in indices])
    if args.layout == "nchw":
        inputs = inputs.transpose(0, 3, 1, 2)
    np.save(args.output, np.ascontiguousarray(inputs, np.float32))


def main(arguments: list[str] | None = None) -> int:
    try:
        run(make_parser().parse_args(arguments))
    except (SpiqError, OSError) as error:
        print(f"spiq.eval.inputs: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
