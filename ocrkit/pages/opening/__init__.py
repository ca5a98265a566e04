"""Pages opened: image files of any kind, the pages of TIFFs and PDFs, and pictures that a program holds."""

from ocrkit.pages.opening.numbers import PageNumbers
from ocrkit.pages.opening.picture import MAX_PAGE_PIXELS
from ocrkit.pages.opening.scans import GivenPage, GivenPages, Scans, open_scans, pages_held

__all__ = ["MAX_PAGE_PIXELS", "GivenPage", "GivenPages", "PageNumbers", "Scans", "open_scans", "pages_held"]
