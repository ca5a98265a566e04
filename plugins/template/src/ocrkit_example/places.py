"""An output format of pages: pages in, a file's bytes out, piece by piece as pages come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.records import Line
    from ocrkit.layout.scan import ReadPage


@dataclass(frozen=True, slots=True)
class PlacesOptions:
    """The format's options, each with a default."""

    unread: bool = False


def render(pages: Iterable[ReadPage], options: PlacesOptions) -> Iterator[bytes]:
    """A line of text for each line of a page: its page's number, its middle, what it says."""
    for read in pages:
        if read.page.error:  # it could not be opened, and has no lines
            continue
        for line in read.page.lines:
            if line.text is not None or options.unread:
                yield f"{read.page.number} {_middle(line)} {line.text or ''}\n".encode(errors="replace")


def _middle(line: Line) -> str:
    xs, ys = zip(*line.outline, strict=True)
    return f"{(min(xs) + max(xs)) // 2},{(min(ys) + max(ys)) // 2}"
