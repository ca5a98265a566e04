"""Lists of words, one for each image: files of them, and which list is an image's own."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ocrkit.data.list_making import read_words
from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.listed_words import listed_words, lists_in
from ocrkit.data.sources.lists import first_lines
from ocrkit.data.sources.tables import IMAGE_COLUMNS, LEXICON_COLUMNS, is_image_name, read_text, shown
from ocrkit.errors import DataError, LexiconError, OptionError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ocrkit.data.records import Sample

__all__ = ["GivenLists", "LexiconLists", "chosen_lists", "read_lists"]

GivenLists: TypeAlias = "str | os.PathLike[str] | Mapping[str, Iterable[str]] | LexiconLists"
"""A file of lists, the name of lists that come with the data, or lists by the names of their images."""

_PARTS = re.compile(r"[/\\]+")
_EXPECTED = 'expected an object a line, as {"name": "images/1.png", "lexicon": ["one", "two"]}'
_ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a list is for, by the parts of its name from the last to the first; its words, and the line it stands on."""

    parts: tuple[str, ...]
    words: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class LexiconLists:
    """The list of each image, by the image's name or path.

    Attributes:
        source: the file that they are from; empty where a program gave them.
        origin: what the file says of where its lists are from, such as how they were made; empty where nothing.
        shared: the words that are every image's list; empty where each has its own.
    """

    source: str = ""
    origin: str = ""
    shared: tuple[str, ...] = ()
    _by_file: dict[str, list[_Listed]] = field(default_factory=lambda: defaultdict(list), repr=False)

    @classmethod
    def of(cls, lists: Mapping[str, Iterable[str]]) -> LexiconLists:
        """Lists by the names of their images.

        Raises:
            LexiconError: a list is no list of strings, or there is none.
        """
        made = cls()
        for number, (name, words) in enumerate(lists.items(), 1):
            if isinstance(words, str):
                raise LexiconError(f"the list of {name!r} is the string {words[:20]!r}; expected a list of words")
            made._add(str(name), tuple(words), number)
        if not made._by_file:
            raise LexiconError("there are no lists; give each image one by its name")
        return made

    def __len__(self) -> int:
        return sum(map(len, self._by_file.values()))

    def find(self, sample: Sample) -> tuple[str, ...] | None:
        """An image's own list, or None: the one whose name ends its path, or is ended by it, folder by folder.

        Raises:
            DataError: two lists with other words are as near as each other.
        """
        if self.shared:
            return self.shared
        parts = _parts_of(sample.name)
        best: list[_Listed] = []
        for listed in self._by_file.get(parts[0], []):
            if not _fit(listed.parts, parts):
                continue
            if best and len(listed.parts) > len(best[0].parts):
                best = []
            if not best or len(listed.parts) == len(best[0].parts):
                best.append(listed)
        if len({listed.words for listed in best}) > 1:
            lines = " and ".join(str(listed.line) for listed in best[:2])
            raise DataError(
                f"{sample.name} has two lists, on the lines {lines}; expected one, so name them by their paths",
                self.source or None,
            )
        return best[0].words if best else None

    def unused(self, names: Iterable[str]) -> tuple[int, str]:
        """How many lists are for none of the images of these names, and the name of the first such."""
        by_file: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for name in names:
            parts = _parts_of(name)
            by_file[parts[0]].append(parts)
        lost = [
            listed
            for group in self._by_file.values()
            for listed in group
            if not any(_fit(listed.parts, parts) for parts in by_file.get(listed.parts[0], []))
        ]
        return len(lost), "/".join(reversed(lost[0].parts)) if lost else ""

    def example(self) -> str:
        """What the first list is called."""
        first = next(iter(self._by_file.values()))[0]
        return "/".join(reversed(first.parts))

    def _add(self, name: str, words: tuple[str, ...], line: int) -> None:
        if not words or not all(isinstance(word, str) for word in words):
            raise LexiconError(f"the list of {name!r} is {shown(repr(words))}; expected a list of words")
        parts = _parts_of(name)
        self._by_file[parts[0]].append(_Listed(parts, words, line))


