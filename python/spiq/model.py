"""A compiled model as a Python callable."""

import ctypes
import os
import threading
from pathlib import Path

import numpy as np

from . import abi
from .errors import SpiqError
from .tensor import TensorInfo, read_tensor_info
from .threads import ThreadPool

Outputs = np.ndarray | dict[str, np.ndarray]


class Model:
    """A library made by spiq-compile, loaded into this process.

    Calls may come from several threads at once: compiled code keeps no state,
    and every thread gets a workspace of its own on its first call, which is
    kept for later ones. The interpreter lock is released while a model runs.
    Each call uses `threads` threads.

    Attributes:
        name, target: what the library says of itself.
        inputs, outputs: a TensorInfo each, in the order of the ONNX file.
        workspace_bytes: scratch memory one call needs.
    """

    def __init__(self, path: str | os.PathLike, threads: int = 1):
        self.path = Path(path)
        self.threads = threads
        self._library, info = abi.open_library(self.path)
        self._run = info.run
        if not self._run:
            raise SpiqError(f"{self.path}: has no run function")
        self._run_parallel = info.run_parallel
        if threads != 1 and not self._run_parallel:
            raise SpiqError(
                f"{self.path}: was compiled with --threads=1, so it cannot use "
                f"{threads} threads"
            )
        self.name = (info.name or b"").decode("utf-8", "replace")
        self.target = (info.target or b"").decode("utf-8", "replace")
        where = str(self.path)
        self.inputs = [
            read_tensor_info(info.inputs[i], where) for i in range(info.num_inputs)
        ]
        self.outputs = [
            read_tensor_info(info.outputs[i], where) for i in range(info.num_outputs)
        ]
        self.workspace_bytes = int(info.workspace_bytes)
        self.workspace_alignment = max(1, int(info.workspace_alignment))
        self._local = threading.local()
        if threads != 1:
            self._pool()  # errors belong here

    def __call__(self, *arrays, **named) -> Outputs:
        """Runs the model.

        Inputs: positional in the model's order, or one dict by name, or by
        keyword. Returns the array if the model has one output, otherwise a
        dict by name. Shapes and element types must be the model's own.
        """
        results = self.run(self._bind(arrays, named))
        if len(results) == 1:
            return results[0]
        return {info.name: array for info, array in zip(self.outputs, results)}

    def run(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """As a call, with a list of all inputs in and of all outputs out."""
        if len(arrays) != len(self.inputs):
            raise SpiqError(
                f"{self._describe()} takes {len(self.inputs)} inputs, "
                f"got {len(arrays)}"
            )
        inputs = [info.check(array) for info, array in zip(self.inputs, arrays)]
        outputs = [np.empty(info.shape, info.dtype) for info in self.outputs]
        arguments = (_pointers(inputs), _pointers(outputs), self._workspace())
        if self.threads == 1:
            status = self._run(*arguments)
        else:
            status = self._run_parallel(*arguments, self._pool().parallel_for)
        if status != 0:
            reason = abi.RUN_ERRORS.get(status, "error {status}")
            reason = reason.format(status=status, target=self.target)
            raise SpiqError(f"{self._describe()} did not run: {reason}")
        return outputs

    def __repr__(self) -> str:
        inputs = ", ".join(info.describe() for info in self.inputs)
        outputs = ", ".join(info.describe() for info in self.outputs)
        return f"<spiq.Model {self.name}: {inputs} -> {outputs}>"

    def _bind(self, arrays: tuple, named: dict) -> list:
        """The inputs in the model's order, however they were given."""
        if len(arrays) == 1 and isinstance(arrays[0], dict) and not named:
            arrays, named = (), arrays[0]
        if not named:
            return list(arrays)
        if arrays:
            raise SpiqError(
                f"{self._describe()} takes its inputs by position or by name, not both"
            )
        names = [info.name for info in self.inputs]
        for kind, wrong in (
            ("has no input", [n for n in named if n not in names]),
            ("is missing input", [n for n in names if n not in named]),
        ):
            if wrong:
                raise SpiqError(
                    f"{self._describe()} {kind} {_quote(wrong)}; "
                    f"its inputs are {_quote(names)}"
                )
        return [named[name] for name in names]

    def _workspace(self) -> int:
        """Address of this thread's scratch memory, aligned as required."""
        buffer = getattr(self._local, "buffer", None)
        if buffer is None:
            size = self.workspace_bytes + self.workspace_alignment
            buffer = self._local.buffer = np.empty(size, np.uint8)
        return buffer.ctypes.data + (-buffer.ctypes.data) % self.workspace_alignment

    def _pool(self) -> ThreadPool:
        """The threads that work for this thread."""
        pool = getattr(self._local, "pool", None)
        if pool is None:
            pool = self._local.pool = ThreadPool(self.threads)
        return pool

    def _describe(self) -> str:
        return f"model '{self.name}'"


def load(path: str | os.PathLike, threads: int = 1) -> Model:
    """Loads a shared library made by spiq-compile; raises SpiqError.

    Every call of the model then uses `threads` threads.
    """
    return Model(path, threads)


def _pointers(arrays: list[np.ndarray]) -> ctypes.Array:
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


def _quote(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
