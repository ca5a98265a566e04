"""The file beside an ONNX file that holds its weights: which one that is, and whether it is as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.checkpoint import read_metadata
from ocrkit.errors import CheckpointError, MissingFileError, OcrkitError

if TYPE_CHECKING:
    import os

__all__ = ["check_weights", "told_of_weights", "weights_file"]

_TABLE, _WEIGHTS = "onnx", "weights"  # in an ONNX file's record
_BYTES_OF_LENGTH = 8  # before a safetensors file's header


def told_of_weights(path: str | os.PathLike[str]) -> dict[str, object]:
    """What an ONNX file says, in its record, of the .safetensors file that its weights lie in.

    It is known by its size and its header, which names the tensors and says how they came to be: a digest of it takes
    no time, and one of the whole as long as loading it.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is none of ocrkit's, or truncated.
    """
    file = Path(path)
    read_metadata(file)
    with file.open("rb") as opened:
        start = opened.read(_BYTES_OF_LENGTH)
        header = opened.read(int.from_bytes(start, "little"))
    return {"file": file.name, "bytes": file.stat().st_size, "header": hashlib.sha256(header).hexdigest()}


def check_weights(path: str | os.PathLike[str], metadata: Mapping[str, object]) -> None:
    """See that the weights of an ONNX file are there, if it has them in another file.

    Whoever maps a file into memory that has been cut off is killed when it looks past the end.

    Args:
        path: the ONNX file.
        metadata: what it says.

    Raises:
        CheckpointError: the file is not there, or another one.
    """
    told = _told(metadata)
    if told is None:
        return
    name = told.get("file") if isinstance(told, Mapping) else None
    if not isinstance(name, str) or not name or "\0" in name or Path(name).name != name:
        raise CheckpointError("damaged: it does not say which file its weights lie in; copy or make it again", path)
    try:
        found = told_of_weights(Path(path).parent / name)
    except MissingFileError as error:
        raise CheckpointError(
            f"has its weights in {name!r}, which is not beside it; copy both, or 'ocrkit export' writes a whole file",
            path,
        ) from error
    if found != told:
        raise CheckpointError(
            f"has its weights in {name!r}, and the file of that name beside it is another one; copy or install both "
            "again",
            path,
        )


def weights_file(path: Path) -> str:
    """The name of the file beside an ONNX file that holds its weights; empty where it has them itself, or is none."""
    try:
        told = _told(read_metadata(path))
    except OcrkitError:
        return ""
    name = told.get("file") if isinstance(told, Mapping) else None
    return name if isinstance(name, str) else ""


def _told(metadata: Mapping[str, object]) -> object:
    own = metadata.get(_TABLE)
    return own.get(_WEIGHTS) if isinstance(own, Mapping) else None
