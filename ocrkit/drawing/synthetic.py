"""Lines drawn from a charset: the text, the face and the wear of each from the seed and its number alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, overload

from ocrkit.config import from_table
from ocrkit.data.records import Sample
from ocrkit.drawing.drawn_image import MANNER, PART, TEXT, DrawnImage, stream
from ocrkit.drawing.options import SyntheticOptions
from ocrkit.drawing.part import Shelf, open_part
from ocrkit.drawing.rendering.fonts import find_faces, require_shaping
from ocrkit.errors import OptionError
from ocrkit.text.expression import charset_of_expression
from ocrkit.text.scripts import SCRIPTS
from ocrkit.text.shipped import shipped_charset
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import Image

    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script

__all__ = ["DrawnImage", "Synthetic", "SyntheticOptions", "Wanted", "open_synthetic"]


def _shipped(expression: str) -> Charset:
    return charset_of_expression(expression, shipped_charset)


class Synthetic(Sequence[Sample]):
    """Drawn samples, each made when asked for; sample i depends on the seed, i, the options and the fonts alone."""

    def __init__(
        self,
        charset: Charset,
        options: SyntheticOptions,
        *,
        seed: int = 0,
        scripts: Sequence[Script] = SCRIPTS,
        charsets: Callable[[str], Charset] = _shipped,
    ) -> None:
        """Find faces and texts that suit each other.

        Args:
            charset: what spells every text.
            options: what is drawn; of parts, each is drawn as often as its share says.
            seed: another one draws other samples.
            scripts: they compose the words of theirs.
            charsets: finds the charset that a part keeps to, by name.

        Raises:
            FontError: text cannot be shaped here, or no face can draw what the charset spells.
            DataError: the file of words or text has none that the charset can spell.
            MissingFileError: a file or folder is not there.
            UnknownNameError, CharsetError: a part's charset is not known.
            OptionError: the seed is negative.
        """
        if seed < 0:
            raise OptionError(f"seed {seed} is out of range; expected 0 or more")
        require_shaping()
        self.charset = charset
        self.options = options
        self.seed = seed
        shelf, faces = Shelf(charset, scripts, charsets), cache(_faces_in)
        drawn = {name: part for name, part in options.each_part().items() if part.share or not name}
        self._parts = [open_part(name, part, faces, shelf, seed=seed) for name, part in drawn.items()]
        self._drawn = Weighted((k, part.share or 1.0) for k, part in enumerate(drawn.values()))

    @property
    def families(self) -> tuple[str, ...]:
        """The font families that are drawn with."""
        return tuple(dict.fromkeys(family for part in self._parts for family in part.families))

    @property
    def skipped(self) -> int:
        """Words of the given files that were left out, as the charset cannot spell them."""
        texts = {id(part.texts): part.texts for part in self._parts}
        return sum(getattr(source, "skipped", 0) for source in texts.values())

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
        part = self._parts[0 if len(self._parts) == 1 else self._drawn.draw(stream(self.seed, place, PART))]
        text, face = part.text_and_face(stream(self.seed, place, TEXT))
        # Of a stream of its own: another share leaves the texts as they were.
        manner, text, face = part.manners.draw(text, face, stream(self.seed, place, MANNER))
        picture: Callable[[], Image.Image] = DrawnImage(text, face, self.seed, place, part.style, manner)
        return Sample(name=f"synthetic-{self.seed}-{place}", image=picture, text=text, group=face.family)


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
    def charsets(self) -> Callable[[str], Charset] | None:
        """Finds a charset by name; None for those alone that ocrkit brings."""

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
    return Synthetic(
        options.charset,
        chosen,
        seed=options.seed,
        scripts=options.scripts or SCRIPTS,
        charsets=options.charsets or _shipped,
    )


def _faces_in(folder: str) -> Sequence[Face]:
    return find_faces(Path(folder).expanduser() if folder else None)
