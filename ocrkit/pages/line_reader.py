"""The role of what reads the lines of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.data.records import Prediction, Sample
    from ocrkit.reading_model import ReadingModel

__all__ = ["LineReader"]


class LineReader(Protocol):
    """What a ``PageReader`` asks of a recogniser: a ``Recognizer`` is one, and so is what has others read for it."""

    @property
    def model(self) -> ReadingModel:
        """What it reads with."""
        ...

    def read(self, images: Iterable[Sample], *, reject: float | None = None) -> Iterable[Prediction]:
        """What stands in each image, as ``Recognizer.read`` gives it."""
        ...
