"""The pages of a collection, one after another: found as they are asked for, each with a name of its own."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.collections.in_place import InPlace, is_ours
from ocrkit.collections.places import is_url, list_places, status_of
from ocrkit.collections.taken import TakenStems
from ocrkit.data.sources.images import image_suffixes, natural_order
from ocrkit.errors import DataError, MissingFileError, OptionError
from ocrkit.pages.opening import PageNumbers, pages_held
from ocrkit.plugin.engine_specs import PageTask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Collection", "Shard"]

_PDF = ".pdf"
_PAGED = frozenset({_PDF, ".tif", ".tiff"})
# Names of one folder that are put in natural order; a key for each of a million would take half a gigabyte.
_SORTED = 20_000


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a collection, which stays the same when files are added to it.

    Attributes:
        number: which part, from 1.
        count: how many there are.
    """

    number: int = 1
    count: int = 1

    @classmethod
    def of(cls, text: str | None) -> Shard:
        """The part that ``3/16`` means; all where it is None.

        Raises:
            OptionError: it is of another form, or there is no such part.
        """
        if text is None:
            return cls()
        match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text.strip())
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise OptionError(f"`shard` is {text!r}; expected K/N with K from 1 to N, such as 3/16")
        return cls(int(match[1]), int(match[2]))

    def has(self, stem: str) -> bool:
        """Whether a page belongs to it."""
        if self.count == 1:
            return True
        digest = hashlib.sha256(stem.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1


@dataclass(frozen=True, slots=True)
class Collection:
    """Pages that are to be read.

    Attributes:
        places: files, folders and globs, and URLs of such, which are listed first.
        output: the folder that is written to, of which nothing is read.
        by_page: whether a page of a file of several is a task of its own; else the file is one.
        mixed: whether files of single pages are written of documents that are one task.
        wanted: pages of every file.
        shard: the part of all tasks that is wanted.
        password: of PDFs that are locked.
        suffixes: endings of the files that are written.
        held: how many pages a file has, which is given with what its output is called; 0 where that cannot be told,
            and None to have it opened here, which a file can do harm by.
    """

    places: Sequence[str]
    output: Path
    by_page: bool = False
    mixed: bool = False
    wanted: PageNumbers = field(default_factory=PageNumbers)
    shard: Shard = Shard()
    password: str | None = None
    suffixes: Sequence[str] = ()
    held: Callable[[Path, str], int] | None = None

    def check(self) -> None:
        """Look whether there is anything at each place.

        Raises:
            MissingFileError: there is nothing at a place, or a glob matches nothing.
            DataError: a folder holds no page.
        """
        for place in self.places:
            if is_url(place):
                next(list_places(place))
            elif os.path.isdir(place):
                if next(self._below(Path(place)), None) is None:
                    raise DataError(
                        "no image in this folder, nor below it; expected .png, .jpg, .pdf, .tif or their like", place
                    )
            elif not os.path.lexists(place):
                self._matches(place)

    def tasks(self, taken: TakenStems | None = None) -> Iterator[PageTask]:
        """The tasks of the shard, in natural order but for those of very large folders; two never have one stem.

        Args:
            taken: gives stems; a fresh one where it is None.

        Raises:
            DataError: a folder cannot be listed.
        """
        taken = TakenStems() if taken is None else taken
        apart = self.by_page or self.mixed  # or a document has one file, and nothing else is called as a page of it
        kept = InPlace(self.places, self.output, self.suffixes).is_input
        for place in filter(is_url, self.places):
            for found in list_places(place):
                own, suffix = os.path.splitext(found.below)
                stem = taken.free(own, found.url, parts=suffix.lower() in _PAGED if apart else None, kept=kept)
                if stem is not None and self.shard.has(stem):
                    yield PageTask(found.url, found.url, None, stem, found.size, found.version)
        for path, stem in self._files():
            for number, own, parts in self._parts(path, stem):
                name = str(path) if number is None else f"{path}#{number}"
                free = taken.free(own, name, parts=parts if apart else None, kept=kept)
                # None is the same page once more.
                if free is not None and self.shard.has(free):
                    yield PageTask(name, str(path), number, free, *status_of(path))

    def count(self) -> Iterator[int]:
        """How many pages each task has, as files say themselves."""
        for task in self.tasks():
            one = task.number is not None or is_url(task.place)
            held = 1 if one else self._held(Path(task.place), task.stem)
            yield 1 if one or not held else self.wanted.count_in(held)

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Each file, and what its output is called without a number of its own."""
        for place in self.places:
            if is_url(place):
                continue
            if os.path.isdir(place):
                root = Path(place)
                yield from ((path, _stem(path, root)) for path in self._below(root))
            elif os.path.lexists(place):
                yield Path(place), _stem(Path(place))
            else:
                yield from ((path, _stem(path)) for path in self._matches(place))

    def _parts(self, path: Path, stem: str) -> Iterator[tuple[int | None, str, bool]]:
        """A file's pages, with what each is called, where they are tasks; else the file, and whether it has several."""
        suffix = path.suffix.lower()
        if suffix not in _PAGED and suffix in image_suffixes():
            yield None, stem, False
        elif not self.by_page:
            yield None, stem, self.mixed and (suffix == _PDF or self._held(path, stem) > 1)
        elif (held := self._held(path, stem)) <= 1:
            yield None, stem, not held  # one that could not be counted may have several
        else:
            yield from ((number, f"{stem}-{number:04d}", False) for number in self.wanted.of_file(held))

    def _held(self, path: Path, stem: str) -> int:
        return pages_held(path, self.password) if self.held is None else self.held(path, stem)

    def _matches(self, place: str) -> list[Path]:
        """What a glob matches: its files, or else what is in the folders that it matches."""
        matches = sorted(glob.glob(place, recursive=True), key=natural_order) if glob.has_magic(place) else []
        if not matches:
            what = "file matches" if glob.has_magic(place) else "file or folder"
            raise MissingFileError(f"no {what} {place!r}")
        files = [Path(match) for match in matches if not os.path.isdir(match)]
        return files or [path for match in matches for path in self._below(Path(match))]

    def _below(self, root: Path) -> Iterator[Path]:
        """Images and PDFs of a folder, then those of each folder in it; nothing hidden, and nothing of the output."""
        output, suffixes = os.path.realpath(self.output), self.suffixes
        waiting = [str(root)]
        while waiting:
            folder = waiting.pop()
            real = os.path.realpath(folder)
            if real == output and folder != str(root):
                continue
            names, folders = _listed(folder)
            inside = os.path.relpath(real, output) if os.path.commonpath([real, output]) == output else None
            for name in names:
                if inside is None or not is_ours(self.output, os.path.normpath(os.path.join(inside, name)), suffixes):
                    yield Path(folder, name)
            waiting += (os.path.join(folder, name) for name in reversed(folders))


def _stem(path: Path, root: Path | None = None) -> str:
    return path.relative_to(root or path.parent).with_suffix("").as_posix()


def _listed(folder: str) -> tuple[Iterable[str], list[str]]:
    """The names of pages, and of folders, in a folder."""
    suffixes = image_suffixes() | {_PDF}
    names, folders = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_symlink() and os.path.isdir(entry.path):
                    continue  # a link to a folder; one that leads to itself is told when it is opened
                elif os.path.splitext(entry.name)[1].lower() in suffixes:
                    names.append(entry.name)
    except OSError as error:
        raise DataError(error.strerror or str(error), folder) from error
    folders.sort(key=natural_order)
    if len(names) <= _SORTED:
        return sorted(names, key=natural_order), folders
    names.sort()
    return _Packed(names), folders


class _Packed:
    """Many names, in a quarter of the memory."""

    def __init__(self, names: Sequence[str]) -> None:
        self._bytes = b"/".join(map(os.fsencode, names))

    def __iter__(self) -> Iterator[str]:
        start = 0
        while start <= len(self._bytes):
            end = self._bytes.find(b"/", start)
            end = len(self._bytes) if end < 0 else end
            yield os.fsdecode(self._bytes[start:end])
            start = end + 1
