"""From a picture to a network's input tensor."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..errors import SpiqError
from ..tensor import TensorInfo

#: Channel order in a manifest -> (PIL mode, order of that mode's channels).
ORDERS = {"RGB": ("RGB", [0, 1, 2]), "BGR": ("RGB", [2, 1, 0]), "L": ("L", [0])}


@dataclass(frozen=True)
class InputSpec:
    """How a picture becomes an input; the "input" object of a manifest.

    size: [width, height] the network takes.
    resize: if given, the shorter side is brought to this length and `size` is
        cut out of the centre; otherwise the picture is stretched to `size`.
        Both are bilinear.
    order: "RGB", "BGR" or "L" (grey).
    mean, std: per channel in that order; (pixel - mean) / std on 0..255.
    """

    size: tuple[int, int]
    order: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resize: int | None = None

    def geometry(self, image: Image.Image) -> Image.Image:
        """Resizes and crops; a picture already right is left untouched."""
        if self.resize is None:
            return _resize(image, self.size)
        width, height = image.size
        factor = self.resize / min(width, height)
        image = _resize(image, (round(width * factor), round(height * factor)))
        left = (image.size[0] - self.size[0]) // 2
        top = (image.size[1] - self.size[1]) // 2
        return image.crop((left, top, left + self.size[0], top + self.size[1]))

    def __call__(self, image: Image.Image) -> np.ndarray:
        """Returns float32 [height, width, channels]."""
        mode, order = ORDERS[self.order]
        pixels = np.asarray(self.geometry(image.convert(mode)), np.float32)
        pixels = pixels.reshape(*pixels.shape[:2], len(order))[..., order]
        mean, std = np.float32(self.mean), np.float32(self.std)
        return (pixels - mean) / std


def fit_to_input(pixels: np.ndarray, info: TensorInfo) -> np.ndarray:
    """[H, W, C] to the layout and element type of a model's input.

    Takes [1, C, H, W] and [1, H, W, C]; quantizes if the input is quantized.
    """
    height, width, channels = pixels.shape
    if info.shape == (1, channels, height, width):
        pixels = pixels.transpose(2, 0, 1)
    elif info.shape != (1, height, width, channels):
        raise SpiqError(
            f"input {info.describe()} does not take one image of "
            f"{width}x{height} with {channels} channel(s), as the manifest says"
        )
    return np.ascontiguousarray(info.quantize(pixels[None]))


def read_input_spec(raw: dict, where: str) -> InputSpec:
    """Reads the "input" object of a manifest; `where` begins its messages."""
    try:
        spec = InputSpec(
            size=(int(raw["size"][0]), int(raw["size"][1])),
            order=raw["order"],
            mean=tuple(map(float, raw["mean"])),
            std=tuple(map(float, raw["std"])),
            resize=int(raw["resize"]) if raw.get("resize") else None,
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise SpiqError(
            f"{where}: missing or malformed field in 'input': {error}"
        ) from error
    if spec.order not in ORDERS:
        raise SpiqError(
            f"{where}: order is '{spec.order}', not one of {', '.join(ORDERS)}"
        )
    channels = len(ORDERS[spec.order][1])
    if len(spec.mean) != channels or len(spec.std) != channels or 0 in spec.std:
        raise SpiqError(
            f"{where}: order {spec.order} needs {channels} means and non-zero stds, "
            f"got {list(spec.mean)} and {list(spec.std)}"
        )
    if min(spec.size) < 1 or (spec.resize and spec.resize < max(spec.size)):
        raise SpiqError(
            f"{where}: size {list(spec.size)} is not positive or exceeds 'resize'"
        )
    return spec


def _resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.BILINEAR)
