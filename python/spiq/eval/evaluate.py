"""Runs libraries side by side over a dataset and keeps their figures."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from PIL import Image

from ..errors import SpiqError
from ..model import Model
from ..tensor import TensorInfo
from . import layers, metrics
from .datasets import Dataset, Sample
from .manifest import Entry
from .preprocessing import fit_to_input

#: Images in flight per worker; bounds the memory taken by waiting outputs.
LOOKAHEAD = 2

#: How long one library is timed, and how often it runs at least and at most.
TIMING_SECONDS = 0.5
TIMING_RUNS = (3, 1000)


@dataclass
class Scores:
    """Figures of one library.

    `comparisons` has one entry per output of the network, `layers` one per
    value inside of it that both this library and the first one expose, and
    `seconds` one per timed run.
    """

    comparisons: list[metrics.Comparison]
    layers: dict[str, metrics.Comparison] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    top: metrics.TopK | None = None
    confusion: metrics.Confusion | None = None


@dataclass
class Evaluation:
    """The outcome: `scores` in the order of the models, float first.

    `as_logits` tells, per output, that probabilities were turned back into
    logits before SQNR was measured.
    """

    images: int
    scores: list[Scores]
    as_logits: list[bool]


def class_axis(info: TensorInfo, classes: int) -> int:
    """The axis of classes: 1 (NCHW) unless only the last one fits (NHWC)."""
    shape = info.shape
    if len(shape) < 2:
        return 0
    return len(shape) - 1 if shape[1] != classes and shape[-1] == classes else 1


def evaluate(
    models: list[Model],
    dataset: Dataset,
    entry: Entry,
    limit: int | None = None,
    jobs: int = 1,
    progress: Callable[[Iterator, int], Iterator] = lambda items, total: items,
) -> Evaluation:
    """Evaluates `models`, the first of which is the float twin of the others.

    `jobs` images are worked on at a time. `progress` wraps the iteration, for a
    progress bar. Times are taken afterwards, on the first image, so that
    neither other threads nor the other models' use of caches disturb them.
    """
    _check_signatures(models)
    count = min(len(dataset), limit or len(dataset))
    state = _State(models, entry, dataset.truth)

    def work(index: int) -> tuple[Sample, list[list[np.ndarray]]]:
        sample = dataset[index]
        return sample, _run_all(models, entry, sample)

    for sample, outputs in progress(_ordered(work, count, jobs), count):
        state.add(sample, outputs)
    pixels = entry.input(dataset[0].image)
    for model, scores in zip(models, state.scores):
        scores.seconds = time_runs(model, fit_to_input(pixels, model.inputs[0]))
    return Evaluation(count, state.scores, state.as_logits)


def time_runs(model: Model, x: np.ndarray) -> list[float]:
    """Seconds of repeated runs on one input, after one that is not counted."""
    model.run([x])
    least, most = TIMING_RUNS
    seconds: list[float] = []
    begin = time.perf_counter()
    while len(seconds) < most:
        start = time.perf_counter()
        if len(seconds) >= least and start - begin > TIMING_SECONDS:
            break
        model.run([x])
        seconds.append(time.perf_counter() - start)
    return seconds


class _State:
    """Accumulators of all models, fed image by image."""

    def __init__(self, models: list[Model], entry: Entry, truth: str):
        infos = [models[0].outputs[i] for i in layers.network_outputs(models[0])]
        self.axes = [class_axis(info, entry.classes) for info in infos]
        self.as_logits: list[bool] = []
        sizes = [info.shape[axis] for info, axis in zip(infos, self.axes)]
        # Labels belong to the first output that has the manifest's classes.
        self.main = sizes.index(entry.classes) if entry.classes in sizes else None
        by_label = truth == "label" and entry.task == "classification"
        by_mask = truth == "mask" and entry.task == "segmentation"
        if (by_label or by_mask) and entry.labelled and self.main is None:
            raise SpiqError(
                f"the manifest speaks of {entry.classes} classes, but the outputs "
                f"are {', '.join(info.describe() for info in infos)}"
            )
        self.outputs = [layers.network_outputs(model) for model in models]
        self.exposed = [layers.exposed_outputs(model) for model in models]
        self.scores = [Scores([metrics.Comparison() for _ in infos]) for _ in models]
        for scores, exposed in zip(self.scores[1:], self.exposed[1:]):
            common = [name for name in exposed if name in self.exposed[0]]
            scores.layers = {name: metrics.Comparison() for name in common}
        for scores in self.scores:
            if by_label and entry.labelled:
                scores.top = metrics.TopK()
            if by_mask and entry.labelled:
                scores.confusion = metrics.Confusion(entry.classes, entry.void)

    def add(self, sample: Sample, everything: list[list[np.ndarray]]) -> None:
        """`everything[m][o]`: real values of output `o` of model `m`."""
        for m, scores in enumerate(self.scores):
            for name, comparison in scores.layers.items():
                reference = everything[0][self.exposed[0][name]]
                actual = everything[m][self.exposed[m][name]]
                comparison.add(reference, actual, -1)
        outputs = [
            [of_model[i] for i in indices]
            for of_model, indices in zip(everything, self.outputs)
        ]
        if not self.as_logits:
            self.as_logits = list(map(metrics.is_softmax, outputs[0], self.axes))
        compared = [
            [
                metrics.logits_of_softmax(y, axis) if convert else y
                for y, axis, convert in zip(of_model, self.axes, self.as_logits)
            ]
            for of_model in outputs
        ]
        for m, scores in enumerate(self.scores):
            for o, comparison in enumerate(scores.comparisons):
                comparison.add(compared[0][o], compared[m][o], self.axes[o])
            if scores.top is not None:
                _check_label(sample, outputs[m][self.main].size)
                scores.top.add(outputs[m][self.main], sample.label)
            if scores.confusion is not None:
                predicted = outputs[m][self.main].argmax(self.axes[self.main])[0]
                scores.confusion.add(
                    _match_size(predicted, sample.mask.shape), sample.mask
                )


def _run_all(
    models: list[Model], entry: Entry, sample: Sample
) -> list[list[np.ndarray]]:
    """All models on one image: the real-valued outputs of each."""
    pixels = entry.input(sample.image)
    outputs = []
    for model in models:
        results = model.run([fit_to_input(pixels, model.inputs[0])])
        outputs.append(
            [info.dequantize(y) for info, y in zip(model.outputs, results)]
        )
    return outputs


def _ordered(work: Callable, count: int, jobs: int) -> Iterator:
    """work(0), work(1), ... with up to `jobs` of them under way at a time."""
    if jobs == 1:
        yield from map(work, range(count))
        return
    with ThreadPoolExecutor(jobs) as pool:
        indices = iter(range(count))
        pending = [pool.submit(work, i) for i in islice(indices, jobs * LOOKAHEAD)]
        while pending:
            yield pending.pop(0).result()
            pending += [pool.submit(work, i) for i in islice(indices, 1)]


def _check_signatures(models: list[Model]) -> None:
    reference = models[0]
    for model in models:
        if len(model.inputs) != 1:
            raise SpiqError(
                f"{model.path}: has {len(model.inputs)} inputs; "
                "images can be given to one only"
            )
        if _output_shapes(model) != _output_shapes(reference):
            raise SpiqError(
                f"{model.path}: outputs differ from those of {reference.path}: "
                f"{model!r} against {reference!r}"
            )


def _output_shapes(model: Model) -> list[tuple[int, ...]]:
    return [model.outputs[i].shape for i in layers.network_outputs(model)]


def _check_label(sample: Sample, classes: int) -> None:
    if not 0 <= sample.label < classes:
        raise SpiqError(
            f"image {sample.name} has label {sample.label}, "
            f"but the network has {classes} classes"
        )


def _match_size(predicted: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A map of classes at the size of the mask, by nearest neighbour."""
    if predicted.shape == shape:
        return predicted
    image = Image.fromarray(predicted.astype(np.int32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.NEAREST))
