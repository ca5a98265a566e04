"""Lines drawn from a charset: the text, the face and the wear of each from the seed and its number alone."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, overload

import numpy as np
from PIL import Image

from ocrkit.config import from_table
from ocrkit.data.records import Sample
from ocrkit.drawing.chance import generator
from ocrkit.drawing.composing.word_files import TextFile, WordFile
from ocrkit.drawing.composing.words import Composer
from ocrkit.drawing.degradations.chain import check_names, degrade
from ocrkit.drawing.rendering.faces import FaceBook
from ocrkit.drawing.rendering.fonts import Face, find_faces, require_shaping
from ocrkit.drawing.rendering.render import LETTER_HEIGHTS, draw_line, draw_margins, size_of, widen_spaces
from ocrkit.drawing.rendering.typesetting import draw_typesetting
from ocrkit.errors import OptionError
from ocrkit.text.order import holds_leftward, line_direction
from ocrkit.text.scripts import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ocrkit.drawing.composing.words import TextSource
    from ocrkit.text.bidi import Direction
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = ["DrawnImage", "Synthetic", "SyntheticOptions", "Wanted", "open_synthetic"]

_log = logging.getLogger("ocrkit")

_TEXT, _LOOK = 0, 1  # streams of chance a sample has, so that a change of looks leaves the texts alone
_TRIES = 60
_MOST_WORDS = 1000  # a line; a number far beyond would be drawn for hours, into one picture


@dataclass(frozen=True, slots=True)
class SyntheticOptions:
    """What is drawn, and how.

    Attributes:
        words: a file of words to draw, ``word`` or ``word<TAB>count`` a line, plain or gzip; empty to compose them.
        text: a file of running text to cut pieces from, plain or gzip; empty for none.
        fonts: a folder of fonts; empty for the system's.
        families: the font families to draw with, such as ``Manjari``; empty for all.
        without_families: families to leave out, so that a test has faces that training never saw.
        count: samples.
        line_words: fewest and most words a line; a charset without a space has one word a line in any case.
        degrade: how worn the pictures look, 0 (clean) to 1 (the worst that is still legible).
        without_degradations: degradations to leave out, such as ``blur``; the others stay as they are with it.
        letterpress: the share of lines set in old type: loose, uneven, unevenly inked, 0 to 1.
        reformed: the share of Malayalam lines set in the reformed orthography's shapes, in faces of the traditional
            one, 0 to 1.
    """

    words: str = ""
    text: str = ""
    fonts: str = ""
    families: tuple[str, ...] = ()
    without_families: tuple[str, ...] = ()
    count: int = 20_000
    line_words: tuple[int, int] = (1, 6)
    degrade: float = 0.5
    without_degradations: tuple[str, ...] = ()
    letterpress: float = 0.35
    reformed: float = 0.4

    def __post_init__(self) -> None:
        if self.count <= 0:
            raise OptionError(f"count {self.count} leaves nothing to draw; expected at least 1")
        if self.count > sys.maxsize:
            raise OptionError(f"count {self.count} is more than can be counted; expected at most {sys.maxsize}")
        if not 0 <= self.degrade <= 1:
            raise OptionError(f"degrade {self.degrade} is out of range; expected 0 (clean) to 1 (worst)")
        for name, share in (("letterpress", self.letterpress), ("reformed", self.reformed)):
            if not 0 <= share <= 1:
                raise OptionError(f"{name} {share} is out of range; expected a share of the lines, 0 to 1")
        check_names(self.without_degradations)
        if not 1 <= self.line_words[0] <= self.line_words[1] <= _MOST_WORDS:
            raise OptionError(
                f"line_words {self.line_words} is no range; "
                f"expected two numbers from 1 to {_MOST_WORDS}, such as [1, 6]"
            )
        if self.words and self.text:
            raise OptionError("words and text both say what to draw; give one of them")


@dataclass(frozen=True, slots=True)
class DrawingStyle:
    """The options that pictures depend on, and texts do not."""

    degrade: float
    without: frozenset[str]
    letterpress: float
    reformed: float
    direction: Direction = "ltr"


@dataclass(frozen=True, slots=True)
class DrawnImage:
    """Draws one sample when called: small, picklable, and the same picture each time."""

    text: str
    face: Face
    seed: int
    index: int
    style: DrawingStyle

    def __call__(self) -> Image.Image:
        """The picture, mode ``L``.

        Raises:
            FontError: the face has gone since the sample was listed.
        """
        rng = _generator(self.seed, self.index, _LOOK)
        style = self.style
        size = size_of(self.face, LETTER_HEIGHTS[rng.integers(len(LETTER_HEIGHTS))])
        typesetting = draw_typesetting(self.face, rng, letterpress=style.letterpress, reformed=style.reformed)
        if holds_leftward(self.text):
            typesetting = replace(typesetting, direction=line_direction(self.text, style.direction))
        if not style.degrade:
            typesetting = replace(typesetting, pressure=0.0)
        line = draw_line(
            widen_spaces(self.text, rng),
            self.face,
            size,
            margins=draw_margins(size, rng),
            typesetting=typesetting,
            rng=rng,
            letters_at=size_of(self.face, LETTER_HEIGHTS[-1]),
        )
        return Image.fromarray(degrade(line, rng, style.degrade, style.without))


class Synthetic(Sequence[Sample]):
    """Drawn samples, each made when asked for; sample i depends on the seed, i, the options and the fonts alone."""

    def __init__(
        self, charset: Charset, options: SyntheticOptions, *, seed: int = 0, scripts: Sequence[Script] = SCRIPTS
    ) -> None:
        """Find faces and texts that suit each other; ``scripts`` compose the words of theirs.

        Raises:
            FontError: text cannot be shaped here, or no face can draw what the charset spells.
            DataError: the file of words or text has none that the charset can spell.
            MissingFileError: a file or folder is not there.
            OptionError: the seed is negative.
        """
        if seed < 0:
            raise OptionError(f"seed {seed} is out of range; expected 0 or more")
        require_shaping()
        self.charset = charset
        self.options = options
        self.seed = seed
        self._style = DrawingStyle(
            options.degrade,
            frozenset(options.without_degradations),
            options.letterpress,
            options.reformed,
            "rtl" if charset.direction == "rtl" else "ltr",
        )
        faces = find_faces(Path(options.fonts).expanduser() if options.fonts else None)
        self._faces = FaceBook(faces, families=options.families, without_families=options.without_families)
        self._texts = self._open_texts(scripts)
        self._words = options.line_words if charset.has_space else (1, 1)
        self._faces = self._faces.suited_to([self._draft(_generator(seed, k, _TEXT)) for k in range(64)])

    @property
    def families(self) -> tuple[str, ...]:
        """The font families that are drawn with."""
        return self._faces.families

    @property
    def skipped(self) -> int:
        """Words of the given file that were left out, as the charset cannot spell them."""
        return self._texts.skipped if isinstance(self._texts, WordFile | TextFile) else 0

    def __len__(self) -> int:
        return self.options.count

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        """The sample, its text composed and its picture not yet drawn."""
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"sample {index} of {len(self)}")
        text, face = self._text_and_face(place)
        picture: Callable[[], Image.Image] = DrawnImage(text, face, self.seed, place, self._style)
        return Sample(name=f"synthetic-{self.seed}-{place}", image=picture, text=text, group=face.family)

    def _text_and_face(self, index: int) -> tuple[str, Face]:
        rng = _generator(self.seed, index, _TEXT)
        for _ in range(_TRIES):
            text = self._draft(rng)
            face = self._faces.draw(text, rng)
            if face is not None:
                return text, face
        raise self._faces.complaint(text)

    def _draft(self, rng: np.random.Generator) -> str:
        fewest, most = self._words
        return self._texts.line(rng, int(rng.integers(fewest, most + 1)))

    def _open_texts(self, scripts: Sequence[Script]) -> TextSource:
        options = self.options
        if not options.words and not options.text:
            self._faces.check_scripts(self.charset.symbols[1:])
            undrawn = self._faces.undrawn(self.charset.symbols[1:])
            if undrawn:
                _log.warning(
                    "no face draws %d of the labels, so they will not appear: %s", len(undrawn), " ".join(undrawn)
                )
            return Composer(self.charset, without=undrawn, scripts=scripts)
        path = Path(options.words or options.text).expanduser()
        texts = WordFile(path, self.charset) if options.words else TextFile(path, self.charset)
        if texts.skipped:
            _log.warning("%s: left out %d words that charset %r cannot spell", path, texts.skipped, self.charset.name)
        return texts


class Wanted(Protocol):
    """What is asked of the source; ``ocrkit.plugin.specs.SourceOptions`` is one, from a floor above this."""

    @property
    def charset(self) -> Charset | None:
        """What to draw from."""

    @property
    def seed(self) -> int:
        """The seed of every sample."""
        ...

    @property
    def scripts(self) -> Sequence[Script]:
        """What is known of scripts; none for those that ocrkit brings."""
        ...

    @property
    def count(self) -> int | None:
        """How many samples, or None for as many as the options say."""

    @property
    def extra(self) -> Mapping[str, object]:
        """Fields of ``SyntheticOptions``, by name."""
        ...


def open_synthetic(location: Path | None, options: Wanted) -> Synthetic:
    """The drawn samples for a charset: the ``synthetic`` source.

    Args:
        location: a folder of fonts, which ``fonts`` says too; None for the system's.
        options: the charset, the seed, the count, and in ``extra`` the fields of ``SyntheticOptions``.

    Raises:
        OptionError: no charset, or a value out of range.
        ConfigError: ``extra`` has a key that is no field, or a value of another type.
        FontError, DataError, MissingFileError: as ``Synthetic``.
    """
    if options.charset is None:
        raise OptionError(
            "synthetic lines are drawn from a charset, and none is given; name one, such as `charset='malayalam'`"
        )
    table = dict(options.extra)
    if options.count is not None:
        table["count"] = options.count
    if location is not None:
        table["fonts"] = str(location)
    chosen = from_table(SyntheticOptions, table, where="synthetic")
    return Synthetic(options.charset, chosen, seed=options.seed, scripts=options.scripts or SCRIPTS)


def _generator(seed: int, index: int, stream: int) -> np.random.Generator:
    if seed >> 64:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, index, stream))))
    return generator(seed, index, stream)
