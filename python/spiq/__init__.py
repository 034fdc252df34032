"""Runs libraries made by spiq-compile.

    import spiq
    model = spiq.load("model.so")
    y = model(x)
"""

from .errors import SpiqError
from .model import Model, load
from .tensor import TensorInfo

__all__ = ["Model", "SpiqError", "TensorInfo", "load"]
__version__ = "0.1.0"
