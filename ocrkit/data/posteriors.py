"""Saved log-probabilities: ``.npy`` and ``.npz`` files of CTC posteriors."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import EmissionsError, MissingFileError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Posteriors", "is_posteriors", "read_posteriors"]

_SUFFIXES = (".npy", ".npz")
_NPY, _ZIP = b"\x93NUMPY", b"PK"
_EXPECTED = "expected a float32 or float16 array (lines, frames, labels) as numpy.save or numpy.savez writes it"


@dataclass(frozen=True, slots=True)
class Posteriors:
    """(B, T, V) natural-log probabilities of B lines, and the (B,) frames that count, or None for all."""

    log_probs: NDArray[np.float32]
    lengths: NDArray[np.int64] | None


def is_posteriors(path: str | os.PathLike[str]) -> bool:
    """Whether a file is named as saved log-probabilities are."""
    return os.fspath(path).lower().endswith(_SUFFIXES)


def read_posteriors(path: str | os.PathLike[str]) -> Posteriors:
    """Read a ``.npy`` array, or ``log_probs`` and, if it is there, ``lengths`` of a ``.npz`` file.

    The array is (B, T, V), or (T, V) for one line; its values are checked when they are decoded.

    Raises:
        MissingFileError: there is no such file.
        EmissionsError: it is no NumPy file, damaged, holds pickled objects (which are never opened), lacks
            ``log_probs``, or the array has another number of dimensions.
    """
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            _check_is_numpy(name, file.read(len(_NPY)))
            file.seek(0)
            # Pickles are refused: opening one can run code.
            log_probs, lengths = _arrays(name, np.load(file, allow_pickle=False))
    except FileNotFoundError as error:
        raise MissingFileError(f"no file {name!r}") from error
    except EmissionsError:
        raise
    except OSError as error:
        raise EmissionsError(f"{name}: cannot be read: {error.strerror or error}") from error
    # NumPy's readers raise nearly anything on damaged files: ValueError, EOFError, BadZipFile, zlib.error, TokenError.
    except Exception as error:
        if "allow_pickle" in str(error):
            raise EmissionsError(f"{name}: holds pickled objects, which ocrkit never opens; {_EXPECTED}") from error
        raise EmissionsError(f"{name}: is damaged or truncated: {' '.join(str(error).split())}") from error
    if log_probs.ndim not in (2, 3):
        raise EmissionsError(
            f"{name}: log_probs has shape {log_probs.shape}; expected (lines, frames, labels) or (frames, labels)"
        )
    return Posteriors(log_probs if log_probs.ndim == 3 else log_probs[np.newaxis], lengths)


def _check_is_numpy(name: str, start: bytes) -> None:
    if not start.startswith((_NPY, _ZIP)):
        raise EmissionsError(f"{name}: is not a NumPy file, whatever its name; {_EXPECTED}")


def _arrays(
    name: str, loaded: NDArray[np.float32] | np.lib.npyio.NpzFile
) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
    if isinstance(loaded, np.ndarray):
        return loaded, None
    with loaded:
        return _members(name, loaded)


def _members(name: str, archive: np.lib.npyio.NpzFile) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
    if "log_probs" not in archive:
        raise EmissionsError(
            f"{name}: has no array 'log_probs'; it holds {', '.join(map(repr, archive.files)) or 'nothing'}"
        )
    return archive["log_probs"], archive.get("lengths", None)
