"""What a label alone shows: whether it is there, in the charset's spelling, and within the charset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.ctc.lengths import frames_needed
from ocrkit.text.naming import described

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.text.charset import Charset
    from ocrkit.text.encoding import Unencodable

__all__ = ["CheckedLabel", "check_label", "normal_label"]

_SPACES = re.compile(" {2,}")
_NAMED = 5  # characters in a message
_SHOWN = 60  # characters of a text in a message


@dataclass(frozen=True, slots=True)
class CheckedLabel:
    """A label in its normal spelling, and what is wrong with it.

    Attributes:
        text: as ``normal_label`` spells it.
        frames: the fewest frames that spell it; None where the charset cannot.
        faults: kind and detail of each.
        lacking: the characters that the charset lacks, as often as they stand there.
    """

    text: str
    frames: int | None
    faults: tuple[tuple[str, str], ...] = ()
    lacking: str = ""


def normal_label(text: str, charset: Charset) -> str:
    """The spelling that a label should have: the charset's, without spaces at its ends or several in a row."""
    return _SPACES.sub(" ", charset.normalize(text)).strip(" ")


def check_label(text: str | None, charset: Charset) -> CheckedLabel:
    """Check one label; an empty one has that fault alone."""
    if text is None:
        return CheckedLabel("", None, (("empty", "there is no label"),))
    normal = normal_label(text, charset)
    if not normal or normal.isspace():
        return CheckedLabel("", None, (("empty", f"the label is {_shown(text)}, which shows nothing"),))
    faults = []
    if normal != text:
        faults.append(("unnormalised", _respelled(text, normal, charset)))
    missing = charset.unencodable(normal)
    if missing:
        faults.append(("unencodable", _lacking(missing, charset)))
        return CheckedLabel(normal, None, tuple(faults), "".join(item.character for item in missing))
    return CheckedLabel(normal, frames_needed(charset.encode(normal)), tuple(faults))


def _respelled(text: str, normal: str, charset: Charset) -> str:
    if charset.normalize(text) == text:
        return f"{_shown(text)} has spaces at an end, or several in a row; it would become {_shown(normal)}"
    return f"{_shown(text)} would become {_shown(normal)}: {_differences(text, normal)}"


def _differences(text: str, normal: str) -> str:
    """The part in which two spellings differ, by code points."""
    start = 0
    while start < min(len(text), len(normal)) and text[start] == normal[start]:
        start += 1
    end = 0
    while end < min(len(text), len(normal)) - start and text[-1 - end] == normal[-1 - end]:
        end += 1
    before, after = text[start : len(text) - end], normal[start : len(normal) - end]
    return f"{_points(before)} becomes {_points(after)} at character {start + 1}"


def _points(text: str) -> str:
    points = " ".join(f"U+{ord(character):04X}" for character in text[:8]) + (" …" if len(text) > 8 else "")
    return points or "nothing"


def _lacking(missing: Sequence[Unencodable], charset: Charset) -> str:
    first = {item.character: item.position for item in reversed(missing)}
    distinct = list(dict.fromkeys(item.character for item in missing))
    named = ", ".join(f"{described(character)} at character {first[character]}" for character in distinct[:_NAMED])
    more = f" and {len(distinct) - _NAMED} more" if len(distinct) > _NAMED else ""
    return f"not in charset {charset.name!r}: {named}{more}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
