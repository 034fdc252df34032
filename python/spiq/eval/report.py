"""An evaluation as a JSON object and as a table for people."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from ..model import Model
from . import layers, metrics
from .evaluate import Evaluation, Scores
from .manifest import Entry


def to_json(
    evaluation: Evaluation,
    models: list[Model],
    names: list[str],
    entry: Entry,
    data: str,
) -> dict[str, Any]:
    """All figures. What is infinite or undefined becomes null.

    "sqnr_db" is null for a library whose outputs equal the float ones.
    """
    reference = evaluation.scores[0]
    libraries = [
        _library(name, model, scores, reference, evaluation)
        for name, model, scores in zip(names, models, evaluation.scores)
    ]
    return _finite(
        {
            "model": entry.key,
            "task": entry.task,
            "data": data,
            "images": evaluation.images,
            "libraries": libraries,
        }
    )


def _library(
    name: str, model: Model, scores: Scores, reference: Scores, evaluation: Evaluation
) -> dict[str, Any]:
    milliseconds = 1e3 * np.array(scores.seconds)
    result: dict[str, Any] = {
        "name": name,
        "path": str(model.path),
        "target": model.target,
        "bytes": model.path.stat().st_size,
        "workspace_bytes": model.workspace_bytes,
        "ms_median": float(np.median(milliseconds)),
        "ms_min": float(milliseconds.min()),
        "speed_up": float(np.median(reference.seconds) / np.median(scores.seconds)),
    }
    if scores.top is not None:
        change = metrics.paired_accuracy_change(
            reference.top.correct(), scores.top.correct()
        )
        result["top1"] = scores.top.accuracy(1)
        result["top5"] = scores.top.accuracy(5)
        result["top1_change"] = asdict(change)
    if scores.confusion is not None:
        change = metrics.paired_iou_change(reference.confusion, scores.confusion)
        result["miou"] = scores.confusion.mean_iou()
        result["miou_change"] = asdict(change)
    result["outputs"] = [
        {
            "name": info.name,
            "agreement": comparison.agreement,
            "sqnr_db": comparison.sqnr_db,
            "sqnr_of": "logits of softmax" if as_logits else "values",
            "max_abs_error": comparison.max_abs_error,
            "non_finite": comparison.non_finite,
        }
        for info, comparison, as_logits in zip(
            [model.outputs[i] for i in layers.network_outputs(model)],
            scores.comparisons,
            evaluation.as_logits,
        )
    ]
    if scores.layers:
        result["layers"] = _layers(model, scores)
    return result


def _layers(model: Model, scores: Scores) -> list[dict[str, Any]]:
    """One entry per exposed value, in the order of the network, then the outputs."""
    report = layers.read_report(model.path)
    measured = {name: c.sqnr_db for name, c in scores.layers.items()}
    losses = layers.hurting(report.layers, measured)
    facts = {name: report.layers.get(name, layers.LayerFacts([name])) for name in measured}
    for i, comparison in zip(layers.network_outputs(model), scores.comparisons):
        name = model.outputs[i].name
        measured[name] = comparison.sqnr_db
        facts[name] = layers.LayerFacts(
            [name], "output", predicted_db=report.outputs.get(name)
        )
    return [
        {
            "name": name,
            "layer": layer.label,
            "op": layer.op,
            "inputs": layer.inputs,
            "weight_bits": layer.weight_bits,
            "bits": layer.bits,
            "predicted_sqnr_db": layer.predicted_db,
            "sqnr_db": measured[name],
            "lost_db": losses.get(name),
            "hurts": name in losses,
        }
        for name, layer in facts.items()
    ]


def to_text(report: dict[str, Any]) -> str:
    """The report as a headline, a table and remarks."""
    libraries = report["libraries"]
    headers = ["", *_columns(libraries[0])]
    rows = [
        [library["name"], *_cells(library, first=index == 0)]
        for index, library in enumerate(libraries)
    ]
    if len(libraries) == 1:
        headers, rows = _without_empty_columns(headers, rows)
    lines = [f"{report['model']} on {report['images']} images of {report['data']}", ""]
    lines += _align([headers, *rows])
    for library in libraries:
        if "layers" in library:
            lines += ["", f"layers of {library['name']}", ""]
            lines += _align(_layer_rows(library["layers"]))
    remarks = _remarks(libraries)
    return "\n".join(lines + ([""] + remarks if remarks else []))


def _columns(library: dict[str, Any]) -> list[str]:
    columns = []
    if "top1" in library:
        columns += ["top-1 %", "change (95% interval)", "top-5 %"]
    if "miou" in library:
        columns += ["mIoU %", "change (95% interval)"]
    outputs = library["outputs"]
    for output in outputs:
        suffix = f" of {output['name']}" if len(outputs) > 1 else ""
        columns += [f"agreement %{suffix}", f"SQNR dB{suffix}"]
    return columns + ["size KiB", "ms/image", "speed-up"]


def _cells(library: dict[str, Any], first: bool) -> list[str]:
    cells = []
    for figure in ("top1", "miou"):
        if figure in library:
            change = library[f"{figure}_change"]
            cells += [f"{library[figure]:.2f}", "" if first else _change(change)]
        if figure == "top1" and figure in library:
            cells.append(f"{library['top5']:.2f}")
    for output in library["outputs"]:
        if first:
            cells += ["", ""]
        elif output["non_finite"]:
            cells += [f"{output['agreement']:.2f}", "not finite"]
        elif output["sqnr_db"] is None:
            cells += [f"{output['agreement']:.2f}", "equal"]
        else:
            cells += [f"{output['agreement']:.2f}", f"{output['sqnr_db']:.1f}"]
    return cells + [
        f"{library['bytes'] / 1024:.0f}",
        f"{library['ms_median']:.3g}",
        f"{library['speed_up']:.2f}x",
    ]


def _layer_rows(entries: list[dict[str, Any]]) -> list[list[str]]:
    rows = [["layer", "operation", "bits w/a", "predicted dB", "SQNR dB", "hurts"]]
    for entry in entries:
        bits = [entry["weight_bits"], entry["bits"]]
        rows.append(
            [
                entry["layer"],
                entry["op"],
                "/".join("-" if b is None else str(b) for b in bits),
                _decibels(entry["predicted_sqnr_db"], missing=""),
                _decibels(entry["sqnr_db"], missing="equal"),
                f"-{entry['lost_db']:.1f}" if entry["hurts"] else "",
            ]
        )
    return rows


def _decibels(value: float | None, missing: str) -> str:
    return missing if value is None else f"{value:.1f}"


def _without_empty_columns(
    headers: list[str], rows: list[list[str]]
) -> tuple[list[str], list[list[str]]]:
    """A lone library has nothing to be compared with."""
    kept = [i for i in range(len(headers)) if any(row[i] for row in rows)]
    return [headers[i] for i in kept], [[row[i] for i in kept] for row in rows]


def _change(change: dict[str, float]) -> str:
    return f"{change['value']:+.2f} ({change['low']:+.2f} .. {change['high']:+.2f})"


def _remarks(libraries: list[dict[str, Any]]) -> list[str]:
    remarks = []
    converted = [
        output["name"]
        for output in libraries[0]["outputs"]
        if output["sqnr_of"] != "values"
    ]
    if converted:
        remarks.append(
            f"SQNR of {', '.join(converted)}: on the logits, recovered from the "
            "softmax up to their mean."
        )
    listed = [library for library in libraries if "layers" in library]
    if listed:
        remarks.append(
            "A layer hurts if it loses more than 3 dB against the noisiest value that "
            "it reads."
        )
    for library in listed:
        if all(entry["predicted_sqnr_db"] is None for entry in library["layers"]):
            remarks.append(
                f"{library['name']}: nothing was predicted; compile it with --predict."
            )
    for library in libraries:
        bad = sum(output["non_finite"] for output in library["outputs"])
        if bad:
            remarks.append(f"{library['name']}: {bad} values are not finite.")
    return remarks


def _align(rows: list[list[str]]) -> list[str]:
    """First column left, the others right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]


def _finite(value: Any) -> Any:
    """JSON has no infinity and no NaN."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value
