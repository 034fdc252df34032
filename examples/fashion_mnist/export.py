#!/usr/bin/env python3
"""Exports the trained network to ONNX and packs the first test images.

    python3 export.py --checkpoint build/fashion_mnist/last.pt

Writes mobilenetv2_small.onnx, test_images.npz and manifest.json next to this
file, after checking that the ONNX file computes what the network computes.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
import onnx
import torch

import dataset
import numpy_runner
from network import MobileNetV2Small
from train import to_input, top1

HERE = Path(__file__).resolve().parent
MODEL_NAME = "mobilenetv2_small.onnx"
IMAGES_NAME = "test_images.npz"


def export_onnx(model: torch.nn.Module, path: Path) -> None:
    """Writes opset 13 with batch-norm and constants left as they are."""
    torch.onnx.export(
        model,
        torch.zeros(1, 1, 28, 28),
        str(path),
        opset_version=13,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        input_names=["image"],
        output_names=["logits"],
    )
    onnx.checker.check_model(str(path), full_check=True)


def check_export(model: torch.nn.Module, path: Path, images: torch.Tensor) -> None:
    """Compares the ONNX file, run by numpy, with the network, run by torch."""
    for image in images:
        x = to_input(image[None])
        with torch.no_grad():
            expected = model(x).numpy()
        actual = numpy_runner.run(path, x.numpy())
        np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)


def manifest(float_top1: float, float_top1_packed: float, packed: int) -> dict:
    return {
        "comment": (
            "Same format as for any evaluation set of spiq-eval. 'input': "
            "resize to size, then (pixel - mean) / std per channel, NCHW float32."
        ),
        "models": {
            MODEL_NAME: {
                "task": "classification",
                "classes": len(dataset.CLASSES),
                "data": "npz",
                "images": IMAGES_NAME,
                "input": {
                    "size": [28, 28],
                    "order": "L",
                    "mean": [dataset.MEAN],
                    "std": [dataset.STD],
                },
                "notes": (
                    f"float top-1 is {float_top1:.2f} on all 10,000 test images, "
                    f"{float_top1_packed:.2f} on the first {packed:,}"
                ),
                "licence": "images: Fashion-MNIST, Zalando SE, MIT",
                "source": "train.py in this folder",
            }
        },
    }


def _join_lines(match: re.Match) -> str:
    return f"[{' '.join(match[1].split())}]"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=dataset.DEFAULT_FOLDER)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=HERE)
    parser.add_argument("--images", type=int, default=1000)
    args = parser.parse_args()

    model = MobileNetV2Small()
    model.load_state_dict(torch.load(args.checkpoint))
    model.eval()
    images, labels = dataset.load(args.data, "t10k")
    x, y = torch.tensor(images), torch.tensor(labels)
    n = args.images
    full, packed = top1(model, x, y), top1(model, x[:n], y[:n])
    print(f"float top-1: {full:.2f}% of {len(x)} images, {packed:.2f}% of {n}")

    path = args.output / MODEL_NAME
    export_onnx(model, path)
    check_export(model, path, x[:20])
    np.savez_compressed(
        args.output / IMAGES_NAME,
        images=images[:n],
        labels=labels[:n],
        names=np.array(dataset.CLASSES),
    )
    text = json.dumps(manifest(full, packed, n), indent=2)
    one_line = re.sub(r"\[\s+([^\[\]]*?)\s+\]", _join_lines, text)
    (args.output / "manifest.json").write_text(one_line + "\n")
    for name in (MODEL_NAME, IMAGES_NAME):
        print(f"{name}: {(args.output / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
