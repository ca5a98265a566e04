"""One page of an upload read, in whatever thread it is called in."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ocrkit.data.changes import stripped
from ocrkit.data.records import Sample
from ocrkit.errors import ImageError, OptionError
from ocrkit.layout.originals import with_originals
from ocrkit.layout.records import Character, Line, Page, Region, Word
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.finding import Segmenting
from ocrkit.pages.reader import PageReader
from ocrkit.text.order import line_direction
from ocrkit_serve.work.records import Refused
from ocrkit_serve.work.shared_reader import SharedReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from ocrkit.data.records import CharacterSpan, Prediction
    from ocrkit.layout.records import Layout, Points
    from ocrkit.layout.scan import Scan
    from ocrkit_serve.work.correctors import Correctors
    from ocrkit_serve.work.models import Models
    from ocrkit_serve.work.patience import Patience
    from ocrkit_serve.work.records import Asked
    from ocrkit_serve.work.segmenters import Segmenters
    from ocrkit_serve.work.upload_scan import UploadScan

__all__ = ["Reading"]


_LARGE = 25_000_000  # px of a page whose lines are looked for while those of no other such page are: it takes 2 GB


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads pages with a service's models and segmenters."""

    models: Models
    segmenters: Segmenters
    correctors: Correctors
    one_large: threading.Lock = field(default_factory=threading.Lock)

    def check(self, asked: Asked) -> None:
        """See that it can be done, as far as names tell it.

        Raises:
            Refused: it cannot.
        """
        self.models.check(asked.model)
        self.segmenters.check(asked.segmenter)
        self.correctors.check(asked.correct, asked.propose)

    def read(self, scan: UploadScan, asked: Asked, patience: Patience) -> ReadPage:
        """What stands on a page, or in the one line that it is.

        Raises:
            Refused: it cannot be opened, or nobody waits for it.
        """
        patience.check()
        grey = replace(scan, grey=True)
        with self.models.lent(asked.model) as model:
            corrector = self.correctors.get(asked.correct, model.charset)
            proposer = self.correctors.get(asked.propose, model.charset)
            reader = SharedReader(model.batcher, model.reader(asked, corrector, proposer), patience)
            try:
                if asked.kind == "line":
                    page = _read_line(grey, reader, asked.reject, model.name)
                else:
                    page = self._read_page(grey, reader, asked, model.name, patience)
                return ReadPage(page, scan)
            except ImageError as error:
                if isinstance(error.__cause__, Refused):
                    raise error.__cause__ from None
                raise Refused(422, error.reason) from error
            except OptionError as error:
                raise Refused(400, str(error)) from error

    def _read_page(self, scan: UploadScan, reader: SharedReader, asked: Asked, model: str, patience: Patience) -> Page:
        chosen = self.segmenters.get(asked.segmenter)
        find = Segmenting(chosen.segmenter, reader.model.charset)

        def find_patiently(scan: Scan, grey: Image) -> Layout:
            patience.check()
            if grey.width * grey.height < _LARGE:
                return find(scan, grey)
            with self.one_large:
                patience.check()
                return find(scan, grey)

        pages = PageReader(reader, find_patiently, model=model, segmenter=chosen.name)
        [read] = pages.read([scan], errors="raise", reject=asked.reject)
        return read.page


def _read_line(scan: UploadScan, reader: SharedReader, reject: float | None, model: str) -> Page:
    """A page of one line, which takes all of it."""
    image = scan.image()
    [reading] = reader.read([Sample(scan.name, image.copy)], reject=reject)
    if reading.error:
        raise Refused(422, reading.error)
    whole = _box(0, 0, *image.size)
    charset = reader.model.charset
    line = Line("l1", (), whole)
    if not reading.rejected:
        text = reading.text.strip()
        line = replace(
            line,
            text=text,
            original=reading.original.strip() if reading.changes else "",
            proposals=stripped(reading.proposals, reading.text),
            confidence=min(1.0, reading.confidence),
            words=with_originals(tuple(_words(reading, *image.size)), reading.text, reading.changes),
            alternatives=reading.alternatives,
            direction=line_direction(text, "rtl" if charset.direction == "rtl" else "ltr"),
        )
    languages = tuple(language for language in charset.languages if language != "und")
    regions = (Region("r1", whole, (line,)),)
    return Page(scan.name, *image.size, regions, number=scan.number, dpi=scan.dpi, languages=languages, model=model)


def _words(reading: Prediction, width: int, height: int) -> Iterator[Word]:
    parts: list[list[CharacterSpan]] = [[]]
    for character in reading.characters:
        if character.text.isspace():
            parts.append([])
        else:
            parts[-1].append(character)
    for part in filter(None, parts):
        characters = tuple(
            Character(one.text, _box(one.left, 0, min(width, one.right), height), min(1.0, one.confidence))
            for one in part
        )
        left, right = min(one.left for one in part), max(one.right for one in part)
        confidence = 1.0
        for one in characters:
            confidence *= one.confidence
        text = "".join("".join(one.text.split()) for one in part)
        yield Word(text, _box(left, 0, min(width, right), height), confidence, characters)


def _box(left: int, top: int, right: int, foot: int) -> Points:
    """The four corners of pixels from ``left`` to before ``right``, likewise down."""
    right, foot = max(left, right - 1), max(top, foot - 1)
    return (left, top), (right, top), (right, foot), (left, foot)
