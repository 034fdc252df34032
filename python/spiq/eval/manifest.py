"""The manifest: what each network expects, and what it is measured on.

A JSON file {"models": {KEY: ENTRY}} where ENTRY has

- task: "classification", "segmentation" or "detection";
- classes: their number;
- data: the kind of images, also the name of their folder below the one given
  on the command line; if it begins with "none" they are taken as unlabelled;
- images (optional): their place relative to the manifest, used when none is
  given on the command line;
- void (optional): the mask value not to count, default the last class;
- input: see preprocessing.InputSpec.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import SpiqError
from .preprocessing import InputSpec, read_input_spec

TASKS = ("classification", "segmentation", "detection")


@dataclass(frozen=True)
class Entry:
    """One network of a manifest."""

    key: str
    task: str
    classes: int
    data: str
    input: InputSpec
    images: Path | None
    void: int

    @property
    def labelled(self) -> bool:
        return not self.data.startswith("none")


def read_manifest(path: Path, key: str | None) -> Entry:
    """Reads one entry; `key` may omit ".onnx", or be None if there is one only."""
    try:
        models = json.loads(path.read_text(encoding="utf-8"))["models"]
        names = ", ".join(models)
    except OSError as error:
        raise SpiqError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SpiqError(f'{path}: not a JSON object with "models"') from error
    if key is None and len(models) == 1:
        key = next(iter(models))
    if key is None:
        raise SpiqError(f"{path} has several models, name one by --model: {names}")
    for candidate in (key, f"{key}.onnx"):
        if candidate in models:
            return _read_entry(path, candidate, models[candidate])
    raise SpiqError(f"{path} has no model '{key}'; it has {names}")


def _read_entry(path: Path, key: str, raw: dict) -> Entry:
    where = f"{path}: model '{key}'"
    try:
        task, classes = raw["task"], int(raw["classes"])
        data, spec = str(raw.get("data", "none")), raw["input"]
        void = int(raw.get("void", classes - 1))
        images = path.parent / raw["images"] if "images" in raw else None
    except (KeyError, TypeError, ValueError) as error:
        raise SpiqError(f"{where}: missing or malformed field: {error}") from error
    if task not in TASKS:
        raise SpiqError(f"{where}: task is '{task}', not one of {', '.join(TASKS)}")
    if classes < 1:
        raise SpiqError(f"{where}: classes is {classes}, not positive")
    return Entry(
        key=key,
        task=task,
        classes=classes,
        data=data,
        input=read_input_spec(spec, where),
        images=images,
        void=void,
    )
