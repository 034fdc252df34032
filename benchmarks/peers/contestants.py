"""Builds what peers.py compares: compiled libraries, models, programs.

A contestant is a command that runs one network some times and says how long it
took. Each command loads its network anew, so that rounds differ in where memory
happens to lie.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np
import onnx

from . import avx2, onednn, qdq
from .images import random_images
from .network import Network, read_network

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


class BenchmarkError(Exception):
    """Something that a user can do something about."""


def run(command: list, **options) -> str:
    """Runs a command and returns what it printed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode != 0:
        text = done.stderr.strip() or f"exit status {done.returncode}"
        raise BenchmarkError(f"{words[0]}: {text[-2000:]}")
    return done.stdout


def _is_newer(file: Path, inputs: tuple[Path, ...]) -> bool:
    return all(file.stat().st_mtime > path.stat().st_mtime for path in inputs)


@dataclass
class Timing:
    """Milliseconds of the fastest and the median run."""

    min: float
    median: float


@dataclass
class Contestant:
    """`measure(runs)` returns a Timing; `output` holds what it computed."""

    name: str
    version: str
    precision: str
    measure: Callable[[int], Timing]
    output: np.ndarray
    notes: list[str] = field(default_factory=list)


@dataclass
class Setup:
    """Where things are and how they run; `avx2`: nothing newer is used."""

    build: Path
    work: Path
    threads: int
    avx2: bool = False

    def install(self) -> None:
        """Installs ONNX Runtime and builds the program on oneDNN."""
        self.work.mkdir(parents=True, exist_ok=True)
        if not (self.work / "node_modules" / "onnxruntime-node").is_dir():
            print("Installing onnxruntime-node", file=sys.stderr)
            run(["npm", "install", "--ignore-scripts", "--no-fund", "--prefix",
                 self.work, "onnxruntime-node"])  # fmt: skip
        source, program = HERE / "onednn.cpp", self.work / "onednn"
        if not program.exists() or not _is_newer(program, (source,)):
            print("Building the program on oneDNN", file=sys.stderr)
            flags = run(["llvm-config-22", "--cxxflags", "--ldflags"]).split()
            run(["clang++-22", *flags, "-std=c++17", "-O2", source, "-o", program,
                 "-ldnnl", "-lLLVM-22"])  # fmt: skip
        if self.avx2:
            self.restricted.mkdir(exist_ok=True)
            avx2.prepare(self.work / "node_modules", self.restricted)

    @property
    def restricted(self) -> Path:
        """Where ONNX Runtime is that uses nothing newer than AVX2."""
        return self.work / "avx2"


