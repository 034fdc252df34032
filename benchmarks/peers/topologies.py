"""torchvision's networks with random weights, as ONNX files.

Batch-norm statistics come from random batches, so that activations have the
ranges that a trained network's normalization would give them.
"""

from pathlib import Path

from .images import random_images

# Name -> (torchvision's factory, its argument that scales the width).
TOPOLOGIES = {
    "mobilenetv2": ("mobilenet_v2", "width_mult"),
    "resnet18": ("resnet18", None),
    "resnet50": ("resnet50", "width_per_group"),
    "squeezenet1.1": ("squeezenet1_1", None),
    "mobilenetv3": ("mobilenet_v3_large", None),
    "efficientnet-b0": ("efficientnet_b0", None),
    "densenet121": ("densenet121", "growth_rate"),
}
_UNIT_WIDTH = {"width_mult": 1.0, "width_per_group": 64, "growth_rate": 32}


def network_file(folder: Path, name: str, size: int, batch: int, width: float) -> Path:
    """The ONNX file of a network; exported at the first call."""
    file = folder / f"{name}-{size}-b{batch}-w{width:g}.onnx"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        _export(partial, name, size, batch, width)
        partial.rename(file)
    return file


def _arguments(name: str, width: float) -> dict:
    key = TOPOLOGIES[name][1]
    if width == 1:
        return {}
    if key is None:
        raise ValueError(f"torchvision's {name} has one width only; drop --width")
    unit = _UNIT_WIDTH[key]
    return {key: type(unit)(unit * width)}


def _export(file: Path, name: str, size: int, batch: int, width: float) -> None:
    import torch
    import torchvision

    torch.manual_seed(0)
    factory = getattr(torchvision.models, TOPOLOGIES[name][0])
    network = factory(weights=None, **_arguments(name, width)).eval()
    norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    with torch.no_grad():
        for norm in norms:
            norm.weight.uniform_(0.5, 1.5)
            norm.bias.normal_(0, 0.3)
            norm.reset_running_stats()
            norm.momentum = None  # the mean over all batches
            norm.train()
        for seed in range(4):
            network(torch.from_numpy(random_images([8, 3, size, size], seed)))
        network.eval()
    # Exporting for inference would fold batch-norm, which contestants may read.
    torch.onnx.export(
        network,
        torch.zeros(batch, 3, size, size),
        str(file),
        opset_version=13,
        training=torch.onnx.TrainingMode.PRESERVE,
        input_names=["input"],
        output_names=["output"],
    )
