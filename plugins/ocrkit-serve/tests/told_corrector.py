"""A corrector for tests, which changes one word that it is told, and the registry that knows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit import hookimpl
from ocrkit.plugin.corrector_specs import Change, CorrectorSpec
from ocrkit.plugin.registry import Registry, load_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocrkit.plugin.corrector_specs import LineReading


@dataclass(frozen=True)
class Options:
    before: str = "wer"
    after: str = "war"


@dataclass(frozen=True)
class Told:
    options: Options

    def correct(self, reading: LineReading) -> Sequence[Change]:
        found = re.finditer(re.escape(self.options.before), reading.text)
        gain = 1.0 if reading.log_probs is None else 2.0  # so that it shows what it was given
        return [Change(*match.span(), match[0], self.options.after, gain) for match in found]


class Plugin:
    @hookimpl
    def ocrkit_correctors(self) -> Iterator[CorrectorSpec]:
        yield CorrectorSpec("told", "One word for another.", Options, lambda _, options: Told(options))


def registry() -> Registry:
    """What is installed, and the corrector."""
    found = load_registry()
    found.register(Plugin(), distribution="ocrkit-told", version="1")
    return found
