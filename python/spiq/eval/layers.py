"""The noise of every layer: measured, and predicted by the compiler.

A library compiled with --expose-layers returns the values inside of the network
as further outputs, named after the operation that computes them. What the
compiler knew about them is in the report that it writes next to the library.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SpiqError
from ..model import Model

#: Begins the names of outputs that are values inside of the network.
PREFIX = "layer:"

#: A layer hurts if it loses so much against the noisiest value that it reads:
#: more than half of the noise behind it was not there in front of it.
HURTING_DB = 3.0


@dataclass(frozen=True)
class LayerFacts:
    """What the report says of a layer.

    `names` are those of the merged operations, the last one computes the value.
    `inputs` names the values that the layer reads. Bits are None where the
    network computes in float, `predicted_db` where nothing was predicted.
    """

    names: list[str]
    op: str = ""
    inputs: list[str] = field(default_factory=list)
    weight_bits: int | None = None
    bits: int | None = None
    predicted_db: float | None = None

    @property
    def label(self) -> str:
        """The name that people know: that of the layer, not of its clamp."""
        return self.names[0]


def network_outputs(model: Model) -> list[int]:
    """Indices of the outputs that the network has by itself."""
    return [
        i for i, info in enumerate(model.outputs) if not info.name.startswith(PREFIX)
    ]


def exposed_outputs(model: Model) -> dict[str, int]:
    """Indices of the values inside of the network, by name."""
    return {
        info.name.removeprefix(PREFIX): i
        for i, info in enumerate(model.outputs)
        if info.name.startswith(PREFIX)
    }


def find_report(library: Path) -> Path | None:
    """The report written with `library`: FILE.json, or NAME.json for libNAME.so."""
    candidates = [library.with_suffix(".json")]
    if library.name.startswith("lib"):
        candidates.append(
            library.with_name(library.name.removeprefix("lib")).with_suffix(".json")
        )
    return next((path for path in candidates if path.is_file()), None)


@dataclass(frozen=True)
class Report:
    """What the compiler's report says: layers by the name of their value, and the
    predicted SQNR of outputs by name."""

    layers: dict[str, LayerFacts] = field(default_factory=dict)
    outputs: dict[str, float] = field(default_factory=dict)


def read_report(library: Path) -> Report:
    """The report of `library`; empty if there is none."""
    path = find_report(library)
    if path is None:
        return Report()
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        facts = [
            LayerFacts(
                names=list(layer["names"]),
                op=layer["op"],
                inputs=list(layer["inputs"]),
                weight_bits=layer.get("weight_bits"),
                bits=layer.get("bits"),
                predicted_db=layer.get("predicted_sqnr_db"),
            )
            for layer in report["layers"]
        ]
        outputs = {
            output["name"]: float(output["predicted_sqnr_db"])
            for output in report["outputs"]
            if "predicted_sqnr_db" in output
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SpiqError(f"{path}: is not a report of spiq-compile: {error}") from error
    return Report({layer.names[-1]: layer for layer in facts if layer.names}, outputs)


def _sources(
    layer: LayerFacts, facts: dict[str, LayerFacts], measured: dict[str, float]
) -> list[float]:
    """What was measured of the values that `layer` reads; through values that only
    one of the networks has, of what those are computed from."""
    found = []
    for name in layer.inputs:
        if name in measured:
            found.append(measured[name])
        elif name in facts:
            found += _sources(facts[name], facts, measured)
    return found


def hurting(
    facts: dict[str, LayerFacts], measured: dict[str, float]
) -> dict[str, float]:
    """The layers that hurt and how many dB each loses."""
    losses = {}
    for name, layer in facts.items():
        read = _sources(layer, facts, measured)
        if name in measured and read:
            loss = min(read) - measured[name]
            if loss > HURTING_DB:
                losses[name] = loss
    return losses
