"""Where the images of a list lie, which other tools name from other folders, on other systems, on other machines."""

from __future__ import annotations

import logging
import os
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.sources.indexed import IndexedRows

__all__ = ["image_path", "root_of"]

_LOOKED_AT = 20  # rows
_log = logging.getLogger("ocrkit")


def root_of(table: IndexedRows) -> Path:
    """What the names in a table are relative to: its folder, or else ``images`` in it, or a folder above.

    Looked for are the first images. Where they are in none of those, or are named by the whole path on another machine,
    that is logged, with the nearest file that is here.
    """
    folder = table.path.parent
    names = [table.row(index).name for index in range(min(len(table), _LOOKED_AT))]
    table.close()
    for root in (folder, folder / "images", folder.parent, folder.parent.parent):
        if any(os.path.exists(image_path(root, name)) for name in names):
            if root != folder:
                _log.warning("%s: names its images as they lie in %s, so they are taken from there", table.path, root)
            return root
    foreign = next((name for name in names if _is_absolute(name)), None)
    if foreign is not None:
        _log.warning("%s: %s", table.path, _what_is_here(folder, foreign))
    return folder


def image_path(root: Path, name: str) -> str:
    """The path of an image; with backslashes taken as Windows means them where no file is called so."""
    path = os.path.join(root, name)
    if "\\" in name and not os.path.exists(path):
        return os.path.join(root, name.replace("\\", "/"))
    return path


def _is_absolute(name: str) -> bool:
    return name.startswith(("/", "\\")) or PureWindowsPath(name).drive != ""


def _what_is_here(folder: Path, name: str) -> str:
    windows = "\\" in name or PureWindowsPath(name).drive != ""
    path = PureWindowsPath(name) if windows else PurePosixPath(name)
    parts = path.parts[1:]
    for first in range(len(parts)):
        here = os.path.join(*parts[first:])
        if os.path.exists(folder / here):
            return f"names images by paths on another machine, such as {name}; {here} is here, so name that alone"
    return f"names images by paths on another machine, such as {name}; expected paths relative to the list's folder"
