"""Correctors for tests: words told in advance, and what they were asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocrkit.plugin.corrector_specs import Change, CorrectorSpec, LineReading
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.registry import Registry, load_registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class ToldOptions:
    before: str = "b"
    after: str = "c"


@dataclass(frozen=True)
class Told:
    """Writes one text for another wherever it stands; remembers what it was asked."""

    before: str
    after: str
    asked: list[LineReading] = field(default_factory=list)

    def correct(self, reading: LineReading) -> Sequence[Change]:
        self.asked.append(reading)
        found = re.finditer(re.escape(self.before), reading.text)
        return [Change(*match.span(), match[0], self.after, 2.5) for match in found]


@dataclass(frozen=True)
class Offering(Told):
    """Changes nothing, and offers what it was told, and a question mark."""

    def correct(self, reading: LineReading) -> Sequence[Change]:
        return []

    def propose(self, reading: LineReading) -> Sequence[Change]:
        changes = Told(self.before, self.after).correct(reading)
        return [
            one for change in changes for one in (change, Change(change.start, change.end, change.before, "?", -1.0))
        ]


TOLD = CorrectorSpec(
    "told", "One text for another.", ToldOptions, lambda charset, given: Told(given.before, given.after)
)
OFFERING = CorrectorSpec(
    "offering", "Only offers.", ToldOptions, lambda charset, given: Offering(given.before, given.after)
)


class Plugin:
    @hookimpl
    def ocrkit_correctors(self) -> Iterable[CorrectorSpec]:
        return (TOLD, OFFERING)


def registry() -> Registry:
    """The built-ins, and the correctors of this file."""
    found = load_registry("none")
    found.register(Plugin(), distribution="ocrkit-told", version="1")
    return found
