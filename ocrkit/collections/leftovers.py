"""What a process that was killed left of files that it was writing."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ocrkit.files import hidden_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["clear_after"]


def clear_after(stems: Iterable[str], output: Path, suffixes: Sequence[str]) -> None:
    """Remove what is half written of pages; only for who knows that nobody is writing them.

    Args:
        stems: of the pages.
        output: the folder that is written to.
        suffixes: endings of the files.
    """
    folders: dict[Path, list[str]] = {}
    for stem in stems:
        path = output / stem
        folders.setdefault(path.parent, []).append(path.name)
    ending = "|".join(map(re.escape, suffixes))
    for folder, names in folders.items():
        # As ``ocrkit.files`` calls a file before it is whole; of a document some are called by the page's number.
        cut = [hidden_name(name + suffix) for name in names for suffix in suffixes if _is_cut(name + suffix)]
        begins = rf"\.({'|'.join(map(re.escape, names))})(-[0-9]{{4,}})?({ending})\."
        half = re.compile(rf"({'|'.join([begins, *map(re.escape, cut)])})[^.]+\.new")
        with suppress(OSError):
            for entry in os.scandir(folder):
                if half.fullmatch(entry.name):
                    with suppress(OSError):
                        os.unlink(entry.path)


def _is_cut(name: str) -> bool:
    return hidden_name(name) != f".{name}."
