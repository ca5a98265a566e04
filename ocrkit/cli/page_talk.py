"""What ``ocrkit read`` says of pages as they go by, and at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.cli.progress import Stages
    from ocrkit.layout.scan import ReadPage
    from ocrkit.pages.reader import PageReader

__all__ = ["PageTalk"]

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

        if self.empty:
            where = self.empty[0] if len(self.empty) == 1 else f"{len(self.empty)} pages, such as {self.empty[0]}"
            say(f"note: {where}: no lines of text were found")
        if reader.left_out:
            say(f"left out {_lines(reader.left_out)} in which nothing could be read")
        if reader.unread:
            asked = "" if reject is None else f", as --reject {reject:g} asks for surer readings"
            say(f"{_lines(reader.unread)} of {reader.lines} have no reading{asked}")
        if self.bad:
            say(f"{self.bad} of {self.done} pages could not be opened")


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