def read_lists(place: str | os.PathLike[str]) -> LexiconLists:
    """Read a file of lists: an object a line, with an image's name and a list of words under any key.

    Or each line is an image's name, a tab, and words with commas or spaces between them. A file of words alone, one a
    line, is every image's list.

    Args:
        place: the file; where its lines hold several lists, followed by ``#`` and the key of those to read.

    Raises:
        MissingFileError: there is no such file.
        DataError: a line is malformed, or has no list, or several where no key is given (each with ``file:line``).
    """
    path, key = _parted(os.fspath(place))
    if not _looks_like_lists(path):
        shared = tuple(dict.fromkeys(read_words(Path(path))))
        if not shared:
            raise DataError(f"there are no lists in it; {_EXPECTED}, or a word a line as every image's list", path)
        return LexiconLists(path, shared=shared)
    words: dict[str, str] = {}  # one string for a word of thousands of lists
    lists, origin = LexiconLists(source=path), ""
    for number, line in enumerate(read_text(Path(path)).split("\n"), 1):
        if not line.strip():
            continue
        record = _record(path, number, line.removesuffix("\r"))
        name = next((record[column] for column in IMAGE_COLUMNS if isinstance(record.get(column), str)), None)
        if not isinstance(name, str) or not name.strip():
            raise DataError(f"no name of an image; {_EXPECTED}, or another of {', '.join(IMAGE_COLUMNS)}", path, number)
        found = _list_of(path, number, record, key)
        lists._add(name, tuple(words.setdefault(word, word) for word in found), number)
        origin = origin or str(record.get(_ORIGIN) or "")
    if not len(lists):
        raise DataError(f"there are no lists in it; {_EXPECTED}", path)
    return replace(lists, origin=origin)


def _looks_like_lists(path: str) -> bool:
    """Whether a file has lists by the names of images, and not words alone, by its first line and its own name."""
    if path.lower().endswith(".jsonl"):
        return True
    first = next((line for line in first_lines(Path(path)) if line.strip()), "")
    return first.lstrip().startswith(("{", "[")) or ("\t" in first and is_image_name(first.partition("\t")[0]))


def _parted(place: str) -> tuple[str, str]:
    """A file, and the key behind a ``#``, or nothing."""
    if os.path.exists(place) or "#" not in place:
        return place, ""
    path, _, key = place.rpartition("#")
    return path, key


def _record(path: str, number: int, line: str) -> dict[str, object]:
    name, tab, field = line.partition("\t")
    if tab and is_image_name(name):
        try:
            return {"name": name, LEXICON_COLUMNS[0]: list(listed_words(field))}
        except RowFault as fault:
            raise DataError(fault.reason, path, number) from fault
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"not JSON: {error}; {_EXPECTED}", path, number) from error
    if not isinstance(record, dict):
        raise DataError(f"{shown(line)} is no object; {_EXPECTED}", path, number)
    return record


def _list_of(path: str, number: int, record: dict[str, object], key: str) -> Sequence[str]:
    try:
        lists = lists_in(record)
    except RowFault as fault:
        raise DataError(fault.reason, path, number) from fault
    if key:
        if key not in lists:
            known = did_you_mean(key, lists, then=f"it has {', '.join(sorted(lists)) or 'none'}")
            raise DataError(f"no list {key!r}; {known}", path, number)
        return lists[key]
    if len(lists) != 1:
        several = f"the lists {', '.join(sorted(lists))}; say which with {path}#{min(lists)}" if lists else ""
        raise DataError(several or f"no list of words; {_EXPECTED}", path, number)
    return next(iter(lists.values()))


def _fit(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    common = min(len(ours), len(theirs))
    return ours[:common] == theirs[:common]


def _parts_of(name: str) -> tuple[str, ...]:
    """The parts of a path, the last one first."""
    parts = [part for part in _PARTS.split(name) if part not in ("", ".")]
    return tuple(reversed(parts)) or (name,)


def chosen_lists(given: GivenLists, samples: Sequence[Sample]) -> LexiconLists | str:
    """Lists as a user gives them: read from a file, or by name those that come with the data, whose name it is then.

    Args:
        given: a file (with ``#`` and a key where its lines hold several lists), the name of lists that the samples
            have, or lists by the names of their images.
        samples: whose lists they are to be.

    Raises:
        OptionError: it is none of these.
        OcrkitError: the file cannot be read.
    """
    if isinstance(given, LexiconLists):
        return given
    if hasattr(given, "items"):
        return LexiconLists.of(given)  # type: ignore[arg-type]  # what is not, is told
    if not isinstance(given, str | os.PathLike):
        raise OptionError(f"lexicons is {given!r}; expected a file of lists, or lists by the names of their images")
    place = os.fspath(given)
    if os.path.exists(_parted(place)[0]):
        return read_lists(place)
    names = sorted({name for sample in samples for name in sample.lexicons})
    if place in names:
        return place
    known = did_you_mean(place, names, then=f"the data has {', '.join(names)}") if names else "the data brings no lists"
    raise OptionError(f"`lexicons` is {place!r}: no file is called so, and {known}; {_EXPECTED}")
