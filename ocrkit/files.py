"""Files that come to be whole or not at all, and folders that one process at a time may work in."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["FolderInUse", "add_line", "clear_leftovers", "hidden_name", "holding", "write_whole", "writing_whole"]

_LONGEST = 255  # bytes of a file's name
_AROUND = len("..12345678.new")  # what a name has about it while its file is written


class FolderInUse(Exception):  # noqa: N818 - its catchers know what the folder is, and make the error
    """Another process holds the folder."""


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file whole or not at all: to a hidden name beside it, flushed to the disk, then renamed.

    Raises:
        OSError: it cannot be written; nothing is left of it, and a file that was there before is as it was.
    """
    with writing_whole(path) as file:
        file.write(data)


@contextmanager
def writing_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of ``path`` when the block has ended well, and else is gone.

    Raises:
        OSError: it cannot be written; as ``write_whole``.
    """
    target = Path(path)
    try:
        with _renamed_at_the_end(target) as file:
            yield file
    except OSError as error:
        if error.filename is not None and not _is_hidden_name(error.filename, target):
            raise  # of another file, which the block opened
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def add_line(path: str | os.PathLike[str], line: bytes, *, flush: bool = False) -> None:
    """Add a line to a file, made where it is not there; a process that is killed meanwhile leaves the line cut short.

    Args:
        path: the file.
        line: without the character that ends it.
        flush: whether to wait until it is on the disk.

    Raises:
        OSError: it cannot be written.
    """
    with open(path, "ab") as file:
        file.write(line + b"\n")
        file.flush()
        if flush:
            os.fsync(file.fileno())


def clear_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove what a process that was killed left while it wrote a file; only for who knows that none is writing it."""
    target = Path(path)
    with suppress(OSError):
        for entry in os.scandir(target.parent):
            if _is_hidden_name(entry.name, target) and entry.is_file(follow_symlinks=False):
                os.unlink(entry.path)


@contextmanager
def holding(folder: str | os.PathLike[str]) -> Iterator[None]:
    """Hold a folder that is there while the block runs; however the process ends, the folder is free afterwards.

    Where the system or the file system has no such locks, nothing is held.

    Raises:
        FolderInUse: somebody holds it already.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def hidden_name(name: str) -> str:
    """What a file is called while it is written, up to what chance adds: its name, or what fits of a very long one."""
    coded = os.fsencode(name)
    if len(coded) <= _LONGEST - _AROUND:
        return f".{name}."
    digest = hashlib.sha256(coded).hexdigest()[:8]
    return f".{coded[: _LONGEST - _AROUND - 9].decode('utf-8', 'ignore')}~{digest}."


def _is_hidden_name(name: str, target: Path) -> bool:
    """Whether this is what the file was called before it was whole."""
    return Path(name).name.startswith(hidden_name(target.name))


@contextmanager
def _renamed_at_the_end(target: Path) -> Iterator[BinaryIO]:
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=hidden_name(target.name), suffix=".new")
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        # A temporary file is private by birth.
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
        _flush_folder(target.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, too, so that files last in the order in which they were written."""
    with suppress(OSError):  # not every file system can
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise FolderInUse from error
    except OSError:  # a network's file system may know no locks of folders
        return


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
