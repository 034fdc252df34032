"""Random images: the only data the benchmark's networks ever see."""

import numpy as np

_PATCH = 16


def random_images(shape: list[int], seed: int) -> np.ndarray:
    """Random NCHW images, f32, about unit variance: patches plus noise.

    Noise alone would average out in the first pooling layers and leave hardly
    any signal to compare results by.
    """
    count, channels, height, width = shape
    random = np.random.default_rng(seed)
    patches = random.normal(
        size=(count, channels, -(-height // _PATCH), -(-width // _PATCH))
    )
    patches = patches.repeat(_PATCH, axis=2).repeat(_PATCH, axis=3)
    images = patches[:, :, :height, :width] + 0.5 * random.normal(size=shape)
    return images.astype(np.float32)
