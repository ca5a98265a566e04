"""What ``ocrkit read`` says of pages as they go by, and at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.cli.progress import Stages
    from ocrkit.layout.scan import ReadPage
    from ocrkit.pages.reader import PageReader

__all__ = ["PageTalk", "tell_of_lines"]

_STAGE = "reading"


@dataclass(slots=True)
class PageTalk:
    """Counts pages as they go by, and names those that cannot be opened.

    Attributes:
        total: how many pages there are; None where nobody knows.
    """

    total: int | None
    done: int = 0
    bad: int = 0
    lines: int = 0
    empty: list[str] = field(default_factory=list)

    def good(self, pages: Iterable[ReadPage], stages: Stages | None) -> Iterator[ReadPage]:
        """The pages that could be opened."""
        from ocrkit.cli.notes import say
        from ocrkit.data.records import BadImage

        for read in pages:
            self.done += 1
            if read.page.error:
                self.bad += 1
                say(f"left out {BadImage(read.scan.name, read.page.error)}")
            else:
                count = sum(1 for _ in read.page.lines)
                self.lines += count
                if count == 0:
                    self.empty.append(read.scan.name)
            if stages is not None:
                stages.update(_STAGE, self.done, self.total, f"{self.lines} lines")
            if not read.page.error:
                yield read

    def report(self, reader: PageReader, reject: float | None) -> None:
        """Say what is odd about what was read, if anything is."""
        from ocrkit.cli.notes import say

        tell_of_lines(
            self.empty[0] if self.empty else "", len(self.empty), reader.left_out, reader.unread, reader.lines, reject
        )
        if self.bad:
            say(f"{self.bad} of {self.done} pages could not be opened")


def tell_of_lines(first_empty: str, empty: int, left_out: int, unread: int, lines: int, reject: float | None) -> None:
    """Say of which pages no line was found, and of which lines nothing came, if there are any.

    Args:
        first_empty: the first page without a line, and
        empty: how many there are.
        left_out: lines in which nothing could be read.
        unread: lines that have no reading, and
        lines: of how many.
        reject: the share of wrong readings that was asked for.
    """
    from ocrkit.cli.notes import say

    if empty:
        where = first_empty if empty == 1 else f"{empty} pages, such as {first_empty}"
        say(f"note: {where}: no lines of text were found")
    if left_out:
        say(f"left out {_lines(left_out)} in which nothing could be read")
    if unread:
        asked = "" if reject is None else f", as --reject {reject:g} asks for surer readings"
        say(f"{_lines(unread)} of {lines} have no reading{asked}")


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
