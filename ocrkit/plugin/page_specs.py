"""What a plugin yields for pages: a way to find their lines, and formats that they are written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.layout.records import Direction, Layout
    from ocrkit.layout.scan import ReadPage

__all__ = ["PageRendererSpec", "Segmenter", "SegmenterSpec"]


class Segmenter(Protocol):
    """The role of what ``SegmenterSpec.build`` returns."""

    def segment(self, image: NDArray[np.uint8], *, direction: Direction = "ltr") -> Layout:
        """Find the lines of a page, in the order of reading; none on a page without text.

        Args:
            image: (H, W) grey, 255 for white, as the page was given, however it is turned; left as it is.
            direction: the way that the script runs, and so the columns.
        """
        ...


@dataclass(frozen=True, slots=True)
class SegmenterSpec:
    """A way to find the lines of a page.

    Attributes:
        name: what ``--segmenter`` calls it.
        summary: one line for listings.
        options: a frozen dataclass whose fields, each with a default, are the options. A field called ``weights`` is
            filled with the path of the segmentation model that the user named, or the installed one.
        build: makes the segmenter from an instance of ``options``; import torch in here, not above.
    """

    name: str
    summary: str
    options: type
    build: Callable[..., Segmenter]


@dataclass(frozen=True, slots=True)
class PageRendererSpec:
    """A format that pages are written in.

    Attributes:
        name: what ``--to`` calls it.
        summary: one line for listings.
        suffix: the usual ending of such a file, with its dot.
        options: a frozen dataclass whose fields, each with a default, are the options.
        render: yields a file's bytes piece by piece, from its pages as they come in and an instance of ``options``.
        together: whether one file holds all pages of a document; else each page is a file of its own.
    """

    name: str
    summary: str
    suffix: str
    options: type
    render: Callable[[Iterable[ReadPage], Any], Iterator[bytes]]
    together: bool = True
