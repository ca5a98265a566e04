"""A folder of the service's own for uploads: nobody else may look into it, and nothing stays behind in it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["PrivateFolder"]

_PREFIX = "ocrkit-serve-"
_LOCK = "in-use"


class PrivateFolder:
    """A folder that is removed at the end, or by the next service where this one is killed.

    Attributes:
        path: where it is.
    """

    def __init__(self) -> None:
        _remove_left_over(Path(tempfile.gettempdir()))
        self.path, self._lock = _held()

    def remove(self) -> None:
        """Remove it with all that is in it."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        shutil.rmtree(self.path, ignore_errors=True)


def _held() -> tuple[Path, int]:
    """A folder, and the file in it that is locked for as long as the process lives."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))  # for its owner only
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (path / _LOCK).exists():
            return path, lock
        os.close(lock)  # a service that began just then took it for left over


def _remove_left_over(parent: Path) -> None:
    """Remove such folders of ours that no process holds."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
