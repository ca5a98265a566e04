"""The records that pass between data sources, recognition and renderers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ocrkit.data.changes import original_text
from ocrkit.errors import ImageError, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.data.changes import Change
    from ocrkit.data.frame import Frame

__all__ = ["Alternative", "BadImage", "BadRow", "CharacterSpan", "Prediction", "Sample"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One image of a line or word, not yet opened, with its text where that is known.

    Attributes:
        name: what messages and outputs call it; a path where it has one.
        image: a file, or a function that makes the image (picklable, so that workers can call it).
        text: the label as its source spells it, or None.
        origin: where the label stands; None where ``name`` itself tells it. Given as a string, ``labels.tsv:17``, it
            is taken apart.
        group: the document, writer or page it belongs to, for splits; empty where unknown.
        lexicons: lists of words, by what they are called, of which its data says that one is the text.
    """

    name: str
    image: Path | Callable[[], Image]
    text: str | None = None
    origin: Origin | None = None
    group: str = ""
    lexicons: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False, hash=False)

    def __post_init__(self) -> None:
        if isinstance(self.origin, str):  # as a plugin may write it
            object.__setattr__(self, "origin", _origin_of(self.origin))


@dataclass(frozen=True, slots=True)
class BadImage:
    """An image that was left out.

    Attributes:
        name: what its sample is called.
        reason: what is wrong with it.
        origin: where its sample is listed, or None.
    """

    name: str
    reason: str
    origin: Origin | None = None

    def __str__(self) -> str:
        return str(ImageError(self.reason, self.name, self.origin))

    def to_dict(self) -> dict[str, object]:
        """What JSON says of it: its parts, with the origin's own beside the others."""
        origin = self.origin or Origin(self.name)
        return {"name": self.name, "reason": self.reason, "path": origin.path, "line": origin.line}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a data set that was left out: where it stands, and what is wrong with it.

    Attributes:
        path: the file that holds it.
        line: the line that it begins on, from 1; 0 where the format has no lines.
        kind: one word for what is wrong, such as ``empty-text``.
        reason: what is wrong, what would be right, and the way out.
        earlier: the line of an earlier row that it contradicts; 0 where there is none.
    """

    path: str
    line: int
    kind: str
    reason: str
    earlier: int = 0

    @property
    def origin(self) -> Origin:
        """Where it stands."""
        return Origin(self.path, self.line or None)


@dataclass(frozen=True, slots=True)
class CharacterSpan:
    """One label of a reading: its text, its pixels in the input image, and its probability.

    ``left`` and ``right`` are x pixels of the image set upright, half open; ``Prediction.frame`` tells where that is in
    the pixels of the file.
    """

    text: str
    left: int
    right: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of the same line, with its score in nats."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was read in one image.

    Attributes:
        name: the sample's name.
        text: the best reading; empty when nothing was read.
        score: what the decoder ranked by, in nats.
        confidence: the probability that ``text`` is what stands there, 0 to 1; calibrated where the model is.
        characters: where each label stands, and how sure it is.
        alternatives: further readings, best first, ``text`` itself not among them.
        rejected: whether there is no reading, because the decoder had no hypothesis at all, as an exhausted lexicon may
            not, or because ``confidence`` is below what was asked for; ``is_doubtful`` is the latter.
        error: why the image could not be opened, and so was not read; empty where it was.
        frame: the size of the image, upright, and the EXIF orientation by which it was turned; None where what was read
            is no image.
        note: what is odd about the image: ``blank`` where nothing can be seen in it, ``high`` where it is too high for
            one line, ``moving`` where it is the first of several frames; empty where nothing is.
        changes: what a corrector altered; ``text`` and ``characters`` are what came of it, while ``score``,
            ``confidence`` and ``alternatives`` are of what was read, as is where each change stands.
        proposals: what a corrector would offer to somebody who chooses: changes of ``text``, by their places there.
    """

    name: str
    text: str
    score: float
    confidence: float
    characters: tuple[CharacterSpan, ...] = ()
    alternatives: tuple[Alternative, ...] = field(default=())
    rejected: bool = False
    error: str = ""
    frame: Frame | None = None
    note: str = ""
    changes: tuple[Change, ...] = ()
    proposals: tuple[Change, ...] = ()

    @property
    def original(self) -> str:
        """The text as it was read, before any change."""
        return original_text(self.text, self.changes) if self.changes else self.text

    @property
    def is_doubtful(self) -> bool:
        """Whether it is rejected for its confidence."""
        return self.rejected and self.score > -math.inf

    def unless_below(self, threshold: float) -> Prediction:
        """The same, or where its confidence is below, one that is rejected and has no text."""
        if self.rejected or self.error or self.confidence >= threshold:
            return self
        return replace(self, text="", characters=(), alternatives=(), changes=(), proposals=(), rejected=True)


def _origin_of(text: str) -> Origin | None:
    path, colon, line = text.rpartition(":")
    if colon and path and line.isascii() and line.isdecimal():
        return Origin(path, int(line))
    return Origin(text) if text else None
