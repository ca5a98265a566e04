"""The faces to draw with: which families, which of their faces suit the texts, and one drawn for each text."""

from __future__ import annotations

import logging
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.drawing.rendering.fonts import load_font, read_cover
from ocrkit.drawing.rendering.frames import draws_in_frames
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.shaping import can_draw, refusal
from ocrkit.drawing.rendering.signs import has_other_signs
from ocrkit.errors import FontError, unknown_name
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ocrkit.drawing.rendering.fonts import Face

__all__ = ["FaceBook", "sign_weight"]

_log = logging.getLogger("ocrkit")

# A face that draws fewer of the texts than this is of another script, and happens to have the digits.
_SUITED = 1 / 8
_QUICK_TRIES = 8
# Strokes of text faces, as parts of a small letter's height. What is thinner or bolder than that, as faces for titles
# are, is drawn so much more seldom.
_TEXT_STROKES = (0.1, 0.19)
_UNUSUAL = 0.4
_BOLD = 0.16
_LETTERS = ("നമല", "nexo")
_PROBE_SIZE = 100
_INSTALL = (
    "install faces for the script (Debian: fonts-mlym for Malayalam, fonts-dejavu-core for Latin) "
    "or name a folder with 'fonts'"
)


class FaceBook:
    """Faces by family. A family is drawn first and then a face of it, so that one with forty cuts counts no more.

    Faces whose strokes are those of running text are drawn oftener than very thin or bold ones. What draws each letter
    in a frame, as on keys, or has ornaments in the letters' places, is left out.
    """

    def __init__(
        self,
        faces: Iterable[Face],
        *,
        families: Sequence[str] = (),
        without_families: Sequence[str] = (),
        weigh: Callable[[Face], float] | None = None,
    ) -> None:
        """Keep the faces of ``families`` (of all, where none is named) but for those of ``without_families``.

        ``weigh`` says how often a face is drawn beside others; by default, by the weight of its strokes.

        Raises:
            FontError: a family that is not there, or no face left.
        """
        self._by_family: dict[str, list[Face]] = {}
        for face in faces:
            self._by_family.setdefault(face.family, []).append(face)
        for name in (*families, *without_families):
            if name not in self._by_family:
                raise FontError(unknown_name("font family", name, self._by_family))
        kept = [name for name in families or self._by_family if name not in without_families]
        self._by_family = {name: self._by_family[name] for name in dict.fromkeys(kept)}
        if not self._by_family:
            raise FontError("no font family is left: without_families names all that there are; name fewer")
        self._leave_out(draws_in_frames, "draws each letter in a frame, as on keys")
        self._leave_out(has_other_signs, "has other signs where Latin letters belong")
        self.families = tuple(self._by_family)
        self._drawn: Weighted[Weighted[Face]] | None = None
        self._weigh = weigh or _weight

    def undrawn(self, symbols: Iterable[str]) -> tuple[str, ...]:
        """The symbols that no face has glyphs for; invisible ones are none of them."""
        covers = [read_cover(face) for faces in self._by_family.values() for face in faces]
        return tuple(
            symbol
            for symbol in symbols
            if not any(
                all(ord(character) in cover or character in "\u200c\u200d" for character in symbol) for cover in covers
            )
        )

    def check_scripts(self, symbols: Sequence[str]) -> None:
        """Make sure that each script of ``symbols`` has some letter that some face has a glyph for.

        Raises:
            FontError: a script of five letters or more has none; fewer may be strays.
        """
        undrawn = frozenset(self.undrawn(symbols))
        scripts: dict[str, list[str]] = {}
        for symbol in symbols:
            if symbol and unicodedata.category(symbol[0])[0] == "L":
                scripts.setdefault(unicodedata.name(symbol[0], "").split(" ")[0], []).append(symbol)
        for letters in scripts.values():
            if len(letters) >= 5 and undrawn.issuperset(letters):
                raise self.complaint(letters[0])

    def suited_to(self, texts: Sequence[str]) -> FaceBook:
        """Those faces that can draw an eighth of the texts, or more.

        Raises:
            FontError: none can.
        """
        kept = [
            face
            for faces in self._by_family.values()
            for face in faces
            if sum(can_draw(face, text) for text in texts) >= max(1, _SUITED * len(texts))
        ]
        if not kept:
            raise self.complaint(texts[0])
        return FaceBook(kept)

    def chosen(self, suits: Callable[[Face], bool], *, weigh: Callable[[Face], float]) -> FaceBook | None:
        """Those faces that are suited, each drawn as often as ``weigh`` says; None where there is none."""
        kept = [face for faces in self._by_family.values() for face in faces if suits(face) and weigh(face) > 0]
        return FaceBook(kept, weigh=weigh) if kept else None

    def draw(self, text: str, rng: np.random.Generator) -> Face | None:
        """A face that can draw all of ``text``, or None where there is none."""
        drawn = self._drawn = self._drawn or self._weighted()
        for _ in range(_QUICK_TRIES):
            face = drawn.draw(rng).draw(rng)
            if can_draw(face, text):
                return face
        able = [face for faces in self._by_family.values() for face in faces if can_draw(face, text)]
        return able[rng.integers(len(able))] if able else None

    def _leave_out(self, unsuited: Callable[[Face], bool], what: str) -> None:
        """Drop the faces that are ``unsuited``, of which each does ``what``, and say so."""
        dropped = frozenset(face for faces in self._by_family.values() for face in faces if unsuited(face))
        if not dropped:
            return
        names = ", ".join(str(face) for faces in self._by_family.values() for face in faces if face in dropped)
        kept = {name: [face for face in faces if face not in dropped] for name, faces in self._by_family.items()}
        self._by_family = {name: faces for name, faces in kept.items() if faces}
        if not self._by_family:
            raise FontError(f"no face is left to draw with: {names} {what}; {_INSTALL}")
        _log.info("left out what %s: %s", what, names)

    def _weighted(self) -> Weighted[Weighted[Face]]:
        """The faces of each family by weight, and the families by their heaviest face."""
        families = [[(face, self._weigh(face)) for face in faces] for faces in self._by_family.values()]
        return Weighted((Weighted(faces), max(weight for _, weight in faces)) for faces in families)

    def complaint(self, text: str) -> FontError:
        """The error for a text that no face can draw: how many there are, and why the first three cannot."""
        faces = [face for faces in self._by_family.values() for face in faces]
        reasons = "; ".join(f"{face}: {refusal(face, text)}" for face in faces[:3])
        return FontError(f"none of {len(faces)} faces can draw {text!r}: {reasons}; {_INSTALL}")


