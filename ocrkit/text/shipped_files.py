"""Where the charset files that ocrkit brings lie: installed with the package, or beside it in the source tree."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from ocrkit.errors import CharsetError, UnknownNameError, unknown_name

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["SHIPPED_CHARSETS", "shipped_file"]

SHIPPED_CHARSETS = ("malayalam-basic", "ascii-basic", "english-basic", "malayalam", "ascii", "english", "georgian")


def shipped_file(name: str) -> Traversable:
    """The file of one of ``SHIPPED_CHARSETS``.

    A wheel and an editable install bring it in ``ocrkit/charsets``; a source tree that is only on ``sys.path`` has it
    in ``charsets`` beside the package.

    Raises:
        UnknownNameError: no such charset comes with ocrkit.
        CharsetError: the file is in neither place, so the installation is damaged.
    """
    if name not in SHIPPED_CHARSETS:
        raise UnknownNameError(unknown_name("charset", name, SHIPPED_CHARSETS))
    package = files("ocrkit")
    for folder in (package / "charsets", package / ".." / "charsets"):
        file = folder / f"{name}.toml"
        if file.is_file():
            return file
    raise CharsetError(f"the charset file {name}.toml is missing from {package}; install ocrkit again")
