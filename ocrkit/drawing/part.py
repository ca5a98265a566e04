"""One kind of drawn lines: where its texts come from, and the faces that suit them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.drawing.composing.receipts import ReceiptLines
from ocrkit.drawing.composing.word_files import TextFile, WordFile
from ocrkit.drawing.composing.words import Composer
from ocrkit.drawing.drawn_image import TEXT, DrawingStyle, stream
from ocrkit.drawing.manners import Manners
from ocrkit.drawing.options import CASES
from ocrkit.drawing.rendering.faces import FaceBook
from ocrkit.errors import OcrkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from ocrkit.drawing.composing.words import TextSource
    from ocrkit.drawing.options import SyntheticOptions
    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = ["Part", "Shelf", "open_part"]

_log = logging.getLogger("ocrkit")

_TRIES = 60
_TRIED = 64  # texts by which faces are chosen


class Shelf:
    """What the parts of a mixture share: files of words and of text that are read once."""

    def __init__(self, charset: Charset, scripts: Sequence[Script], named: Callable[[str], Charset]) -> None:
        """Remember the model's charset, what is known of scripts, and how a part's charset is found by its name."""
        self.charset = charset
        self.scripts = scripts
        self._named = named
        self._read: dict[tuple[type, tuple[str, ...], str], WordFile | TextFile] = {}

    def labels_of(self, name: str) -> Charset | None:
        """The charset that a part keeps to, or None for all of the model's."""
        return self._named(name) if name else None

    def read(self, kind: type[WordFile] | type[TextFile], names: str | tuple[str, ...], within: str) -> TextSource:
        """The words or the text of some files, read at the first time that they are asked for."""
        paths = (names,) if isinstance(names, str) else names
        key = (kind, paths, within)
        if key not in self._read:
            files = [Path(name).expanduser() for name in paths]
            texts = self._read[key] = kind(files, self.charset, within=self.labels_of(within))
            if texts.skipped:
                listed = ", ".join(map(str, files))
                _log.warning(
                    "%s: left out %d words that charset %r cannot spell",
                    listed,
                    texts.skipped,
                    within or self.charset.name,
                )
        return self._read[key]


class Part:
    """Texts of one kind and the faces for them; what it draws depends on the generator that it is given alone."""

    def __init__(self, options: SyntheticOptions, faces: Sequence[Face], shelf: Shelf, *, seed: int) -> None:
        """Open the texts and choose the faces that can draw some of them.

        Raises:
            OcrkitError: as ``ocrkit.drawing.synthetic.Synthetic``.
        """
        charset, within = shelf.charset, shelf.labels_of(options.charset)
        self._charset = charset
        self.style = DrawingStyle.of(options, "rtl" if charset.direction == "rtl" else "ltr")
        self._faces = FaceBook(faces, families=options.families, without_families=options.without_families)
        self._case = [(name, options.case.get(name, 0.0)) for name in CASES] if any(options.case.values()) else []
        self.texts = self._open_texts(options, shelf, within)
        spaced = charset.has_space and (within is None or within.has_space)
        self._words = options.line_words if spaced else (1, 1)
        self._faces = self._faces.suited_to([self._draft(stream(seed, k, TEXT)) for k in range(_TRIED)])
        self.manners = Manners(
            self._faces,
            typescript=options.typescript,
            receipts=options.receipts,
            scene=options.scene,
            lines=ReceiptLines(charset, self.texts, within=within),
        )

    @property
    def families(self) -> tuple[str, ...]:
        """The font families that are drawn with."""
        return self._faces.families

    @property
    def faces(self) -> FaceBook:
        """The faces that are drawn with."""
        return self._faces

    def text_and_face(self, rng: np.random.Generator) -> tuple[str, Face]:
        """A text, and a face that can draw it.

        Raises:
            FontError: no face can draw what is written.
        """
        for _ in range(_TRIES):
            text = self._draft(rng)
            face = self._faces.draw(text, rng)
            if face is not None:
                return text, face
        raise self._faces.complaint(text)

    def _draft(self, rng: np.random.Generator) -> str:
        fewest, most = self._words
        text = self.texts.line(rng, int(rng.integers(fewest, most + 1)))
        return self._cased(text, rng) if self._case else text

    def _cased(self, text: str, rng: np.random.Generator) -> str:
        drawn = rng.random()
        for name, share in self._case:
            if drawn < share:
                cased = self._charset.normalize(_set_in(name, text))
                return cased if self._charset.spells(cased) else text
            drawn -= share
        return text

    def _open_texts(self, options: SyntheticOptions, shelf: Shelf, within: Charset | None) -> TextSource:
        if options.words:
            return shelf.read(WordFile, options.words, options.charset)
        if options.text:
            return shelf.read(TextFile, options.text, options.charset)
        labels = self._charset.symbols[1:]
        outside = () if within is None else tuple(symbol for symbol in labels if not within.spells(symbol))
        wanted = [symbol for symbol in labels if symbol not in outside]
        self._faces.check_scripts(wanted)
        undrawn = self._faces.undrawn(wanted)
        if undrawn:
            _log.warning("no face draws %d of the labels, so they will not appear: %s", len(undrawn), " ".join(undrawn))
        return Composer(self._charset, without=(*outside, *undrawn), scripts=shelf.scripts)


def open_part(
    name: str, options: SyntheticOptions, faces: Callable[[str], Sequence[Face]], shelf: Shelf, *, seed: int
) -> Part:
    """The part of that name; an error of it says so.

    Raises:
        OcrkitError: as ``Part``.
    """
    try:
        return Part(options, faces(options.fonts), shelf, seed=seed)
    except OcrkitError as error:
        if not name:
            raise
        raise type(error)(f"synthetic.parts.{name}: {error}") from error


def _set_in(case: str, text: str) -> str:
    if case == "title":  # not str.title, which raises what follows an apostrophe
        return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))
    return text.upper() if case == "upper" else text.lower()
