"""What the installed models read: worn lines in several faces, each without a lexicon and with one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.demo import texts
from ocrkit.demo.reading import both_readings, draw_readings
from ocrkit.drawing.drawn_image import TEXT, DrawingStyle, DrawnImage, stream
from ocrkit.drawing.rendering.faces import FaceBook
from ocrkit.drawing.rendering.fonts import find_faces, require_shaping
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.errors import MissingFileError
from ocrkit.model import Model
from ocrkit.model_files import offered_models
from ocrkit.plugin.charset_expression import resolve_charset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ocrkit.evaluation import Evaluation
    from ocrkit.training import Observer

__all__ = ["InstalledReading", "installed_model", "read_by_installed"]

_SEED = 5_000_000
_DEGRADE = 1.0  # the worst that is still legible, so that the models err here and there
_STYLE = DrawingStyle(_DEGRADE, without=frozenset(), letterpress=0.35, reformed=0.0)
_FAMILIES = {
    "malayalam": ("Manjari", "Meera", "Rachana", "AnjaliOldLipi", "Keraleeyam", "Gayathri", "RaghuMalayalamSans"),
    "english": ("DejaVu Serif", "DejaVu Sans", "DejaVu Sans Mono"),
}
_PUNCTUATION = ".,"
_TEXTS = {"malayalam": texts.MALAYALAM, "english": texts.ENGLISH}


@dataclass(frozen=True, slots=True)
class InstalledReading:
    """Lines as an installed model reads them.

    Attributes:
        model: its name.
        greedy: read without a lexicon.
        lexicon: read with one that holds their words.
        lexicon_size: its words.
        sheet: a picture of the lines and what was read in them.
    """

    model: str
    greedy: Evaluation
    lexicon: Evaluation
    lexicon_size: int
    sheet: Path


def installed_model(name: str) -> Path:
    """The file of the first installed model of that name: the user's own, else a distribution's.

    Raises:
        MissingFileError: none is installed.
    """
    for offer in offered_models():
        if offer.name == name:
            return offer.value.path
    raise MissingFileError(
        f"no model {name!r} is installed, and the demonstration reads with it; 'pip install ocrkit-models' brings it, "
        "in the source tree 'pip install ./plugins/ocrkit-models'"
    )


def read_by_installed(folder: Path, *, lines: int, lexicon_size: int, observer: Observer) -> Iterator[InstalledReading]:
    """Read lines of each language with the installed model for it, and leave a sheet of them in the folder.

    Args:
        folder: where sheets go.
        lines: of each language, as many as there are at most.
        lexicon_size: words of the lexicon, of which those beside the lines' own are composed.
        observer: whom to tell of progress.

    Raises:
        MissingFileError: such a model is not installed.
        FontError: text cannot be shaped, or no face has the letters.
    """
    for name in _FAMILIES:
        model = Model.load(installed_model(name))
        samples = _drawn(name, _TEXTS[name][:lines])
        words = _lexicon(name, [sample.text or "" for sample in samples], lexicon_size)
        greedy, lexicon = both_readings(model, samples, words, observer, whose=f"{name}:")
        sheet = folder / f"readings-{name}.png"
        draw_readings(greedy.lines, sheet, title=f"drawn lines, and what the installed model {name!r} reads in them")
        yield InstalledReading(name, greedy, lexicon, len(words), sheet)


def _drawn(name: str, lines: Sequence[str]) -> list[Sample]:
    """A worn picture of each line, in one face after another."""
    require_shaping()
    faces = find_faces()
    here = {face.family for face in faces}
    usual = tuple(family for family in _FAMILIES[name] if family in here)
    book = FaceBook(faces, families=usual).suited_to(lines)
    samples = []
    for number, text in enumerate(lines):
        face = book.draw(text, stream(_SEED, number, TEXT))
        if face is None:
            raise book.complaint(text)
        picture = DrawnImage(text, face, _SEED, number, _STYLE)
        samples.append(Sample(f"{name}-{number:02}", picture, text, group=face.family))
    return samples


def _lexicon(name: str, lines: Sequence[str], size: int) -> list[str]:
    """The words of the lines, and composed ones up to that many in all; punctuation parts words, and is in none."""
    words = dict.fromkeys(word.strip(_PUNCTUATION) for line in lines for word in line.split())
    others = Synthetic(resolve_charset(name), SyntheticOptions(count=4 * size, line_words=(1, 1)), seed=_SEED)
    for sample in others:
        if len(words) >= size:
            break
        word = sample.text or ""
        if all(unicodedata.category(character)[0] in "LM" for character in word):
            words.setdefault(word)
    return list(words)
