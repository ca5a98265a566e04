"""What a request asks for, from its query: how to read, what to write, and whether to wait for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ocrkit.errors import did_you_mean
from ocrkit_serve.problems import Problem
from ocrkit_serve.work.records import MOST_ALTERNATIVES, Asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.requests import Request

__all__ = ["Query", "number_of", "query_of", "reading_asked"]

READING = (
    "to", "model", "lexicon", "correct", "propose", "alternatives", "reject", "segmenter", "async", "name"
)  # fmt: skip
_MOST_WORDS = 100_000
_YES_NO = {"true": True, "1": True, "yes": True, "": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Query:
    """The options of a request, each given once but those that may be repeated.

    Attributes:
        values: by name, in the order given.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        """The value of an option; None where it is not given.

        Raises:
            Problem: it is given several times.
        """
        given = self.values.get(name, ())
        if len(given) > 1:
            raise Problem(400, f"{name!r} is given {len(given)} times; expected once")
        return given[0] if given else None

    def claim(self, name: str) -> bool:
        """Whether an option is on.

        Raises:
            Problem: it says neither yes nor no.
        """
        value = self.one(name)
        if value is None:
            return False
        if value.lower() not in _YES_NO:
            raise Problem(400, f"{name!r} is {value[:40]!r}; expected true or false")
        return _YES_NO[value.lower()]


def query_of(request: Request, known: Iterable[str], fields: Mapping[str, str] | None = None) -> Query:
    """The options in a request's query and in the other fields of its form.

    Raises:
        Problem: one is not known.
    """
    values: dict[str, list[str]] = {}
    for name, value in [*request.query_params.multi_items(), *(fields or {}).items()]:
        values.setdefault(name, []).append(value)
    names = list(known)
    for name in values:
        if name not in names:
            then = f"known: {', '.join(names)}" if names else "there are none"
            raise Problem(400, f"no option {name[:40]!r}; {did_you_mean(name[:40], names, then=then)}")
    return Query(values)


def reading_asked(query: Query, kind: Literal["page", "line"]) -> Asked:
    """How a file is to be read.

    Raises:
        Problem: an option is out of range.
    """
    # Words hold no spaces in a query's list, and neither in a file's: commas and white space alike part them.
    words = [word for text in query.values.get("lexicon", ()) for word in text.replace(",", " ").split()]
    if len(words) > _MOST_WORDS:
        raise Problem(413, f"the lexicon has {len(words)} words; at most {_MOST_WORDS} are taken")
    reject = query.one("reject")
    return Asked(
        kind=kind,
        model=query.one("model") or None,
        lexicon=tuple(dict.fromkeys(words)),
        correct=query.one("correct") or None,
        propose=query.one("propose") or None,
        alternatives=_count(query.one("alternatives") or "0"),
        reject=None if reject is None else _share(reject),
        segmenter=query.one("segmenter") or None,
    )


def number_of(request: Request) -> int:
    """The page that a path names, from 1.

    Raises:
        Problem: it is none.
    """
    text = request.path_params["number"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise Problem(404, f"no page {text[:20]!r}; pages are numbered from 1")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= MOST_ALTERNATIVES):
        raise Problem(400, f"'alternatives' is {text[:40]!r}; expected 0 to {MOST_ALTERNATIVES}")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 < share < 1:
        raise Problem(400, f"'reject' is {text[:40]!r}; expected the share of wrong lines to stay below, as 0.05")
    return share
