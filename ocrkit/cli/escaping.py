"""Text from files and names made harmless to a terminal: what would steer it is shown, not sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

__all__ = ["escaped", "escaping", "one_line", "unescaped"]

# Control characters of both sets, what turns the direction of the text after it, and halves of surrogate pairs, which
# stand for a name's bytes that are not UTF-8. Joiners and direction marks belong to scripts, and stay.
_STEERING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_UNSAFE = re.compile(f"[{_STEERING}]")
_UNSAFE_IN_A_LINE = re.compile(f"[{_STEERING}\n]")


def escaped(text: str) -> str:
    r"""The text with what would steer a terminal written as Python writes it, ``\x1b`` or ``\u202e``."""
    return _UNSAFE.sub(_written, text)


def one_line(text: str) -> str:
    r"""The text escaped, and its line breaks too, as ``\n``."""
    return _UNSAFE_IN_A_LINE.sub(_written, text)


def escaping(stream: TextIO) -> TextIO:
    """A stream that escapes whatever is written to it before it goes to ``stream``."""
    return cast("TextIO", _Escaping(stream))


def unescaped(stream: TextIO) -> TextIO:
    """The stream behind an escaping one, for those who draw on a terminal; any other is given back as it is."""
    return stream.inner if isinstance(stream, _Escaping) else stream


class _Escaping:
    def __init__(self, inner: TextIO) -> None:
        self.inner = inner

    def write(self, text: str) -> int:
        self.inner.write(escaped(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def _written(match: re.Match[str]) -> str:
    character = match[0]
    if character == "\n":
        return "\\n"
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}"
