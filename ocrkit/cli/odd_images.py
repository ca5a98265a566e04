"""Images that were read and are odd, named on stderr: each, or in sum where there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.visibility import BLANK, HIGH, MOVING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.data.records import Prediction

__all__ = ["OddImages"]

_NAMED = 3  # images of one kind that are named one by one

_ONE = {
    BLANK: "nothing can be seen in it",
    HIGH: "it is high for one line of text; expected a line, so cut those of a page apart first",
    MOVING: "it moves, and the first of its frames was read",
}
_MANY = {
    BLANK: "nothing can be seen in them",
    HIGH: "they are high for one line of text; expected lines, so cut those of a page apart first",
    MOVING: "they move, and the first of each one's frames was read",
}


class OddImages:
    """Takes readings, and tells at the end what was odd about their images."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {kind: [] for kind in _ONE}
        self._counts = dict.fromkeys(_ONE, 0)

    def watch(self, readings: Iterable[Prediction]) -> Iterator[Prediction]:
        """The readings, as they come."""
        for reading in readings:
            if reading.note in _ONE:
                self._counts[reading.note] += 1
                if len(self._names[reading.note]) < _NAMED:
                    self._names[reading.note].append(reading.name)
            yield reading

    def report(self) -> None:
        """Say what was odd, if anything was."""
        from ocrkit.cli.progress import say

        for kind, names in self._names.items():
            count = self._counts[kind]
            if count <= _NAMED:
                for name in names:
                    say(f"note: {name}: {_ONE[kind]}")
            else:
                say(f"note: {count} images, such as {names[0]}: {_MANY[kind]}")
