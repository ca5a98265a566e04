"""A PDF written object by object, as its parts come in. Source: ISO 32000-1:2008, 7.5."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PdfWriter", "number", "text_string"]

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class PdfWriter:
    """Numbers objects, and gives the bytes of each; it remembers where they begin, and nothing else."""

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._numbers = 0
        self._place = 0

    def begin(self) -> bytes:
        """What a file begins with."""
        return self._written(_HEADER)

    def reserve(self) -> int:
        """The number of an object that is written later."""
        self._numbers += 1
        return self._numbers

    def written(self, numbered: int, body: bytes) -> bytes:
        """An object, of a number that was reserved."""
        self._offsets[numbered] = self._place
        return self._written(b"%d 0 obj\n%b\nendobj\n" % (numbered, body))

    def stream(self, numbered: int, entries: bytes, data: bytes, *, packed: bool = False) -> Iterator[bytes]:
        """An object that is a stream.

        Args:
            numbered: its number, which was reserved.
            entries: of its dictionary, but for its length; its filter too, where it is ``packed``.
            data: its bytes.
            packed: whether they are encoded already; else they are deflated.
        """
        if not packed:
            data, entries = zlib.compress(data), entries + b" /Filter /FlateDecode"
        self._offsets[numbered] = self._place
        yield self._written(b"%d 0 obj\n<< %b /Length %d >>\nstream\n" % (numbered, entries, len(data)))
        yield self._written(data)
        yield self._written(b"\nendstream\nendobj\n")

    def end(self, root: int, info: int) -> bytes:
        """The table of all objects, and where to begin."""
        start = self._place
        rows = b"".join(b"%010d 00000 n \n" % self._offsets[one] for one in range(1, self._numbers + 1))
        count = self._numbers + 1
        table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, rows)
        trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\n" % (count, root, info)
        return self._written(table + trailer + b"startxref\n%d\n%%%%EOF\n" % start)

    def _written(self, data: bytes) -> bytes:
        self._place += len(data)
        return data


def number(value: float, places: int = 2) -> bytes:
    """A number as PDF writes it: without an exponent, and without zeros that say nothing."""
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return b"0" if text in ("-0", "") else text.encode()


def text_string(text: str) -> bytes:
    """A text that is read by people, as a title, in UTF-16."""
    return b"<FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode() + b">"