def sign_weight(face: Face) -> float:
    """How often a face is drawn for signs: bold ones far oftener than in print, and hairlines seldom."""
    stroke = _stroke(face)
    return 0.5 if stroke is None or _TEXT_STROKES[0] <= stroke < _BOLD else 1.0 if stroke >= _BOLD else 0.15


def _weight(face: Face) -> float:
    """How often a face is drawn beside one for running text."""
    stroke = _stroke(face)
    return 1.0 if stroke is None or _TEXT_STROKES[0] <= stroke <= _TEXT_STROKES[1] else _UNUSUAL


@lru_cache(maxsize=4096)
def _stroke(face: Face) -> float | None:
    """How thick the strokes are, in a small letter's height; None where there is nothing to measure."""
    letters = next((letters for letters in _LETTERS if read_cover(face).issuperset(map(ord, letters))), "")
    if not letters:
        return None
    font = load_font(face, _PROBE_SIZE)
    # Padded, so that ink at the mask's edge has an edge too.
    ink = np.pad(draw_mask(font, letters)[0] > 127, 1)
    height = np.count_nonzero((np.pad(draw_mask(font, letters[0])[0], 1) > 127).any(axis=1))
    edges = np.count_nonzero(ink[:, 1:] != ink[:, :-1]) + np.count_nonzero(ink[1:] != ink[:-1])
    if not height or not edges:
        return None
    # A stroke has two edges, and an edge that leans shows pi / 4 of its steps along the axes.
    return float(2 * np.count_nonzero(ink) / (edges * np.pi / 4) / height)
