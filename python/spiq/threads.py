"""Threads for compiled models: the pool of libSPIQThreads."""

import ctypes
import functools
import os
import sys
from pathlib import Path

from . import abi
from .errors import SpiqError

NAME = "libSPIQThreads.so"


def _candidates() -> list[Path]:
    """Where the library may be: named, installed, next to the tool, built."""
    folders = [Path(os.environ["SPIQ_LIB_DIR"])] if "SPIQ_LIB_DIR" in os.environ else []
    here = Path(__file__).resolve()
    folders.append(here.parents[3])  # PREFIX/lib/spiq/python/spiq/threads.py
    folders.append(Path(sys.argv[0]).absolute().parent.parent / "lib")
    folders.append(here.parents[2] / "build/lib")
    return [folder / NAME for folder in folders]


@functools.cache
def _library() -> ctypes.CDLL:
    for path in _candidates():
        if path.is_file():
            break
    else:
        raise SpiqError(
            f"{NAME}, which runs models with several threads, was not found; set "
            "SPIQ_LIB_DIR to the folder lib of SPIQ's build or installation"
        )
    library = ctypes.CDLL(str(path))
    library.spiq_thread_pool_create.restype = ctypes.c_void_p
    library.spiq_thread_pool_create.argtypes = [ctypes.c_uint64]
    library.spiq_thread_pool_parallel_for.restype = ctypes.POINTER(
        abi.ParallelForStruct
    )
    library.spiq_thread_pool_parallel_for.argtypes = [ctypes.c_void_p]
    library.spiq_thread_pool_destroy.restype = None
    library.spiq_thread_pool_destroy.argtypes = [ctypes.c_void_p]
    return library


class ThreadPool:
    """`count` threads, the calling one included, for one run at a time."""

    def __init__(self, count: int):
        self._pool = None
        library = _library()
        self._pool = library.spiq_thread_pool_create(count)
        if not self._pool:
            raise SpiqError(f"cannot start {count} threads; from 1 to 256 are possible")
        #: The last argument of a model's parallel run function.
        self.parallel_for = library.spiq_thread_pool_parallel_for(self._pool)

    def __del__(self):
        if self._pool:
            _library().spiq_thread_pool_destroy(self._pool)
