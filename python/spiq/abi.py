"""ctypes mirror of the C interface of a compiled model.

Field order and sizes are those of the header spiq-compile writes next to a
library; ABI_VERSION is its SPIQ_MODEL_ABI.
"""

import ctypes
from pathlib import Path

import numpy as np

from .errors import SpiqError

ABI_VERSION = 4

#: The exported function every shared library has, whatever the model's name.
ENTRY_POINT = "spiq_model"

#: spiq_type -> numpy element type.
DTYPES = {
    0: np.dtype(np.float32),
    1: np.dtype(np.int8),
    2: np.dtype(np.uint8),
    3: np.dtype(np.int32),
    4: np.dtype(np.int64),
}

#: Non-zero results of the run function.
RUN_ERRORS = {
    1: "a pointer is null",
    2: "a pointer is not aligned as required",
    3: "this processor lacks instructions that it was compiled for: {target}",
}


class TensorInfoStruct(ctypes.Structure):
    """spiq_tensor_info"""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("type", ctypes.c_int32),
        ("rank", ctypes.c_int32),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("bytes", ctypes.c_uint64),
        ("quantized_axis", ctypes.c_int32),
        ("num_scales", ctypes.c_int32),
        ("scales", ctypes.POINTER(ctypes.c_float)),
        ("zero_points", ctypes.POINTER(ctypes.c_int32)),
    ]


#: int32_t (*)(const void *const *inputs, void *const *outputs, void *workspace)
RunFunction = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_void_p,
)


class ParallelForStruct(ctypes.Structure):
    """spiq_parallel_for; only ever passed on"""

    _fields_ = [
        ("run", ctypes.c_void_p),
        ("context", ctypes.c_void_p),
        ("threads", ctypes.c_uint64),
    ]


#: RunFunction with a parallel loop as last argument
RunParallelFunction = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_void_p,
    ctypes.POINTER(ParallelForStruct),
)


class ModelInfoStruct(ctypes.Structure):
    """spiq_model_info"""

    _fields_ = [
        ("abi_version", ctypes.c_uint32),
        ("num_inputs", ctypes.c_int32),
        ("num_outputs", ctypes.c_int32),
        ("name", ctypes.c_char_p),
        ("target", ctypes.c_char_p),
        ("inputs", ctypes.POINTER(TensorInfoStruct)),
        ("outputs", ctypes.POINTER(TensorInfoStruct)),
        ("workspace_bytes", ctypes.c_uint64),
        ("workspace_alignment", ctypes.c_uint64),
        ("run", RunFunction),
        ("run_parallel", RunParallelFunction),
        ("profile", ctypes.c_void_p),
        ("num_variants", ctypes.c_uint64),
        ("variants", ctypes.c_void_p),
    ]


def open_library(path: Path) -> tuple[ctypes.CDLL, ModelInfoStruct]:
    """Loads a compiled model and returns its handle and descriptor.

    The handle must be kept for as long as the descriptor is used.
    """
    if not path.is_file():
        raise SpiqError(f"{path}: no such file")
    try:
        # An absolute path: a bare name would be looked up in system folders.
        library = ctypes.CDLL(str(path.resolve()))
    except OSError as error:
        raise SpiqError(
            f"{path}: cannot be loaded ({error}); "
            "is it a shared library compiled for this machine?"
        ) from error
    try:
        entry = getattr(library, ENTRY_POINT)
    except AttributeError:
        raise SpiqError(
            f"{path}: exports no {ENTRY_POINT}(), so spiq-compile did not make it"
        ) from None
    # Only the first field may be read before the version is known.
    entry.restype = ctypes.POINTER(ctypes.c_uint32)
    version = entry()
    if not version:
        raise SpiqError(f"{path}: {ENTRY_POINT}() returned a null pointer")
    if version[0] != ABI_VERSION:
        raise SpiqError(
            f"{path}: has interface version {version[0]}, this package reads "
            f"version {ABI_VERSION}; compile the model with the matching spiq-compile"
        )
    info = ctypes.cast(version, ctypes.POINTER(ModelInfoStruct)).contents
    return library, info
