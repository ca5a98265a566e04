"""Pages as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.scan import ReadPage

__all__ = ["TextOptions", "render_text"]


@dataclass(frozen=True, slots=True)
class TextOptions:
    """None yet."""


def render_text(pages: Iterable[ReadPage], options: TextOptions) -> Iterator[bytes]:
    """Yield a line a line, an empty one between regions, and a form feed between pages."""
    del options
    for number, (page, _) in enumerate(pages):
        text = "\f" * bool(number) + page.text
        yield f"{text}\n".encode(errors="backslashreplace")
