"""The image that a page's file means."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from ocrkit.data.paged import page_in
from ocrkit.data.sources.images import image_suffixes

__all__ = ["image_of"]


def image_of(path: Path, named: str) -> Path:
    """The image that a file names, beside it or in the folder above; else one called as the file is."""
    # Programs write whole paths of the machine that they ran on, with either slash.
    name = PureWindowsPath(named).name
    folders = (path.parent, path.parent.parent)
    candidates = [folder / each for each in (named, name) if each for folder in folders]
    for candidate in candidates:
        if candidate.is_file() or page_in(candidate) is not None:
            return candidate
    for folder in folders:
        for suffix in sorted(image_suffixes()):
            if (folder / f"{path.stem}{suffix}").is_file():
                return folder / f"{path.stem}{suffix}"
    return candidates[0] if candidates else path.with_suffix(".png")
