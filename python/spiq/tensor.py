"""What a compiled model says about one of its inputs or outputs."""

from dataclasses import dataclass, field

import numpy as np

from .abi import DTYPES, TensorInfoStruct
from .errors import SpiqError


@dataclass(frozen=True)
class TensorInfo:
    """Name, shape, element type and quantization of an input or output.

    A quantized tensor stands for ``(q - zero_point) * scale``; with
    `quantized_axis` None one scale holds for the whole tensor, otherwise there
    is one for every index of that axis.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    quantized_axis: int | None = None
    scales: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    zero_points: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))

    @property
    def quantized(self) -> bool:
        return len(self.scales) > 0

    def quantize(self, real: np.ndarray) -> np.ndarray:
        """Real values to this tensor's element type.

        Rounds half to even and saturates. The last `rank` axes of `real` must
        be this tensor's shape. Unquantized tensors are only converted.
        """
        if not self.quantized:
            return np.asarray(real, self.dtype)
        scales, zero_points = self._broadcast(np.asarray(real))
        limits = np.iinfo(self.dtype)
        q = np.rint(np.asarray(real, np.float32) / scales) + zero_points
        return np.clip(q, limits.min, limits.max).astype(self.dtype)

    def dequantize(self, stored: np.ndarray) -> np.ndarray:
        """This tensor's elements to the real values (f32) they stand for."""
        if not self.quantized:
            return np.asarray(stored, np.float32)
        scales, zero_points = self._broadcast(np.asarray(stored))
        return (np.asarray(stored, np.int32) - zero_points).astype(np.float32) * scales

    def describe(self) -> str:
        """For messages: ``'image' float32[1x3x32x32]``."""
        return f"'{self.name}' {self.dtype.name}[{'x'.join(map(str, self.shape))}]"

    def check(self, array: np.ndarray) -> np.ndarray:
        """Returns `array` contiguous, or says how it differs from this tensor."""
        if not isinstance(array, np.ndarray):
            raise SpiqError(
                f"input {self.describe()} needs a numpy array, "
                f"got {type(array).__name__}"
            )
        if array.dtype != self.dtype:
            hint = (
                "use quantize() of this input to convert real values"
                if self.quantized
                else f"convert it with astype(numpy.{self.dtype.name})"
            )
            raise SpiqError(
                f"input {self.describe()} got element type {array.dtype.name}; {hint}"
            )
        if array.shape != self.shape:
            raise SpiqError(
                f"input {self.describe()} got shape {'x'.join(map(str, array.shape))}"
            )
        return np.ascontiguousarray(array)

    def _broadcast(self, array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scales and zero points shaped to broadcast against `array`."""
        rank = len(self.shape)
        if array.ndim < rank or array.shape[array.ndim - rank :] != self.shape:
            raise SpiqError(
                f"{self.describe()} cannot quantize an array of shape {array.shape}"
            )
        if self.quantized_axis is None:
            return self.scales, self.zero_points
        shape = [1] * rank
        shape[self.quantized_axis] = -1
        return self.scales.reshape(shape), self.zero_points.reshape(shape)


def read_tensor_info(raw: TensorInfoStruct, where: str) -> TensorInfo:
    """Copies one descriptor out of a library; `where` begins its messages."""
    name = (raw.name or b"").decode("utf-8", "replace")
    if raw.type not in DTYPES:
        raise SpiqError(f"{where}: '{name}' has unknown element type {raw.type}")
    dtype = DTYPES[raw.type]
    shape = tuple(raw.shape[i] for i in range(raw.rank))
    elements = int(np.prod(shape, dtype=np.int64))
    if elements * dtype.itemsize != raw.bytes:
        raise SpiqError(
            f"{where}: '{name}' claims {raw.bytes} bytes for "
            f"{elements} elements of {dtype.name}"
        )
    count = raw.num_scales
    axis = raw.quantized_axis if raw.quantized_axis >= 0 else None
    expected = 1 if axis is None else (shape[axis] if axis < len(shape) else -1)
    if count not in (0, expected):
        raise SpiqError(
            f"{where}: '{name}' has {count} scales, but {expected} are expected"
        )
    return TensorInfo(
        name=name,
        shape=shape,
        dtype=dtype,
        quantized_axis=axis,
        scales=np.array(raw.scales[:count], np.float32),
        zero_points=np.array(raw.zero_points[:count], np.int32),
    )
