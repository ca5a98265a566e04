"""XML files read into small trees that know their lines; nothing is fetched, no entity is expanded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Element", "page_size", "read_xml", "root_name"]

_LOOKED_AT = 1 << 16  # bytes of a file within which its root element is looked for
_LARGEST = 10_000_000  # units of a page's width or height
_DEEPEST = 200  # elements within elements; pages have about ten


class Element:
    """An element: its name without namespace, its attributes, what is in it, and its line in the file, from 1.

    Attributes' names are without namespace too.
    """

    __slots__ = ("_pieces", "_places", "attributes", "children", "line", "name")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.children: list[Element] = []
        self._pieces: list[str] = []
        self._places: list[int] = []

    @property
    def text(self) -> str:
        """The characters right inside of it, those of its children aside."""
        return "".join(self._pieces)

    @property
    def whole_text(self) -> str:
        """The characters in it, those in its children included, in the file's order."""
        pieces: list[str] = []
        done = 0
        for piece, place in zip([*self._pieces, ""], [*self._places, len(self.children)], strict=True):
            pieces += [child.whole_text for child in self.children[done:place]]
            pieces.append(piece)
            done = place
        return "".join(pieces)

    def add(self, text: str) -> None:
        """More characters."""
        self._pieces.append(text)
        self._places.append(len(self.children))

    def get(self, attribute: str) -> str | None:
        """An attribute's value, or None."""
        return self.attributes.get(attribute)

    def all(self, *names: str) -> Iterator[Element]:
        """The children of some names, in order."""
        return (child for child in self.children if child.name in names)

    def first(self, *path: str) -> Element | None:
        """The first child of a name, its first child of the next name, and so on; None where one is not there."""
        found: Element | None = self
        for name in path:
            found = next(found.all(name), None) if found is not None else None
        return found

    def below(self, name: str) -> Iterator[Element]:
        """Every element of a name below this one, in the file's order."""
        return (path[-1] for path in self.paths_to(name))

    def paths_to(self, name: str) -> Iterator[list[Element]]:
        """For each element of a name below this one: this one, those between, and itself, in the file's order."""
        path, remaining = [self], [iter(self.children)]
        while remaining:
            child = next(remaining[-1], None)
            if child is None:
                remaining.pop()
                path.pop()
                continue
            path.append(child)
            remaining.append(iter(child.children))
            if child.name == name:
                yield list(path)


def read_xml(path: Path) -> Element:
    """Read a file's root element with everything in it.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read, is not well-formed (names the line), nests too deeply, or declares entities.
    """
    builder = _Builder(path)
    try:
        with open_plain(path) as file:
            # At once: expat begins a long attribute anew with each piece that it is given.
            builder.parser.Parse(file.read(), True)
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        line = builder.parser.CurrentLineNumber
        reason = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        raise DataError(f"not well-formed XML: {reason}; write the file anew", path, line) from error
    return builder.root.children[0]


def root_name(path: Path) -> str:
    """The name of a file's root element, without namespace, by its first 64 KB; empty where it has none."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: found.append(name)
    try:
        with open_plain(path) as file:
            parser.Parse(file.read(_LOOKED_AT), False)
    except (OSError, ValueError, LookupError, expat.ExpatError):
        pass  # what is wrong with it is told when it is read
    return found[0].rpartition(":")[2] if found else ""


def page_size(path: Path, page: Element, across: str, down: str) -> tuple[float, float]:
    """The width and height that two attributes of a page give, 0 for one that is not given.

    Raises:
        DataError: one is no number, below 0, not finite, or beyond all measure.
    """
    sizes = []
    for attribute in (across, down):
        spelt = page.get(attribute) or "0"
        try:
            size = float(spelt)
        except ValueError:
            size = math.nan
        if not 0 <= size <= _LARGEST:
            shown = spelt if len(spelt) <= 40 else spelt[:37] + "..."
            raise DataError(f"{attribute} is {shown!r}; expected the page's size, in its units", path, page.line)
        sizes.append(size)
    return sizes[0], sizes[1]


class _Builder:
    """Builds the tree as expat reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.root = Element("", {}, 0)
        self._open = [self.root]
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        # What an entity stands for may be a million times its size, or another file: pages have no use for them.
        self.parser.EntityDeclHandler = self._refuse_entity
        self.parser.SkippedEntityHandler = self._refuse_unknown

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise DataError(
                f"elements nest more than {_DEEPEST} deep; expected a page", self._path, self.parser.CurrentLineNumber
            )
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items() if ":" in key}
        plain.update((key, value) for key, value in attributes.items() if ":" not in key)  # which stand first
        element = Element(name.rpartition(":")[2], plain, self.parser.CurrentLineNumber)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, name: str) -> None:
        del name
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].add(text)

    def _refuse_entity(self, name: str, *_: object) -> NoReturn:
        raise DataError(
            f"declares the entity {name!r}; expected a page without declarations, so write the characters themselves",
            self._path,
            self.parser.CurrentLineNumber,
        )

    def _refuse_unknown(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:  # of a file outside, which is never fetched
            raise DataError(
                f"uses the entity {name!r}, which it does not declare; write the character itself",
                self._path,
                self.parser.CurrentLineNumber,
            )
