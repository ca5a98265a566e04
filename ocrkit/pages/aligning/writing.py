"""Aligned pages written: their lines cut out, in a format of labelled lines, or files of the pages themselves."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Protocol

from ocrkit.data.records import Sample
from ocrkit.data.writers import FORMATS, encode, replacing
from ocrkit.errors import UnknownNameError, unknown_name
from ocrkit.layout.scan import ReadPage
from ocrkit.plugin.registry import default_registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ocrkit.data.writers import Writer
    from ocrkit.pages.aligning.aligner import AlignedPage
    from ocrkit.pages.writing import PageWriter
    from ocrkit.plugin.registry import Registry

__all__ = ["AlignedWriter", "writing_aligned"]

_LINES_A_PAGE = 100  # about, which gives the width of the numbers in names


class AlignedWriter(Protocol):
    """The role of what writes aligned pages."""

    def add(self, aligned: AlignedPage) -> None:
        """Write a page."""
        ...


def writing_aligned(
    output: Path,
    to: str,
    *,
    pages: int | None = None,
    force: bool = False,
    source: Path | None = None,
    registry: Registry | None = None,
) -> AbstractContextManager[AlignedWriter]:
    """What writes pages as they are aligned.

    Args:
        output: the folder, or file, to write. Labelled lines appear there when all of them are written, or not at all.
        to: a format of labelled lines, which get the lines that have a text, or one of pages.
        pages: how many come at most, where that is known.
        force: whether to replace labelled lines that ocrkit wrote there before.
        source: where the pages come from, which is never replaced.
        registry: knows formats of pages; None for the default one.

    Raises:
        UnknownNameError: there is no such format.
        DataError: the output is there already.
    """
    if to in FORMATS:
        return _lines(output, to, (pages or _LINES_A_PAGE) * _LINES_A_PAGE, force, source)
    registry = registry or default_registry()
    known = [offer.name for offer in registry.page_renderers()]
    if to not in known:
        raise UnknownNameError(unknown_name("format", to, [*FORMATS, *known]))
    return _pages(output, to)


@contextmanager
def _lines(output: Path, to: str, count: int, force: bool, source: Path | None) -> Iterator[AlignedWriter]:
    spec = FORMATS[to]
    with (
        replacing(output, force=force, source=source, is_file=spec.is_file) as path,
        closing(spec.open(path, count)) as writer,
    ):
        yield _Lines(writer)
        writer.finish()


class _Lines:
    """Cuts out the lines that have a text."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def add(self, aligned: AlignedPage) -> None:
        name = aligned.scan.name
        for each in aligned.lines:
            if each.line.text and each.picture is not None:
                # Who encodes an image closes it.
                sample = Sample(f"{name}-{each.line.id}.png", each.picture.copy, each.line.text, group=name)
                self._writer.add(encode(sample))


@contextmanager
def _pages(output: Path, to: str) -> Iterator[AlignedWriter]:
    from ocrkit.pages.formats import choose_formats
    from ocrkit.pages.writing import PageWriter

    with PageWriter(choose_formats([to], {}), output) as writer:
        yield _Pages(writer)


class _Pages:
    """Hands pages on."""

    def __init__(self, writer: PageWriter) -> None:
        self._writer = writer

    def add(self, aligned: AlignedPage) -> None:
        self._writer.take(ReadPage(aligned.page, aligned.scan))
