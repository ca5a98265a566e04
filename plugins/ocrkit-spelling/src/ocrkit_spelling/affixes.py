"""The affixes of a hunspell dictionary: which forms the flags of a word make of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Affixes"]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is taken from a word's end, or its beginning, what comes in its place, and which words it is for."""

    is_suffix: bool
    crosses: bool
    taken: str
    given: str
    suits: re.Pattern[str]

    def form(self, word: str) -> str | None:
        if not self.suits.search(word) or len(word) <= len(self.taken):
            return None
        if self.is_suffix:
            return word.removesuffix(self.taken) + self.given if word.endswith(self.taken) else None
        return self.given + word.removeprefix(self.taken) if word.startswith(self.taken) else None


@dataclass(frozen=True, slots=True)
class Affixes:
    """What an ``.aff`` file says of single affixes, a prefix with a suffix included; compounds are left out.

    Attributes:
        encoding: of the dictionary.
        flags: how its flags are written: ``short``, one character each, ``long``, two, or ``num``, numbers.

    Source: hunspell(5).
    """

    encoding: str = "ISO8859-1"
    flags: str = "short"
    _rules: dict[str, list[_Rule]] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, content: bytes) -> Affixes:
        """Read the bytes of an ``.aff`` file; what is not understood is passed over."""
        lines = [line.split() for line in content.decode("latin-1").splitlines()]
        told = {parts[0]: parts[1] for parts in reversed(lines) if len(parts) > 1}
        encoding, flags = told.get("SET", "ISO8859-1"), told.get("FLAG", "short")
        rules: dict[str, list[_Rule]] = {}
        crossing: dict[str, bool] = {}
        for line in content.decode(_known(encoding), "replace").splitlines():
            parts = line.split()
            if len(parts) < 4 or parts[0] not in ("SFX", "PFX"):
                continue
            key = parts[0] + parts[1]
            if key not in crossing:
                crossing[key] = parts[2] == "Y"
            else:
                rules.setdefault(parts[1], []).append(_rule(parts, crosses=crossing[key]))
        return cls(encoding, flags, rules)

    def forms(self, lines: Iterable[str]) -> list[str]:
        """The words of the lines of a dictionary, each followed by its forms."""
        found: list[str] = []
        for line in lines:
            word, _, flags = line.split("\t")[0].strip().partition("/")
            if word:
                found.append(word)
                if flags and self._rules:
                    found.extend(self._forms(word, self._split(flags.split(" ")[0])))
        return found

    def _forms(self, word: str, flags: list[str]) -> Iterator[str]:
        rules = [rule for flag in flags for rule in self._rules.get(flag, ())]
        for suffix in rules:
            if (form := suffix.form(word)) is None:
                continue
            yield form
            if suffix.is_suffix and suffix.crosses:
                for prefix in rules:
                    if not prefix.is_suffix and prefix.crosses and (both := prefix.form(form)) is not None:
                        yield both

    def _split(self, flags: str) -> list[str]:
        if self.flags == "num":
            return flags.split(",")
        width = 2 if self.flags == "long" else 1
        return [flags[place : place + width] for place in range(0, len(flags), width)]


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        return "latin-1"
    return encoding


def _rule(parts: list[str], *, crosses: bool) -> _Rule:
    kind, _, taken, given = parts[:4]
    condition = parts[4] if len(parts) > 4 else "."
    suffix = kind == "SFX"
    pattern = "".join(map(_pattern, re.findall(r"\[[^\]]+\]|.", condition)))
    given = given.split("/")[0]  # flags of affixes of the affix are left out
    return _Rule(
        suffix,
        crosses,
        "" if taken == "0" else taken,
        "" if given == "0" else given,
        re.compile(f"(?:{pattern})$" if suffix else f"^(?:{pattern})"),
    )


def _pattern(part: str) -> str:
    """A dot, letters in brackets, or what means itself, as a dash does between brackets."""
    if len(part) == 1:
        return part if part == "." else re.escape(part)
    letters = part[1:-1]
    if letters.startswith("^") and len(letters) > 1:
        return f"[^{re.escape(letters[1:])}]"
    return f"[{re.escape(letters)}]"
