"""What was taken for what, and how often: what it costs to take a word for another where only its text is left."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from rapidfuzz.distance import Levenshtein

from ocrkit.errors import MissingFileError, OptionError
from ocrkit.plain_files import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Confusions"]

_UNSEEN = 0.5  # how often any pair occurs that was not counted
_PAIRS = 400  # that may occur; what is counted is a small part of them
_SUREST = 1e-4  # a character is never surer than 1 less this
_UNKNOWN_CONFIDENCE = 0.97  # of a character of which nobody says how sure it is


@dataclass(frozen=True, slots=True)
class Confusions:
    """Counted confusions.

    Attributes:
        counts: how often a part of a text (the first of a pair) was read as another (the second); either may be empty.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def read(cls, path: Path) -> Confusions:
        """Read them from what ``ocrkit evaluate --json`` prints, or a table ``text<TAB>read<TAB>count``.

        Raises:
            MissingFileError: there is no such file.
            OptionError: it is neither.
        """
        try:
            text = read_plain(path, stream=True).decode("utf-8-sig")
        except FileNotFoundError as error:
            raise MissingFileError(f"no file of confusions {str(path)!r}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise OptionError(f"confusions={path} cannot be read: {error}") from error
        try:
            return cls(Counter(dict(_rows(text))))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OptionError(
                f"confusions={path} holds no confusions; expected what 'ocrkit evaluate --json' prints, or lines "
                "text<TAB>read<TAB>count"
            ) from error

    def cost(self, read: str, meant: str, confidences: Sequence[float] = ()) -> float:
        """Nats by which it is less likely that ``meant`` was read as ``read`` than that ``read`` stands there.

        Args:
            read: a word as it was read.
            meant: what may stand there instead.
            confidences: how sure each character of ``read`` is, as far as that is known.
        """
        total = self.counts.total() + _UNSEEN * _PAIRS
        cost = 0.0
        for meant_part, read_part, place in self._edits(meant, read):
            sure = _confidence(confidences, place, len(read_part))
            share = (self.counts[meant_part, read_part] + _UNSEEN) / total
            cost += math.log(sure / (1 - sure)) - math.log(share)
        return cost

    def _edits(self, meant: str, read: str) -> Iterator[_Edit]:
        """The edits, of which those that stand together are one where they were counted so, as ``m`` read as ``rn``."""
        for together in _adjacent(meant, read):
            meant_part, read_part = "".join(edit[0] for edit in together), "".join(edit[1] for edit in together)
            if len(together) > 1 and self.counts[meant_part, read_part]:
                yield meant_part, read_part, together[0][2]
            else:
                yield from together


_Edit: TypeAlias = tuple[
    str, str, int
]  # what is meant, what was read, and where that begins in the word as it was read


def _adjacent(meant: str, read: str) -> list[list[_Edit]]:
    """The fewest edits of one character that make a word of another, those that stand together in one list."""
    groups: list[list[_Edit]] = []
    last = (-1, -1)
    for edit in Levenshtein.editops(meant, read):
        meant_part = "" if edit.tag == "insert" else meant[edit.src_pos]
        read_part = "" if edit.tag == "delete" else read[edit.dest_pos]
        if (edit.src_pos, edit.dest_pos) != last:
            groups.append([])
        groups[-1].append((meant_part, read_part, edit.dest_pos))
        last = (edit.src_pos + len(meant_part), edit.dest_pos + len(read_part))
    return groups


def _confidence(confidences: Sequence[float], place: int, length: int) -> float:
    """How sure the least sure of some characters is; where none stands, of those on either side."""
    around = confidences[place : place + length] if length else confidences[max(0, place - 1) : place + 1]
    return min(max(min(around, default=_UNKNOWN_CONFIDENCE), _SUREST), 1 - _SUREST)


def _rows(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    if text.lstrip().startswith("{"):
        for confusion in json.loads(text)["confusions"]:
            yield (confusion["reference"], confusion["read"]), int(confusion["count"])
        return
    for line in filter(None, text.split("\n")):
        meant, read, count = line.split("\t")
        yield (meant, read), int(count)
