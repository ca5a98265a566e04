"""What a plugin yields to mend words: a corrector of lines as they were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ocrkit.data.changes import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.data.records import CharacterSpan
    from ocrkit.text.charset import Charset

__all__ = ["Change", "Corrector", "CorrectorSpec", "LineReading", "Proposer"]


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a corrector is given: a line as it was read.

    Attributes:
        text: the reading.
        characters: its labels in order, which spell ``text``; their confidences are calibrated where the model is.
            Empty where nothing is known but the text.
        frames: the frame at which each of ``characters`` stands; empty where ``log_probs`` is None.
        log_probs: (T, V) natural logs of this line's own frames, as the decoder was given them, to be left as they are;
            None where there are none, as for lines of a file of pages.
        ends_page_line: whether the line ends where a line of a page does, so that its last word may be broken there.
    """

    text: str
    characters: tuple[CharacterSpan, ...] = ()
    frames: tuple[int, ...] = ()
    log_probs: NDArray[np.float32] | None = None
    ends_page_line: bool = True


class Corrector(Protocol):
    """The role of what ``CorrectorSpec.build`` returns; several threads may call one at once."""

    def correct(self, reading: LineReading) -> Sequence[Change]:
        """The changes to make in a line, in order and without overlap; none where it should stay as it is."""
        ...


@runtime_checkable
class Proposer(Corrector, Protocol):
    """The role of a corrector that can also say what it would offer to somebody who chooses."""

    def propose(self, reading: LineReading) -> Sequence[Change]:
        """What may stand in a line instead, by place, the likelier first; several for one place where it may be."""
        ...


@dataclass(frozen=True, slots=True)
class CorrectorSpec:
    """A way to mend lines once they are read.

    Attributes:
        name: what ``--correct`` calls it.
        summary: one line for listings.
        options: a frozen dataclass whose fields, each with a default, are the options.
        build: makes the corrector for a charset from an instance of ``options``; raises ``OptionError`` for a value
            that it cannot use, or where it cannot do without one that was not given.
    """

    name: str
    summary: str
    options: type
    build: Callable[[Charset, Any], Corrector]
