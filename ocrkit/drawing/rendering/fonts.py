"""Font faces: where they lie, what they are called, and which of them can draw a text."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont, features

from ocrkit.drawing.rendering.cmap import count_faces, read_code_points
from ocrkit.errors import FontError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Face", "find_faces", "load_font", "read_cover", "require_shaping", "system_folders"]

_ENDINGS = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_INSTALL = (
    "install some (Debian: fonts-dejavu-core for Latin, fonts-mlym for Malayalam), "
    "or name a folder that holds .ttf or .otf files"
)
# Each font keeps its file mapped; 40 faces at 6 sizes fit, and a folder of thousands does not fill the memory.
_OPEN_FONTS = 320


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file.

    Attributes:
        path: the file.
        index: which face of a collection; 0 in other files.
        family: the design, such as ``DejaVu Sans``: what is held out as a whole.
        style: the cut of it, such as ``Bold``.
    """

    path: str
    index: int = 0
    family: str = ""
    style: str = ""

    def __str__(self) -> str:
        return f"{self.family} {self.style}"


def require_shaping() -> None:
    """Make sure that Pillow can shape text.

    Raises:
        FontError: raqm is missing; without it the letters of most scripts are put side by side, unjoined.
    """
    if not features.check("raqm"):
        raise FontError(
            "Pillow cannot shape text here: its raqm library finds no FriBiDi, and without it conjuncts and vowel "
            "signs would be drawn wrongly; install libfribidi0 (Debian, Ubuntu) or fribidi (Fedora, Homebrew)"
        )


def system_folders() -> tuple[Path, ...]:
    """The folders where fonts are installed, for the user and for all, of those that exist."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    shared = (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    candidates = [home / ".fonts", data / "fonts", *(Path(folder) / "fonts" for folder in shared if folder)]
    candidates += [Path("/usr/local/share/fonts"), Path("/usr/share/fonts")]
    if sys.platform == "darwin":
        candidates += [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    return tuple(folder for folder in dict.fromkeys(candidates) if os.path.isdir(folder))


def find_faces(folder: Path | None = None) -> tuple[Face, ...]:
    """The faces that can be read in ``folder`` and below it, or in the system's folders, in a stable order.

    Raises:
        MissingFileError: there is no such folder.
        FontError: nothing there can be used; says how many font files there were and why they were refused.
    """
    if folder is not None and not folder.is_dir():
        raise MissingFileError(f"no font folder {str(folder)!r}; fonts takes a folder that holds .ttf or .otf files")
    folders = (folder,) if folder is not None else system_folders()
    faces: list[Face] = []
    refusals: list[str] = []
    for path in _font_files(folders):
        try:
            faces += _faces_of(str(path))
        except FontError as error:
            refusals.append(str(error))
    if faces:
        return tuple(sorted(faces, key=lambda face: (face.family, face.style, face.path, face.index)))
    where = repr(str(folder)) if folder is not None else "the system's font folders"
    if not refusals:
        raise FontError(f"no font file (.ttf, .otf, .ttc, .otc) in {where}; {_INSTALL}")
    count = f"{len(refusals)} font file{'s' if len(refusals) > 1 else ''}"
    raise FontError(f"no usable face in {where}: {count}, refused: {'; '.join(refusals[:3])}; {_INSTALL}")


@lru_cache(maxsize=_OPEN_FONTS)
def load_font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """``face`` at ``size`` px to the em, shaping with raqm; kept open for the next call.

    Raises:
        FontError: the file has gone, or FreeType refuses it.
    """
    try:
        return ImageFont.truetype(face.path, size, index=face.index, layout_engine=ImageFont.Layout.RAQM)
    except (OSError, ValueError) as error:
        raise FontError(f"{face.path}: FreeType refuses face {face.index}: {error}") from error


def _font_files(folders: Iterable[Path]) -> list[Path]:
    found: dict[Path, Path] = {}
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in names:
                path = Path(root, name)
                if path.suffix.lower() in _ENDINGS:
                    # Folders overlap and distributions link: one file is one face, however it is reached.
                    found.setdefault(path.resolve(), path)
    return sorted(found.values())


@lru_cache(maxsize=4096)
def _faces_of(path: str) -> tuple[Face, ...]:
    try:
        indices = range(count_faces(Path(path)))
    except OSError as error:
        raise FontError(f"{path}: cannot be read: {error.strerror}") from error
    faces = []
    for index in indices:
        family, style = load_font(Face(path, index), 16).getname()
        # The "UI" cuts of Noto have the same letters in tighter lines, so a family held out holds them out too.
        faces.append(Face(path, index, (family or Path(path).stem).removesuffix(" UI"), style or "Regular"))
        read_cover(faces[-1])
    return tuple(faces)


@lru_cache(maxsize=4096)
def read_cover(face: Face) -> frozenset[int]:
    """The code points that ``face`` has a glyph for.

    Raises:
        FontError: the file cannot be read as a font.
    """
    try:
        return read_code_points(Path(face.path), face.index)
    except OSError as error:
        raise FontError(f"{face.path}: cannot be read: {error.strerror}") from error
