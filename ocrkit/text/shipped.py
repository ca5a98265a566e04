"""Where the charset files that ocrkit brings lie: installed with the package, or beside it in the source tree."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from ocrkit.errors import CharsetError, UnknownNameError, unknown_name
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["SHIPPED_CHARSETS", "shipped_charset", "shipped_folder"]

SHIPPED_CHARSETS = ("malayalam-basic", "ascii-basic", "english-basic", "malayalam", "ascii", "english")


def shipped_folder() -> Traversable:
    """The folder of the charset files.

    A wheel and an editable install bring it as ``ocrkit/charsets``; a source tree that is only on ``sys.path`` has it
    as ``charsets`` beside the package.

    Raises:
        CharsetError: it is in neither place, so the installation is damaged.
    """
    package = files("ocrkit")
    for folder in (package / "charsets", package / ".." / "charsets"):
        if (folder / f"{SHIPPED_CHARSETS[0]}.toml").is_file():
            return folder
    raise CharsetError(f"the charset files of ocrkit are missing from {package}; install ocrkit again")


def shipped_charset(name: str) -> Charset:
    """Read one of ``SHIPPED_CHARSETS``.

    Raises:
        UnknownNameError: no such charset comes with ocrkit.
    """
    if name not in SHIPPED_CHARSETS:
        raise UnknownNameError(unknown_name("charset", name, SHIPPED_CHARSETS))
    return Charset.read(shipped_folder() / f"{name}.toml")
