"""The IIIT 5K-Word set as it is distributed: ``testdata.mat`` and ``traindata.mat`` beside the images of words.

Source: Mishra, Alahari and Jawahar 2012, "Scene Text Recognition using Higher Order Language Priors", and the set's own
README: a structure a word, with ``ImgName``, ``GroundTruth``, ``smallLexi`` (50 words) and ``mediumLexi`` (1,000).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ocrkit.data.records import Sample
from ocrkit.data.sources.bad_rows import BadRows, RowFault, check_text
from ocrkit.data.sources.lazy import LazySamples
from ocrkit.data.sources.only_file import only_file
from ocrkit.errors import DataError, DependencyError, MissingFileError, Origin
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report

__all__ = ["WordSamples", "open_iiit5k", "recognises_iiit5k"]

_FILES = ("testdata.mat", "traindata.mat")
_MAGIC = b"MATLAB "
_TEXTS = ("GroundTruth", "chars")  # the latter in testCharBound.mat, which has no lists
_LISTS = {"small": "smallLexi", "medium": "mediumLexi"}
_EXPECTED = "expected testdata.mat or traindata.mat of IIIT 5K-Word, with ImgName and GroundTruth"


class Word(NamedTuple):
    """A word's image, relative to the file's folder; its text; its lists by their names; its place in the file."""

    image: str
    text: str
    lexicons: dict[str, tuple[str, ...]]
    place: int


@dataclass(frozen=True, slots=True)
class WordSamples(LazySamples):
    """The samples of a file.

    Attributes:
        path: the file.
        words: what it holds.
        numbers: which of the words, in which order.
    """

    path: Path
    words: tuple[Word, ...]

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        word = self.words[number]
        image = self.path.parent / word.image
        # 1002_1.png is the first word of scene 1002.
        group = image.stem.rpartition("_")[0]
        return Sample(str(image), image, word.text, Origin(f"{self.path}#{word.place}"), group, word.lexicons)


def recognises_iiit5k(location: Path) -> bool:
    """Whether it is a MATLAB file, by its name and first bytes, or a folder with ``testdata.mat`` or ``traindata.mat``.

    Of a folder the names alone are looked at.
    """
    if not os.path.isfile(location):
        return bool(_files_in(location))
    if location.suffix.lower() != ".mat":
        return False
    try:
        with open_plain(location) as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
        return False


def open_iiit5k(location: Path, *, report: Report | None = None, progress: Progress | None = None) -> WordSamples:
    """List the words of a file, with their lists ``small`` and ``medium`` where it has those.

    Args:
        location: the file, or a folder with one such.
        report: told of each bad word, which is then left out.
        progress: told when all are read.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: there is no such file, or both are there; it is none of IIIT 5K-Word, or damaged; or, without
            ``report``, a word has no image or no text.
        DependencyError: scipy is not installed.
    """
    path = only_file(location, _files_in, otherwise=f"no {' and no '.join(_FILES)} in it; give a file itself")
    bad_rows, words = BadRows(report), []
    known: dict[str, str] = {}
    records = _records(path)
    for place, record in enumerate(records, 1):
        try:
            words.append(_word(record, place, known))
        except RowFault as fault:
            bad_rows.add(f"{path}#{place}", 0, fault)
    if progress is not None:
        progress(len(records), len(records))
    return WordSamples(path, tuple(words), numbers=range(len(words)))


def _files_in(folder: Path) -> list[Path]:
    return [folder / name for name in _FILES if os.path.isfile(folder / name)]


def _records(path: Path) -> NDArray[Any]:
    """The structures of a file, one a word."""
    try:
        from scipy.io import loadmat
    except ImportError as error:
        raise DependencyError(
            f"{path}: a MATLAB file needs the package scipy; install it with: pip install 'ocrkit[scipy]'"
        ) from error
    try:
        with open_plain(path) as file:
            content = loadmat(file)
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except NotImplementedError as error:  # of version 7.3, which is HDF5
        raise DataError("a MATLAB file of version 7.3; expected one of version 5, as the set has it", path) from error
    except Exception as error:  # scipy's reader raises nearly anything on damaged files
        raise DataError(
            f"no MATLAB file that can be read: {' '.join(str(error).split())}; {_EXPECTED}", path
        ) from error
    for name, value in content.items():
        fields = getattr(getattr(value, "dtype", None), "names", None) or ()
        if not name.startswith("__") and "ImgName" in fields and any(text in fields for text in _TEXTS):
            records: NDArray[Any] = value.ravel()
            return records
    held = ", ".join(name for name in content if not name.startswith("__")) or "nothing"
    raise DataError(f"it holds {held}; {_EXPECTED}", path)


def _word(record: Any, place: int, known: dict[str, str]) -> Word:
    fields = record.dtype.names
    image = _string(record["ImgName"])
    if not image:
        raise RowFault("no-name", f"word {place} has no ImgName; expected the path of its image")
    text = next((_string(record[field]) for field in _TEXTS if field in fields), "")
    check_text(text, image)
    # One string for a word of thousands of lists.
    lists = {
        name: tuple(known.setdefault(word, word) for word in _strings(record[field]))
        for name, field in _LISTS.items()
        if field in fields
    }
    return Word(image, text, {name: words for name, words in lists.items() if words}, place)


def _string(value: Any) -> str:
    """The text of a field: an array of one string, or of none."""
    return next(_strings(value), "")


def _strings(value: Any) -> Iterator[str]:
    """The texts of a field, however deep in cells."""
    if isinstance(value, str):
        yield value.strip()
    elif getattr(value, "dtype", None) is not None and value.dtype.kind in "UO":
        for part in value.ravel().tolist():
            yield from _strings(part)