class Case:
    """One network with its files and its random input."""

    def __init__(self, setup: Setup, model: Path):
        self.setup = setup
        self.model = model.resolve()
        self.folder = setup.work / model.stem
        self.folder.mkdir(parents=True, exist_ok=True)
        self.network = self.read()
        self.input = random_images(self.network.input_shape, seed=999)
        self.input.tofile(self.folder / "input.bin")
        np.save(self.folder / "input.npy", self.input)

    def read(self) -> Network:
        return read_network(self.model)

    def load_output(self, name: str) -> np.ndarray:
        return np.fromfile(self.folder / name, np.float32)

    def observe(self, batches: int = 3) -> dict:
        """Shape and range of every tensor over random batches."""
        network = self.read()
        names = [node.output[0] for node in network.nodes]
        model, data = self.folder / "observed.onnx", self.folder / "batch.bin"
        onnx.save(network.to_model(names), str(model))
        tensors = {}
        for seed in range(batches):
            images = random_images(network.input_shape, 100 + seed)
            images.tofile(data)
            seen = self.run_onnxruntime(
                model, 1, [f"--input={data}", "--tensors", "--warmup=0"]
            )["tensors"]
            seen[network.input] = {
                "shape": network.input_shape,
                "range": [float(images.min()), float(images.max())],
            }
            for name, tensor in seen.items():
                low, high = tensors.setdefault(name, tensor)["range"]
                tensor["range"] = [
                    min(low, tensor["range"][0]), max(high, tensor["range"][1])
                ]  # fmt: skip
                tensors[name] = tensor
        return tensors

    def run_onnxruntime(self, model: Path, runs: int, flags: list[str]) -> dict:
        script = HERE / "onnxruntime.mjs"
        command = ["node", script, model, f"--runs={runs}", *flags]
        folder = self.setup.work
        if self.setup.avx2:
            folder = self.setup.restricted
            command = [*avx2.environment(folder), *command]
        return json.loads(run(command, cwd=folder))

    # Contestants

    def spiq(self, precision: str) -> Contestant:
        folder = self.folder / (precision + ("-avx2" if self.setup.avx2 else ""))
        folder.mkdir(exist_ok=True)
        flags = ["--float"] if precision == "float" else []
        if self.setup.avx2:
            flags.append("--target=x86-64-v3")
        tools = self.setup.build / "bin"
        compiler = tools / "spiq-compile"
        libraries = list(folder.glob("*.so"))
        inputs = (compiler, self.model)
        if not libraries or not _is_newer(libraries[0], inputs):
            run([compiler, self.model, "-o", f"{folder}/", *flags])
            libraries = list(folder.glob("*.so"))
        (library,) = libraries
        command = [tools / "spiq-run", library, self.folder / "input.npy"]
        if self.setup.threads > 1:
            command.append(f"--threads={self.setup.threads}")
        result = folder / "output.npy"
        run([*command, "-o", result])

        def measure(runs: int) -> Timing:
            text = run([*command, f"--benchmark={runs}"])
            values = dict(re.findall(r"^(min|median): ([\d.]+) ms", text, re.M))
            return Timing(float(values["min"]), float(values["median"]))

        version = run(["git", "-C", ROOT, "describe", "--always"]).strip()
        output = np.load(result).ravel()
        return Contestant("SPIQ", version, precision, measure, output)

    def onnxruntime(self, precision: str, tensors: dict) -> Contestant:
        model, notes = self.model, []
        if precision == "int8":
            model = self.folder / "qdq.onnx"
            ranges = {name: tensor["range"] for name, tensor in tensors.items()}
            onnx.save(qdq.write_qdq(self.read(), ranges), str(model))
        flags = [f"--threads={self.setup.threads}"]
        optimized = self.folder / f"optimized-{precision}.onnx"
        result = f"onnxruntime-{precision}.bin"
        first = self.run_onnxruntime(model, 3, [
            *flags, f"--input={self.folder / 'input.bin'}",
            f"--output={self.folder / result}", f"--optimized={optimized}",
        ])  # fmt: skip
        if precision == "int8":
            left = qdq.not_fused(onnx.load(str(optimized)))
            notes += [f"ONNX Runtime runs {node} in float" for node in left]
        if self.setup.threads > 1:
            # Whether idle threads should spin depends on the machine.
            times = {
                spin: self.run_onnxruntime(model, 20, [*flags, f"--spin={spin}"])[
                    "milliseconds"
                ]["median"]
                for spin in (0, 1)
            }
            flags.append(f"--spin={min(times, key=times.get)}")

        def measure(runs: int) -> Timing:
            return Timing(**self.run_onnxruntime(model, runs, flags)["milliseconds"])

        return Contestant(
            "ONNX Runtime", first["version"], precision, measure,
            self.load_output(result), notes,
        )  # fmt: skip

    def onednn(self, tensors: dict) -> Contestant | None:
        """None for a network that has layers without an integer primitive."""
        description = self.folder / "onednn.json"
        try:
            onednn.write_description(self.read(), tensors, description)
        except onednn.Unsupported:
            return None
        limit = ["DNNL_MAX_CPU_ISA=AVX2"] if self.setup.avx2 else []
        command = [
            "env", f"OMP_NUM_THREADS={self.setup.threads}", *limit,
            self.setup.work / "onednn", description,
        ]  # fmt: skip
        result = self.folder / "onednn.bin"
        first = json.loads(run([
            *command, "--runs=1", f"--input={self.folder / 'input.bin'}",
            f"--output={result}",
        ]))  # fmt: skip

        def measure(runs: int) -> Timing:
            text = run([*command, f"--runs={runs}"])
            return Timing(**json.loads(text)["milliseconds"])

        return Contestant(
            "oneDNN", first["version"], "int8", measure, self.load_output(result.name)
        )
