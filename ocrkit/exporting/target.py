"""Where an export goes: its name where none is given, what may be there already, and the file whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import ExportError, MissingFileError
from ocrkit.files import write_whole
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    import os

    from ocrkit.model_files import Found

__all__ = ["SUFFIX", "check_target", "default_target", "write_target"]

SUFFIX = ".onnx"


def default_target(found: Found, *, int8: bool = False) -> Path:
    """The file that a model is exported to where nothing else is said.

    A file of the user's own has it beside itself: ``runs/a/model.onnx``, or ``runs/a/model-int8.onnx``. An installed
    model of a distribution has it in the folder of the day, by its name.
    """
    ending = f"-int8{SUFFIX}" if int8 else SUFFIX
    if found.is_users:
        return found.path.with_name(found.path.stem + ending)
    return Path(found.name.rpartition(":")[2] + ending)


def check_target(path: str | os.PathLike[str]) -> Path:
    """Refuse a place where an export cannot or should not go.

    Raises:
        ExportError: the name is not one of an ONNX file, a folder has it, or a file that is no ONNX file.
        MissingFileError: the folder is not there.
    """
    target = Path(path)
    if target.suffix != SUFFIX or target.is_dir():
        inside = target / f"model{SUFFIX}" if target.is_dir() else target.with_name(f"{target.stem}{SUFFIX}")
        what = "is a folder" if target.is_dir() else f"does not end in {SUFFIX}, by which such files are known"
        raise ExportError(f"`output` {str(target)!r} {what}; say {str(inside)!r}, for one")
    if not target.parent.is_dir():
        raise MissingFileError(
            f"no folder {str(target.parent)!r} to write {target.name!r} into; make it, or give another `output`"
        )
    if target.exists() and not _may_be_onnx(target):
        raise ExportError(
            f"`output` {str(target)!r} is there and is no ONNX file; remove it yourself, or give another name"
        )
    return target


def write_target(path: Path, data: bytes) -> None:
    """Write the file whole or not at all; what was there before is replaced at the last moment.

    Raises:
        ExportError: it cannot be written.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from error


def _may_be_onnx(path: Path) -> bool:
    """Whether a file begins as ONNX files do, with their version of the format, or is empty."""
    try:
        with open_plain(path) as file:
            start = file.read(1)
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror or error}") from error
    return start in (b"", b"\x08")
