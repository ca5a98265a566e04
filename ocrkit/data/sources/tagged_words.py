"""Words in boxes of photographs, as SVT and ICDAR 2003 have them in XML, with their lists where there are some.

Sources: the Street View Text set of Wang, Babenko and Belongie 2011 (``train.xml``, ``test.xml``), and the ICDAR 2003
robust reading competitions of Lucas et al. (``words.xml`` with boxes, ``word.xml`` with an image a word).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.bad_rows import BadRows, RowFault, check_text
from ocrkit.data.sources.images import natural_order
from ocrkit.data.sources.lazy import LazySamples
from ocrkit.data.sources.line_image import LineImage
from ocrkit.data.sources.listed_words import listed_words
from ocrkit.data.sources.only_file import only_file
from ocrkit.data.sources.page_line import PageLine
from ocrkit.data.sources.xml_file import read_xml, root_name
from ocrkit.errors import DataError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report
    from ocrkit.data.sources.xml_file import Element

__all__ = ["TaggedSamples", "open_tagged_words", "recognises_tagged_words"]

_ROOTS = ("tagset", "imagelist")
_LARGEST = 10_000_000  # px


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """A word: its image relative to the file's folder, its text and place, its box (left, top, right, bottom) and list.

    The box is None where the image shows the word alone; the list is empty where there is none.
    """

    image: str
    text: str
    line: int
    number: int
    box: tuple[float, float, float, float] | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaggedSamples(LazySamples):
    """The samples of a file.

    Attributes:
        path: the file.
        tagged: its words.
        numbers: which of them, in which order.
    """

    path: Path
    tagged: tuple[TaggedWord, ...]

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        word = self.tagged[number]
        image = self.path.parent / word.image
        origin = Origin(str(self.path), word.line)
        lists = {"lexicon": word.words} if word.words else {}
        if word.box is None:
            return Sample(str(image), image, word.text, origin, "", lists)
        left, top, right, bottom = word.box
        outline = ((left, top), (right, top), (right, bottom), (left, bottom))
        cut = LineImage(image, PageLine(str(word.number), word.line, word.text, outline), 0, 0)
        return Sample(f"{image}#{word.number}", cut, word.text, origin, word.image, lists)


def recognises_tagged_words(location: Path) -> bool:
    """Whether it is such an XML file, by its root element, or a folder with one at its top level."""
    if not os.path.isfile(location):
        return bool(_files_in(location))
    return location.suffix.lower() == ".xml" and root_name(location) in _ROOTS


def open_tagged_words(
    location: Path, *, report: Report | None = None, progress: Progress | None = None
) -> TaggedSamples:
    """List the words of a file; their lists, where images have some, are called ``lexicon``.

    Args:
        location: the file, or a folder with one such.
        report: told of each bad word, which is then left out.
        progress: told when all are read.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: there is no such file, or more than one; it is no such XML; or, without ``report``, a word has no
            text or no box.
    """
    lacking = f"no .xml file with the root {' or '.join(_ROOTS)} in it; give a file itself"
    path = only_file(location, _files_in, otherwise=lacking)
    root = read_xml(path)
    if root.name not in _ROOTS:
        raise DataError(f"the root element is {root.name!r}; expected {' or '.join(_ROOTS)}", path, root.line)
    bad_rows, words = BadRows(report), []
    for image in root.all("image"):
        for number, element in enumerate(_elements(image), 1):
            try:
                words.append(_word(image, element, number))
            except RowFault as fault:
                bad_rows.add(path, element.line, fault)
    if progress is not None:
        progress(len(words), len(words))
    return TaggedSamples(path, tuple(words), numbers=range(len(words)))


def _files_in(folder: Path) -> list[Path]:
    try:
        names = sorted((name for name in os.listdir(folder) if name.lower().endswith(".xml")), key=natural_order)
    except OSError:
        return []
    return [folder / name for name in names if root_name(folder / name) in _ROOTS]


def _elements(image: Element) -> Iterator[Element]:
    """What each word of an image is in: the image itself where it shows one."""
    if image.get("file") is not None:
        yield image
    else:
        yield from image.below("taggedRectangle")


def _word(image: Element, element: Element, number: int) -> TaggedWord:
    if element is image:
        text = image.get("tag") or ""
        check_text(text, image.get("file") or "")
        return TaggedWord(image.get("file") or "", text, image.line, number)
    name, tag, lexicon = image.first("imageName"), element.first("tag"), image.first("lex")
    file = "" if name is None else name.text.strip()
    if not file:
        raise RowFault("no-name", "the image has no imageName; expected the path of a photograph")
    text = "" if tag is None else tag.text.strip()
    check_text(text, f"{file}#{number}")
    left, top, width, height = (_measure(element, key) for key in ("x", "y", "width", "height"))
    if width < 2 or height < 2:
        raise RowFault("no-outline", f"{file}#{number}: the box is {width:g} by {height:g} px; expected two or more")
    words = () if lexicon is None else listed_words(lexicon.text.strip())
    # An outline goes through the outermost pixels.
    return TaggedWord(file, text, element.line, number, (left, top, left + width - 1, top + height - 1), words)


def _measure(element: Element, key: str) -> float:
    spelt = element.get(key) or ""
    try:
        value = float(spelt)
    except ValueError:
        value = float("nan")
    if not -_LARGEST < value < _LARGEST:
        raise RowFault("no-outline", f"{key} of the box is {spelt[:40]!r}; expected a number of px")
    return value
