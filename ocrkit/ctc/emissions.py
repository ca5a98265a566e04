"""Anyone's log-probabilities as a NumPy view: shape, dtype and lengths checked, nothing copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

import numpy as np

from ocrkit.errors import EmissionsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Emissions", "Lengths", "as_emissions"]


_FLOATS = (np.dtype(np.float32), np.dtype(np.float16))
_INT64 = np.dtype(np.int64)


@runtime_checkable
class Exportable(Protocol):
    """An array of another library, such as a tensor, that hands its memory over by DLPack."""

    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any:
        """The memory, in a capsule."""
        ...

    def __dlpack_device__(self) -> tuple[Any, Any]:
        """The kind and number of the device that the memory is on."""
        ...


# A memoryview or another object with a buffer is as good; typing has a name for those from Python 3.12 on.
Emissions: TypeAlias = "NDArray[np.float32] | NDArray[np.float16] | Exportable | memoryview"
Lengths: TypeAlias = "NDArray[np.integer[Any]] | Sequence[int] | Exportable"


def as_emissions(
    log_probs: Emissions, lengths: Lengths | None
) -> tuple[NDArray[np.float32] | NDArray[np.float16] | NDArray[np.int16], NDArray[np.int64] | None]:
    """View ``log_probs`` as (B, T, V), one line's (T, V) as B = 1, and ``lengths`` as (B,) int64.

    bfloat16, which NumPy has no type for, comes out as int16: the same bits, as the native decoders take them.

    Raises:
        EmissionsError: a shape or dtype is wrong, or the memory cannot be read from here; the lengths' values
            are the decoder's to check.
    """
    is_plain = isinstance(log_probs, np.ndarray) and log_probs.dtype in _FLOATS
    array = cast("NDArray[Any]", log_probs) if is_plain else _floats_of(log_probs)
    if array.ndim not in (2, 3):
        raise EmissionsError(f"log_probs has shape {array.shape}; expected (lines, frames, labels) or (frames, labels)")
    if array.ndim == 2:
        array = array[np.newaxis]
    return array, None if lengths is None else _as_lengths(lengths, lines=array.shape[0])


def _floats_of(log_probs: object) -> NDArray[Any]:
    """The values where they lie: float32, float16, or bfloat16's bits as int16."""
    bits = _bfloat16_bits(log_probs)
    if bits is not None:
        return bits
    array = _view(log_probs, "log_probs")
    if array.dtype not in _FLOATS:
        raise EmissionsError(
            f"log_probs has dtype {array.dtype}; expected float32 or float16 of the machine's byte order, or bfloat16: "
            "convert it, as by .astype('float32')"
        )
    return array


def _bfloat16_bits(value: object) -> NDArray[np.int16] | None:
    """The bits of bfloat16 values where they lie: of an ``ml_dtypes`` array, or a torch tensor; None for others."""
    dtype = getattr(value, "dtype", None)
    if isinstance(value, np.ndarray):
        return value.view(np.int16) if value.dtype.name == "bfloat16" else None
    if str(dtype) != "torch.bfloat16" or getattr(value, "requires_grad", False):
        return None
    # DLPack has bfloat16, NumPy has not. The tensor's own methods know torch.int16; torch is never imported here.
    int16 = value.new_zeros(0).short().dtype  # type: ignore[attr-defined]
    return _view(value.view(int16), "log_probs")  # type: ignore[attr-defined]


def _as_lengths(lengths: Lengths, lines: int) -> NDArray[np.int64]:
    array = np.asarray(lengths) if isinstance(lengths, (list, tuple, range, int)) else _view(lengths, "lengths")
    if array.shape != (lines,):
        raise EmissionsError(f"lengths has shape {array.shape}; expected ({lines},), a number of frames a line")
    if lines == 0:
        return np.zeros(0, np.int64)
    if array.dtype is _INT64 and array.flags.c_contiguous:
        return array
    if array.dtype.kind not in "iu":
        raise EmissionsError(f"lengths has dtype {array.dtype}; expected integers, a number of frames a line")
    if array.dtype == np.uint64:
        array = np.minimum(array, np.uint64(np.iinfo(np.int64).max))
    return np.ascontiguousarray(array, dtype=np.int64)


def _view(value: object, name: str) -> NDArray[Any]:
    if isinstance(value, np.ndarray):
        return value
    if getattr(value, "requires_grad", False):
        raise EmissionsError(f"{name} is a tensor that requires grad; pass {name}.detach()")
    if isinstance(value, Exportable):
        try:
            return np.from_dlpack(value)
        except (BufferError, RuntimeError, TypeError, ValueError) as error:
            raise EmissionsError(
                f"{name} cannot be read in place ({error}); pass a float32, float16 or bfloat16 array in the machine's "
                f"own memory, as {name}.float().cpu() gives it"
            ) from error
    try:
        return np.asarray(memoryview(value))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise EmissionsError(
            f"{name} is of type {type(value).__name__}; expected an array, a tensor or a buffer: "
            "numpy.asarray(…, dtype='float32') makes one"
        ) from error
