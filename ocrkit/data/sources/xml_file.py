"""XML files read into small trees that know their lines; nothing is fetched, no entity is expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Element", "read_xml", "root_name"]

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(\w+)[\s>/]")
_BEFORE_ROOT = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_DEEPEST = 200  # elements within elements; pages have about ten


class Element:
    """An element: its name without namespace, its attributes, what is in it, and its line in the file, from 1.

    Attributes' names are without namespace too.
    """

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.children: list[Element] = []
        self.text = ""

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
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.below(name)


def read_xml(path: Path) -> Element:
    """Read a file's root element with everything in it.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read, is not well-formed (names the line), nests too deeply, or declares entities.
    """
    builder = _Builder(path)
    try:
        with open_plain(path) as file:
            builder.parser.ParseFile(file)
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
    try:
        with open_plain(path) as file:
            start = file.read(1 << 16)
    except (OSError, ValueError):
        return ""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "replace").encode()
    match = _ROOT.match(_BEFORE_ROOT.sub(b"", start.removeprefix(b"\xef\xbb\xbf")).lstrip())
    return match[1].decode() if match else ""


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

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise DataError(
                f"elements nest more than {_DEEPEST} deep; expected a page", self._path, self.parser.CurrentLineNumber
            )
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition(":")[2], plain, self.parser.CurrentLineNumber)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, name: str) -> None:
        del name
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].text += text

    def _refuse_entity(self, name: str, *_: object) -> NoReturn:
        raise DataError(
            f"declares the entity {name!r}; expected a page without declarations, so write the characters themselves",
            self._path,
            self.parser.CurrentLineNumber,
        )
