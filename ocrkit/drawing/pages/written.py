"""Drawn pages on disk: a grey PNG of each, and beside it its lines as PAGE XML."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.data.workers import Workers
from ocrkit.data.writers.replacing import mark, replacing
from ocrkit.errors import DataError
from ocrkit.layout.outputs.page import page_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ocrkit.drawing.pages.records import DrawnPage

__all__ = ["write_pages"]

_NO_TIME = datetime.fromtimestamp(0, UTC)  # what is drawn twice is the same to the bit


def write_pages(
    pages: Sequence[DrawnPage],
    destination: Path,
    *,
    force: bool = False,
    workers: int = -1,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Draw pages and write them, in their order: ``page-00000.png``, ``page-00000.xml``, …; how many there are then.

    Args:
        pages: each is drawn when asked for, from its number alone; picklable as a whole.
        destination: the new folder, which appears when all of it is written.
        force: whether to replace what ocrkit wrote there before.
        workers: processes that draw; 0 draws in this one, -1 takes a process a core.
        progress: told of how many are done, of how many.
        stopped: asked between pages; once it says yes, what there is becomes the whole.

    Raises:
        DataError: the destination is there already, or cannot be written.
        OcrkitError: a page cannot be drawn.
    """
    total, written = len(pages), 0
    with (
        replacing(destination, force=force) as folder,
        Workers.opened(_Drawer(pages), count=workers, what="draws pages") as pool,
    ):
        folder.mkdir()
        for written, (name, png, xml) in enumerate(pool.map(range(total)), 1):
            (folder / f"{name}.png").write_bytes(png)
            (folder / f"{name}.xml").write_text(xml, encoding="utf-8")
            if progress is not None:
                progress(written, total)
            if stopped():
                break
        if not written:
            raise DataError("there is no page to write", destination)
        mark(folder, format="pages", count=written)
    return written


class _Drawer:
    """Draws the page of a number, and encodes it as it is written."""

    def __init__(self, pages: Sequence[DrawnPage]) -> None:
        self._pages = pages

    def __call__(self, index: int) -> tuple[str, bytes, str]:
        drawn = self._pages[index]
        name = f"page-{index:05d}"
        png = io.BytesIO()
        Image.fromarray(drawn.image).save(png, "PNG", compress_level=3)
        return name, png.getvalue(), page_xml(replace(drawn.page, image=f"{name}.png"), moment=_NO_TIME)
