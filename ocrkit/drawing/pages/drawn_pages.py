"""Pages drawn from a charset, each from the seed and its number alone, with the truth of all that is on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from ocrkit.drawing.drawn_image import PART, TEXT, stream
from ocrkit.drawing.options import SyntheticOptions
from ocrkit.drawing.pages.books import compose_book, compose_columns
from ocrkit.drawing.pages.correspondence import compose_hand, compose_letter, compose_typescript
from ocrkit.drawing.pages.desk import Desk, Supply
from ocrkit.drawing.pages.exposure import expose
from ocrkit.drawing.pages.hands import Hands
from ocrkit.drawing.pages.pasted import compose_pasted
from ocrkit.drawing.pages.pens import letters_of
from ocrkit.drawing.pages.sheet import PageSheet
from ocrkit.drawing.pages.titles import compose_advert, compose_title
from ocrkit.drawing.part import Shelf, open_part
from ocrkit.drawing.rendering.fonts import find_faces, require_shaping
from ocrkit.drawing.rendering.typesetting import splits_whole
from ocrkit.drawing.rendering.typewriter import is_fixed_pitch, typed_weight
from ocrkit.errors import OptionError
from ocrkit.text.expression import charset_of_expression
from ocrkit.text.scripts import SCRIPTS
from ocrkit.text.shipped import shipped_charset
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocrkit.drawing.pages.options import PageOptions
    from ocrkit.drawing.pages.records import DrawnPage
    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = ["DrawnPages"]

_COMPOSERS: dict[str, Callable[[Desk], None]] = {
    "book": compose_book,
    "columns": compose_columns,
    "letter": compose_letter,
    "typescript": compose_typescript,
    "hand": compose_hand,
    "title": compose_title,
    "advert": compose_advert,
    "real-hand": compose_pasted,
}
# Families that look as if written, as far as they are installed.
_HANDS = ("Chilanka", "Dyuthi", "Karumbi", "Uroob", "Z003", "TeX Gyre Chorus", "Gayathri")
# How wide pages are, in heights of a small letter, and how high in widths; books and letters first.
_WIDTHS = (55.0, 125.0)
_HEIGHTS = (1.15, 1.6)
_TRIES = 8


def _shipped(expression: str) -> Charset:
    return charset_of_expression(expression, shipped_charset)


class DrawnPages(Sequence["DrawnPage"]):
    """Drawn pages, each made when asked for; page i depends on the seed, i, the options and the fonts alone."""

    def __init__(
        self,
        charset: Charset | None,
        options: PageOptions,
        *,
        seed: int = 0,
        scripts: Sequence[Script] = SCRIPTS,
        charsets: Callable[[str], Charset] = _shipped,
    ) -> None:
        """Find faces and texts that suit each other.

        Args:
            charset: what spells every text, where ``options.charsets`` names none.
            options: what is drawn.
            seed: another one draws other pages.
            scripts: they compose the words of theirs.
            charsets: finds a charset by name.

        Raises:
            OptionError: no charset, or the seed is negative.
            FontError, DataError, MissingFileError, UnknownNameError: as ``ocrkit.drawing.synthetic.Synthetic``.
        """
        if seed < 0:
            raise OptionError(f"seed {seed} is out of range; expected 0 or more")
        if charset is None and not options.charsets:
            raise OptionError("pages are drawn from a charset, and none is given; name one, such as 'malayalam'")
        require_shaping()
        self.options, self.seed = options, seed
        faces = find_faces(Path(options.fonts).expanduser() if options.fonts else None)
        wanted: list[tuple[Charset, float]] = [(charsets(name), share) for name, share in options.charsets.items()]
        if charset is not None and not wanted:
            wanted = [(charset, 1.0)]
        real = Hands(Path(options.hands).expanduser()) if options.hands else None
        self._supplies = Weighted(
            (_supply(one, options, faces, real, Shelf(one, scripts, charsets), seed), share)
            for one, share in wanted
            if share > 0
        )
        self._kinds = Weighted(options.shares().items())

    def __len__(self) -> int:
        return self.options.count

    @overload
    def __getitem__(self, index: int) -> DrawnPage: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[DrawnPage]: ...
    def __getitem__(self, index: int | slice) -> DrawnPage | Sequence[DrawnPage]:
        """The page, drawn."""
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"page {index} of {len(self)}")
        rng = stream(self.seed, place, PART)
        supply, kind, guest = self._supplies.draw(rng), self._kinds.draw(rng), self._supplies.draw(rng)
        rng = stream(self.seed, place, TEXT)
        least, most = self.options.x_height
        for _ in range(_TRIES):
            width = _WIDTHS[0] + (_WIDTHS[1] - _WIDTHS[0]) * float(rng.random())
            height = width * (_HEIGHTS[0] + (_HEIGHTS[1] - _HEIGHTS[0]) * float(rng.random()))
            x_height = least + (most - least) * float(rng.random())
            sheet = PageSheet(round(width * x_height), round(height * x_height), x_height)
            desk = Desk(supply, rng, sheet, guest)
            _COMPOSERS[kind](desk)
            sheet.regions += desk.last
            if any(region.lines for region in sheet.regions):
                break
        return expose(sheet, stream(self.seed, place, TEXT + 7), self.options.degrade, kind=kind, number=place)


def _supply(
    charset: Charset, options: PageOptions, faces: Sequence[Face], real: Hands | None, shelf: Shelf, seed: int
) -> Supply:
    lines = SyntheticOptions(
        words=options.words,
        text=options.text,
        families=options.families,
        without_families=options.without_families,
        letterpress=options.letterpress,
        reformed=options.reformed,
    )
    part = open_part("", lines, lambda _: faces, shelf, seed=seed)
    return Supply(
        charset,
        part.texts,
        part.faces,
        part.faces.chosen(is_fixed_pitch, weigh=typed_weight),
        part.faces.chosen(_looks_written, weigh=_alike),
        real,
        letters_of(charset.symbols[1:]),
        splits_whole("".join(charset.symbols[1:])),
        options.letterpress,
        options.reformed,
    )


def _looks_written(face: Face) -> bool:
    return face.family in _HANDS


def _alike(face: Face) -> float:  # noqa: ARG001 - as a face is weighed
    return 1.0
