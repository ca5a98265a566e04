"""Pages as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.layout.outputs.joining import joined, shown, unhyphenated
from ocrkit.layout.paragraphs import paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.records import Page, Region
    from ocrkit.layout.scan import ReadPage

__all__ = ["TextOptions", "render_text"]


@dataclass(frozen=True, slots=True)
class TextOptions:
    """How lines are set.

    Attributes:
        line_breaks: whether each line stands on one of its own; else each paragraph does.
        dehyphenate: whether words that a line's end cuts are put together.
        page_breaks: whether a form feed stands between pages; else an empty line.
    """

    line_breaks: bool = True
    dehyphenate: bool = False
    page_breaks: bool = True


def render_text(pages: Iterable[ReadPage], options: TextOptions) -> Iterator[bytes]:
    """Yield the text of each page, with an empty line between regions, and between paragraphs that are lines."""
    for number, (page, _) in enumerate(pages):
        text = _page(page, options)
        if options.page_breaks:
            yield _encoded("\f" * bool(number) + text)
        elif text:
            yield _encoded(text if number == 0 else f"\n{text}")


def _page(page: Page, options: TextOptions) -> str:
    parts = [part for region in page.regions for part in _parts(region, options) if part]
    return "\n\n".join(parts) + "\n" if parts else ""


def _parts(region: Region, options: TextOptions) -> Iterator[str]:
    if options.line_breaks:
        lines = [text for line in region.lines if (text := shown(line.text))]
        yield "\n".join(unhyphenated(lines) if options.dehyphenate else lines)
        return
    for paragraph in paragraphs_of(region):
        yield joined(filter(None, (shown(line.text) for line in paragraph)), dehyphenate=options.dehyphenate)


def _encoded(text: str) -> bytes:
    # Half a character can only be told by its escape.
    return text.encode(errors="backslashreplace")
