"""How texts and readings are compared in an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.plugin.registry import default_registry
from ocrkit.text.folding import FoldedAlphabet
from ocrkit.text.metrics import akshara_edits, comparable, count_errors, edited_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.text.charset import Charset
    from ocrkit.text.metrics import ErrorCounts
    from ocrkit.text.scripts import Script

__all__ = ["Comparison"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What makes two texts equal.

    Attributes:
        charset: whose normal form and rewrites apply.
        ignore_case: whether case matters not.
        alphanumeric: whether only letters A-Z, a-z and digits 0-9 matter.
    """

    charset: Charset
    ignore_case: bool = False
    alphanumeric: bool = False

    def __call__(self, text: str) -> str:
        """A text as it is compared."""
        return comparable(text, self.charset, ignore_case=self.ignore_case, alphanumeric=self.alphanumeric)

    @property
    def alphabet(self) -> FoldedAlphabet:
        """The charset's labels as they are compared."""
        return FoldedAlphabet.of(self.charset, ignore_case=self.ignore_case, alphanumeric=self.alphanumeric)

    def akshara_edits(self, reference: str, read: str) -> list[tuple[str, str]]:
        """The edits of aksharas that turn a reference into a reading: what stood there, and what came."""
        return akshara_edits(self(reference), self(read), _scripts())

    def edited_parts(self, reference: str, read: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The characters that those edits concern, of the reference and of the reading as they are compared."""
        return edited_parts(self(reference), self(read), _scripts())

    def errors(self, pairs: Iterable[tuple[str, str]]) -> ErrorCounts:
        """The errors of (reference, read) pairs."""
        return count_errors(
            pairs, self.charset, ignore_case=self.ignore_case, alphanumeric=self.alphanumeric, scripts=_scripts()
        )


def _scripts() -> list[Script]:
    return [offer.value for offer in default_registry().scripts()]
