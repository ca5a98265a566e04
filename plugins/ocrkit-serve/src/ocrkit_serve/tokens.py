"""The secret that requests bear where the service is not for everyone."""

from __future__ import annotations

import hmac
import re
import stat
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["bears_token", "read_token"]

_LONGEST = 4096
_SHORTEST = 16
# What may stand behind "Bearer": RFC 6750, section 2.1.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def read_token(path: Path) -> str:
    """The token in a file: its one line.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read, others than its owner may read it, or it holds no token.
    """
    way_out = "'openssl rand -hex 32' makes a token"
    try:
        if stat.S_ISREG(path.stat().st_mode) and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH) & ~_group_of(path):
            raise DataError(f"others than its owner may read the token; run: chmod 600 {path}", path)
        with path.open("rb") as file:
            text = file.read(_LONGEST + 1).decode("ascii").strip()
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r} with a token; {way_out}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"no token, since it is not ASCII; {way_out}", path) from error
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    if not text:
        raise DataError(f"no token in it; {way_out}", path)
    if len(text) < _SHORTEST or len(text) > _LONGEST or not _TOKEN.fullmatch(text):
        raise DataError(
            f"no token: expected one line of {_SHORTEST} or more letters and digits (and ._~+/-=); {way_out}", path
        )
    return text


def bears_token(authorization: str | None, token: str) -> bool:
    """Whether a request's ``Authorization`` bears the token; takes as long whichever character is wrong."""
    scheme, _, given = (authorization or "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
    return same and scheme.lower() == "bearer"


def _group_of(path: Path) -> int:
    """The bit that lets a group read, where the file is root's, as secrets are that a machine hands to a service."""
    return stat.S_IRGRP if path.stat().st_uid == 0 else 0
