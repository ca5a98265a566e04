"""Formats of which a file holds one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import ReadPage

__all__ = ["only_page"]


def only_page(pages: Iterable[ReadPage], what: str) -> Page:
    """The page of a file.

    Raises:
        OptionError: there is none, or another one.
    """
    given = iter(pages)
    first, second = next(given, None), next(given, None)
    if first is None or second is not None:
        raise OptionError(
            f"{'no page' if first is None else 'several pages'} for a file of {what}; expected one a file"
        )
    return first.page
