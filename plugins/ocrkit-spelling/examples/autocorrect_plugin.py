"""The corrector ``autocorrect``: every word as the package of that name (LGPL-3) spells it, whatever was seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit import Change, CorrectorSpec, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.plugin.corrector_specs import LineReading


@dataclass(frozen=True, slots=True)
class Options:
    """A language that the package knows."""

    language: str = "en"


class Autocorrect:
    """Changes each word that the package would write otherwise."""

    def __init__(self, language: str) -> None:
        """Load its words of a language."""
        from autocorrect import Speller

        self._spell = Speller(language).autocorrect_word

    def correct(self, reading: LineReading) -> list[Change]:
        """The words that it would write otherwise; it does not say by how much it thinks them likelier."""
        words = [(word, self._spell(word[0])) for word in re.finditer(r"[^\W\d_]+", reading.text)]
        return [Change(*word.span(), word[0], other, 0.0) for word, other in words if other != word[0]]


@hookimpl
def ocrkit_correctors() -> Iterator[CorrectorSpec]:
    """The corrector ``autocorrect``."""
    summary = "Words as the package autocorrect spells them."
    yield CorrectorSpec("autocorrect", summary, Options, lambda _, options: Autocorrect(options.language))
