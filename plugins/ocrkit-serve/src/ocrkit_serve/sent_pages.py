"""Pages in our JSON that somebody sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import DataError
from ocrkit.layout.reading.json import json_pages
from ocrkit_serve.problems import Problem

if TYPE_CHECKING:
    from ocrkit.layout.records import Page

__all__ = ["sent_pages"]

_EXPECTED = "send the JSON that /v1/pages answers with"


def sent_pages(body: bytes, most: int) -> list[Page]:
    """The pages, at least one and at most so many.

    Raises:
        Problem: the body is something else.
    """
    pages: list[Page] = []
    try:
        for page in json_pages(Path("the body"), body.decode("utf-8-sig")):
            pages.append(page)
            if len(pages) > most:
                raise Problem(413, f"the body has more than the {most} pages that are taken")
    except UnicodeDecodeError as error:
        raise Problem(400, f"the body is no UTF-8: {error.reason} at byte {error.start}", _EXPECTED) from error
    except DataError as error:
        raise Problem(400, f"the body: {error.reason}", _EXPECTED) from error
    except RecursionError as error:
        raise Problem(400, "the body is nested too deep", _EXPECTED) from error
    if not pages:
        raise Problem(400, "the body has no pages", _EXPECTED)
    return pages
