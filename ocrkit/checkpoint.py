"""Model and state files: one safetensors file with one JSON metadata key; never a pickle.

ONNX files of ocrkit have the same key, with the same text.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import CheckpointError, MissingFileError
from ocrkit.files import write_whole
from ocrkit.onnx_file import is_onnx, read_properties
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    import os

    import numpy as np
    from numpy.typing import NDArray

    Tensors = Mapping[str, NDArray[np.generic]]

Shapes = Mapping[str, tuple[int, ...]]

__all__ = [
    "FORMAT",
    "METADATA_KEY",
    "Checkpoint",
    "Shapes",
    "document_of",
    "halved",
    "read_checkpoint",
    "read_metadata",
    "read_shapes",
    "write_checkpoint",
]

FORMAT = 1
METADATA_KEY = "ocrkit"
_MAX_HEADER = 100_000_000  # bytes; the limit of the safetensors library itself
_DEEPEST = 50  # levels; what ocrkit writes has about ten, and a few hundred exhaust the stack of who reads them
_LARGE = 1 << 16  # numbers
_FROM_OUTSIDE = 2  # numpy's mark of types, as bfloat16, that it knows once another package has been imported
_HALF_ERROR = 2.0**-11  # of its norm, what a tensor loses to float16 at most where no number is too small for it
_FOREIGN = {
    b"PK\x03\x04": "a zip archive, as torch.save writes",
    b"\x80": "a Python pickle",
    b"\x89HDF": "an HDF5 file, as Keras writes",
    b"<": "an XML or HTML file",
    b"\x89PNG": "a PNG image",
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file's tensors by name, and what its metadata says."""

    tensors: Tensors
    metadata: Mapping[str, object]


def write_checkpoint(path: str | os.PathLike[str], tensors: Tensors, metadata: Mapping[str, object]) -> None:
    """Write a file whole or not at all: to a temporary name, flushed to the disk, then renamed.

    Args:
        path: where; an existing file is replaced at the last moment.
        tensors: contiguous arrays by name.
        metadata: what ``json`` can write; ``format`` is added.

    Raises:
        CheckpointError: the folder cannot be written.
    """
    from safetensors.numpy import save

    data = save(dict(tensors), metadata={METADATA_KEY: document_of(metadata)})
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)
    except OSError as error:
        raise CheckpointError(f"cannot be written: {error.strerror or error}", target) from error


