"""Figures that compare a quantized network with its float twin.

Accumulators take one image at a time, so masks and feature maps of any size
never have to be kept.
"""

import math
from dataclasses import dataclass, field

import numpy as np

#: 97.5% point of the normal distribution: intervals are two-sided 95%.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Change:
    """A difference to float and its 95% confidence interval."""

    value: float
    low: float
    high: float


@dataclass
class Comparison:
    """How one output differs from the float network's."""

    signal: float = 0.0
    noise: float = 0.0
    max_abs_error: float = 0.0
    agreeing: int = 0
    positions: int = 0
    non_finite: int = 0

    def add(self, reference: np.ndarray, actual: np.ndarray, class_axis: int) -> None:
        """Adds one image; both arrays have the shape of the output."""
        reference, actual = np.float64(reference), np.float64(actual)
        self.non_finite += int(np.size(actual) - np.isfinite(actual).sum())
        error = reference - actual
        self.signal += float(np.square(reference).sum())
        self.noise += float(np.square(error).sum())
        self.max_abs_error = float(np.maximum(self.max_abs_error, abs(error).max()))
        same = reference.argmax(class_axis) == actual.argmax(class_axis)
        self.agreeing += int(same.sum())
        self.positions += same.size

    @property
    def agreement(self) -> float:
        """Percentage of positions with the same largest class."""
        return 100.0 * self.agreeing / self.positions if self.positions else math.nan

    @property
    def sqnr_db(self) -> float:
        """10 log10(sum ref^2 / sum (ref - actual)^2) over all images."""
        if self.noise == 0.0:
            return math.inf
        if self.signal == 0.0:
            return -math.inf
        return 10.0 * math.log10(self.signal / self.noise)


@dataclass
class TopK:
    """Where each image's label ranks among the scores (0 = first)."""

    ranks: list[int] = field(default_factory=list)

    def add(self, scores: np.ndarray, label: int) -> None:
        """Equal scores rank by class index, as argmax does."""
        scores = scores.reshape(-1)
        above = scores > scores[label]
        tied_before = scores[:label] == scores[label]
        self.ranks.append(int(above.sum() + tied_before.sum()))

    def accuracy(self, k: int) -> float:
        """Percentage of images whose label is among the first `k`."""
        return 100.0 * float(np.mean(np.array(self.ranks) < k))

    def correct(self) -> np.ndarray:
        return np.array(self.ranks) < 1


@dataclass
class Confusion:
    """Per image, how often class i (row) was taken for class j (column)."""

    classes: int
    void: int
    images: list[np.ndarray] = field(default_factory=list)

    def add(self, predicted: np.ndarray, mask: np.ndarray) -> None:
        """Masks of equal shape; pixels whose true class is void do not count."""
        valid = (mask != self.void) & (mask < self.classes)
        pairs = mask[valid].astype(np.int64) * self.classes + predicted[valid]
        counts = np.bincount(pairs, minlength=self.classes**2)
        self.images.append(counts.reshape(self.classes, self.classes))

    def mean_iou(self, chosen: np.ndarray | None = None) -> float:
        """Mean over the classes present of intersection / union, in percent.

        `chosen` indexes the images to count, with repetition; default all.
        """
        matrices = np.array(self.images)
        total = (matrices if chosen is None else matrices[chosen]).sum(0)
        intersection = total.diagonal().astype(float)
        union = total.sum(0) + total.sum(1) - intersection
        present = total.sum(1) > 0
        if 0 <= self.void < self.classes:
            present[self.void] = False
        if not present.any():
            return math.nan
        return 100.0 * float((intersection[present] / union[present]).mean())


def paired_accuracy_change(reference: np.ndarray, actual: np.ndarray) -> Change:
    """Change of top-1 in points between two networks on the same images.

    Interval: adjusted Wald for paired proportions (Bonett and Price, Statistics
    in Medicine 31, 2012), which stays honest when few images change.
    """
    n = len(reference)
    won = int((actual & ~reference).sum())
    lost = int((reference & ~actual).sum())
    p, q = (won + 1) / (n + 2), (lost + 1) / (n + 2)
    half = Z95 * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return Change(
        100.0 * (won - lost) / n, 100.0 * (p - q - half), 100.0 * (p - q + half)
    )


def paired_iou_change(
    reference: Confusion, actual: Confusion, rounds: int = 1000, seed: int = 0
) -> Change:
    """Change of mIoU in points; percentile bootstrap over images."""
    n = len(reference.images)
    generator = np.random.default_rng(seed)
    draws = generator.integers(n, size=(rounds, n))
    changes = [actual.mean_iou(d) - reference.mean_iou(d) for d in draws]
    low, high = np.percentile(changes, [2.5, 97.5])
    return Change(actual.mean_iou() - reference.mean_iou(), float(low), float(high))


def is_softmax(scores: np.ndarray, class_axis: int) -> bool:
    """Whether an output holds probabilities that add up to one."""
    if scores.shape[class_axis] < 2 or scores.min() < 0 or scores.max() > 1:
        return False
    return bool(np.allclose(scores.sum(class_axis), 1, atol=1e-3))


def logits_of_softmax(probabilities: np.ndarray, class_axis: int) -> np.ndarray:
    """Logits up to the constant softmax ignores, chosen to make their mean 0."""
    tiny = np.finfo(np.float32).tiny
    logits = np.log(np.maximum(np.float64(probabilities), tiny))
    return logits - logits.mean(class_axis, keepdims=True)
