"""Saved log-probabilities: ``.npy`` and ``.npz`` files of CTC posteriors, read and decoded."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.correcting import as_line_corrector, correct_prediction
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.tempering import with_temperature
from ocrkit.errors import EmissionsError, MissingFileError
from ocrkit.plain_files import open_plain
from ocrkit.recognition.confidence import rejection_threshold, temperature_of
from ocrkit.recognition.decoding import NO_OPTIONS, make_decoder
from ocrkit.recognition.prediction import Ruler, character_frames, make_prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.correcting import LineCorrector
    from ocrkit.data.records import Prediction
    from ocrkit.plugin.corrector_specs import Corrector
    from ocrkit.plugin.registry import Registry
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.charset import Charset

__all__ = ["Posteriors", "decode_posteriors", "is_posteriors", "read_posteriors"]

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
        with open_plain(path) as file:
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


def decode_posteriors(
    log_probs: NDArray[np.float32],
    lengths: NDArray[np.int64] | None,
    charset: Charset,
    *,
    name: str,
    decoder: str | None = None,
    options: DecoderOptions = NO_OPTIONS,
    calibration: Calibration | None = None,
    reject: float | None = None,
    corrector: Corrector | LineCorrector | None = None,
    registry: Registry | None = None,
) -> list[Prediction]:
    """Read (B, T, V) saved log-probabilities; line b is called ``name#b``, counted from 0.

    A character's span is in frames, not in px. ``calibration`` is that of the model that they come from; with
    ``reject`` readings are left out by it, as ``Recognizer.read`` does. ``corrector`` mends the others.

    Raises:
        EmissionsError: V is not the number of the charset's labels, or dtype, lengths or values are not those of
            log-probabilities; the message begins with ``name``.
        OptionError: ``reject`` is given, and there is no calibration that can keep below it.
    """
    threshold = 0.0 if reject is None else rejection_threshold(calibration, reject)
    built = make_decoder(charset, decoder, options, registry)
    try:
        array, counts = as_emissions(log_probs, lengths)
        if array.shape[2] != len(charset):
            raise EmissionsError(
                f"has {array.shape[2]} labels a frame; charset {charset.name!r} has {len(charset)}, the blank first: "
                "decode it with the charset or the model that it was made with"
            )
        if counts is None:
            counts = np.full(array.shape[0], array.shape[1], dtype=np.int64)
        decoded = built.decode(array, counts)  # type: ignore[arg-type]  # float16 is read in place as well
        temperature = temperature_of(calibration)
        decoded = with_temperature(decoded, array, counts, temperature, threads=options.threads)  # type: ignore[arg-type]
    except EmissionsError as error:
        raise EmissionsError(f"{name}: {error}") from error
    ruler = Ruler(0.0, 1.0, array.shape[1])
    readings = [
        make_prediction(f"{name}#{line}", found, charset, ruler).unless_below(threshold)
        for line, found in enumerate(decoded)
    ]
    if corrector is None:
        return readings
    lines = as_line_corrector(corrector, charset)
    return [
        correct_prediction(
            reading,
            lines,
            frames=character_frames(found[0], charset) if found else (),
            log_probs=np.asarray(array[line, : counts[line]], np.float32),
            span=ruler.span,
            temperature=temperature,
        )
        for line, (reading, found) in enumerate(zip(readings, decoded, strict=True))
    ]


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
