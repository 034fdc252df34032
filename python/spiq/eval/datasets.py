"""Folders of images, recognised by what is in them.

labels.csv       file,label,... with a header: one class per picture
*_labels.png     next to each NAME.jpg or .png: one class per pixel
*.bin            CIFAR-10 records: label, then 32x32 planes R, G, B
*.npz            arrays "images" (uint8 [N, H, W] or [N, H, W, 3]) and "labels"
otherwise        pictures without labels, in sub-folders too
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..errors import SpiqError

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm", ".pgm"}
MASK_SUFFIX = "_labels.png"
CIFAR_RECORD = 1 + 3 * 32 * 32


@dataclass(frozen=True)
class Sample:
    """A picture with its class or its mask of classes, where known."""

    name: str
    image: Image.Image
    label: int | None = None
    mask: np.ndarray | None = None


@dataclass(frozen=True)
class Dataset:
    """A sequence of samples, read when asked for.

    `truth` says what the samples carry: "label", "mask" or "none".
    """

    description: str
    truth: str
    length: int
    read: Callable[[int], Sample]

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Sample:
        return self.read(index)


def open_dataset(path: Path, kind: str = "") -> Dataset:
    """Opens a folder or file of images, or its sub-folder called `kind`."""
    if kind and (path / kind).is_dir():
        path = path / kind
    if not path.exists():
        raise SpiqError(f"{path}: no such file or folder")
    if path.is_file():
        files = [path]
    else:
        files = sorted(p for p in path.iterdir() if p.is_file())
    if any(p.name == "labels.csv" for p in files):
        return _labelled_pictures(path)
    for suffix, opener in ((".npz", _npz), (".bin", _cifar)):
        found = [p for p in files if p.suffix == suffix]
        if len(found) == 1:
            return opener(found[0])
        if found:
            raise SpiqError(f"{path} has {len(found)} {suffix} files, name one of them")
    if any(p.name.endswith(MASK_SUFFIX) for p in files):
        return _masked_pictures(path, files)
    return _plain_pictures(path)


def _labelled_pictures(folder: Path) -> Dataset:
    table = folder / "labels.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    try:
        entries = [(folder / row["file"], int(row["label"])) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise SpiqError(
            f"{table}: needs columns 'file' and 'label' (a number): {error}"
        ) from error
    _require(entries, table)

    def read(index: int) -> Sample:
        path, label = entries[index]
        return Sample(path.name, _open(path), label=label)

    return Dataset(f"{folder} (labels.csv)", "label", len(entries), read)


def _masked_pictures(folder: Path, files: list[Path]) -> Dataset:
    masks = {
        p.name.removesuffix(MASK_SUFFIX): p
        for p in files
        if p.name.endswith(MASK_SUFFIX)
    }
    pictures = [p for p in files if p.stem in masks and p.suffix.lower() in PICTURES]
    _require(pictures, folder)

    def read(index: int) -> Sample:
        path = pictures[index]
        mask = np.asarray(_open(masks[path.stem]))
        if mask.ndim != 2:
            raise SpiqError(f"{masks[path.stem]}: not a mask of one channel")
        return Sample(path.name, _open(path), mask=mask)

    return Dataset(f"{folder} (masks)", "mask", len(pictures), read)


def _plain_pictures(path: Path) -> Dataset:
    candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
    pictures = [
        p
        for p in candidates
        if p.suffix.lower() in PICTURES and not p.name.endswith(MASK_SUFFIX)
    ]
    _require(pictures, path)

    def read(index: int) -> Sample:
        return Sample(pictures[index].name, _open(pictures[index]))

    return Dataset(f"{path} (no labels)", "none", len(pictures), read)


def _cifar(path: Path) -> Dataset:
    data = np.fromfile(path, np.uint8)
    if data.size == 0 or data.size % CIFAR_RECORD:
        raise SpiqError(
            f"{path}: {data.size} bytes are no whole number of "
            f"{CIFAR_RECORD}-byte CIFAR-10 records"
        )
    records = data.reshape(-1, CIFAR_RECORD)

    def read(index: int) -> Sample:
        planes = records[index, 1:].reshape(3, 32, 32)
        image = Image.fromarray(np.ascontiguousarray(planes.transpose(1, 2, 0)))
        return Sample(str(index), image, label=int(records[index, 0]))

    return Dataset(f"{path} (CIFAR-10)", "label", len(records), read)


def _npz(path: Path) -> Dataset:
    try:
        with np.load(path) as arrays:
            images = arrays["images"]
            labels = arrays["labels"] if "labels" in arrays else None
    except (OSError, ValueError, KeyError) as error:
        raise SpiqError(f"{path}: no npz file with 'images': {error}") from error
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise SpiqError(
            f"{path}: 'images' is {images.dtype} of rank {images.ndim}, "
            "not uint8 [N, H, W] or [N, H, W, 3]"
        )
    if labels is not None and labels.shape != (len(images),):
        raise SpiqError(f"{path}: {len(images)} images, but labels {labels.shape}")
    _require(images, path)

    def read(index: int) -> Sample:
        label = None if labels is None else int(labels[index])
        return Sample(str(index), Image.fromarray(images[index]), label=label)

    truth = "none" if labels is None else "label"
    return Dataset(f"{path} (npz)", truth, len(images), read)


def _open(path: Path) -> Image.Image:
    try:
        image = Image.open(path)
        image.load()
        return image
    except (OSError, UnidentifiedImageError) as error:
        raise SpiqError(f"{path}: not a readable picture: {error}") from error


def _require(found: list | np.ndarray, path: Path) -> None:
    if len(found) == 0:
        raise SpiqError(f"{path}: no images found")