def document_of(metadata: Mapping[str, object]) -> str:
    """Metadata as files hold it; ``format`` is added."""
    return json.dumps({**metadata, "format": FORMAT}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def halved(tensors: Tensors) -> dict[str, NDArray[np.generic]]:
    """The tensors with the large ones in float16, where they bear it; loading widens them again.

    Those of less than 65,536 numbers stay as they are, for they weigh little and matter most: biases, the statistics of
    batch norm, and first convolutions, in which rounding moves all that follows. So does a tensor with a number that
    float16 lacks, or with so many tiny ones that it would lose more than rounding does.
    """
    return {name: _halved(array) if array.size >= _LARGE else array for name, array in tensors.items()}


def read_metadata(path: str | os.PathLike[str]) -> dict[str, object]:
    """The metadata of a file, safetensors or ONNX, without reading its tensors.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: neither, truncated, not ocrkit's, or of a format that this version does not know.
    """
    file = Path(path)
    if is_onnx(file):
        return _own_metadata(file, read_properties(file), "an ONNX file")
    return _own_metadata(file, _read_header(file).get("__metadata__"), "a safetensors file")


def read_shapes(path: str | os.PathLike[str]) -> dict[str, tuple[int, ...]]:
    """The shape of each of a file's tensors by its name, without reading them; raises as ``read_metadata`` does."""
    file = Path(path)
    _refuse_onnx(file)
    header = _read_header(file)
    try:
        return {name: _shape(entry) for name, entry in header.items() if name != "__metadata__"}
    except ValueError as error:
        raise CheckpointError(f"damaged: {error}", file) from error


def read_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """A file's tensors and metadata, checked in this order: is it safetensors, is it ocrkit's, is the format known.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: a check failed; the message says which.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    metadata = read_metadata(path)
    _refuse_onnx(Path(path))
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"damaged: {error}", path) from error
    for name, array in tensors.items():
        if array.dtype.isbuiltin == _FROM_OUTSIDE:
            raise CheckpointError(f"damaged: {name} holds {array.dtype}, which ocrkit never writes", path)
    return Checkpoint(tensors=tensors, metadata=metadata)


def _halved(array: NDArray[np.generic]) -> NDArray[np.generic]:
    import numpy as np

    if array.dtype != np.float32:
        return array
    whole = array.astype(np.float64).ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        half = array.astype(np.float16)
        lost = np.linalg.norm(half.ravel() - whole)
        return half if lost <= _HALF_ERROR * np.linalg.norm(whole) else array


def _refuse_onnx(path: Path) -> None:
    if is_onnx(path):
        raise CheckpointError(
            "is an ONNX file, which is for reading alone; take the safetensors file that it was made of", path
        )


def _read_header(path: Path) -> dict[str, object]:
    """The safetensors header, after every check that needs no tensor."""
    try:
        size = path.stat().st_size
        with open_plain(path) as file:
            start = file.read(8)
            raw = file.read(min(_header_length(start), size))
    except FileNotFoundError as error:
        raise MissingFileError(f"no file {str(path)!r}") from error
    except OSError as error:
        raise CheckpointError(f"cannot be read: {error.strerror or error}", path) from error
    for magic, kind in _FOREIGN.items():
        # A safetensors file may begin with any byte, but its ninth is a brace.
        if start.startswith(magic) and not raw.startswith(b"{"):
            raise CheckpointError(f"is {kind}, not a safetensors file; ocrkit never unpickles a file", path)
    return _parse_header(path, size, _header_length(start), raw)


def _header_length(start: bytes) -> int:
    """Bytes of JSON that follow the first eight; 0 for what no safetensors file says."""
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
    return int(length) if length <= _MAX_HEADER else 0


def _parse_header(path: Path, size: int, length: int, raw: bytes) -> dict[str, object]:
    """The header in ``raw``, of a file of ``size`` bytes whose header has ``length``."""
    if not raw.startswith(b"{"):
        raise CheckpointError("is not a safetensors file", path)
    if len(raw) < length:
        raise CheckpointError(f"truncated: {size} bytes, and its header alone says {8 + length}", path)
    try:
        header = json.loads(raw)
        ends = [_end(entry) for name, entry in header.items() if name != "__metadata__"]
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"is not a safetensors file: {error}", path) from error
    expected = 8 + length + max(ends, default=0)
    if size < expected:
        raise CheckpointError(f"truncated: {size} bytes of {expected}; copy or train it again", path)
    return dict(header)


def _end(entry: object) -> int:
    """The byte after a tensor's last, by its entry in the header; ``ValueError`` if it is no such entry."""
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    if isinstance(offsets, list) and len(offsets) == 2 and all(type(offset) is int for offset in offsets):
        return int(offsets[1])
    raise ValueError("its header names a tensor without saying where it lies")


def _shape(entry: object) -> tuple[int, ...]:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if isinstance(shape, list) and all(type(size) is int and size >= 0 for size in shape):
        return tuple(shape)
    raise ValueError("its header names a tensor without saying its shape")


def _own_metadata(path: Path, entries: object, kind: str) -> dict[str, object]:
    """What ocrkit wrote into a file of a kind, by the texts that the file has by name."""
    document = entries.get(METADATA_KEY) if isinstance(entries, Mapping) else None
    if not isinstance(document, str):
        raise CheckpointError(f"{kind}, but not one of ocrkit's: it has no {METADATA_KEY!r} key", path)
    try:
        metadata = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"damaged: its {METADATA_KEY!r} metadata is not JSON", path) from error
    if not isinstance(metadata, dict):
        raise CheckpointError(f"damaged: its {METADATA_KEY!r} metadata is not an object", path)
    if _is_deeper(metadata, than=_DEEPEST):
        raise CheckpointError(f"damaged: its {METADATA_KEY!r} metadata is nested deeper than {_DEEPEST} levels", path)
    if metadata.get("format") != FORMAT:
        found = metadata.get("format")
        raise CheckpointError(f"format {found!r}; this ocrkit reads format {FORMAT}: update ocrkit", path)
    return metadata


def _is_deeper(value: object, *, than: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return than < 0 or any(_is_deeper(each, than=than - 1) for each in inner)
