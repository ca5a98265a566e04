"""The process that writes pages that somebody sent: what it may take is bounded, and its end harms nothing else.

It is given open files: the pages on stdin, the format's file on stdout, and the document that the pages are of. The
last line of its stderr says in JSON what came of it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from ocrkit.errors import ImageError, OcrkitError
from ocrkit.layout.scan import ReadPage
from ocrkit_serve.bounds import allow_seconds, bound, take_only
from ocrkit_serve.formats import Formats
from ocrkit_serve.problems import Problem
from ocrkit_serve.sent_pages import sent_pages

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import Scan

__all__ = ["main"]


def main() -> None:
    """Write the pages: ``python -m ocrkit_serve.rendering_process OPTIONS``."""
    options = json.loads(sys.argv[1])
    take_only(options["formats"])
    bound(options["memory"], options["file_bytes"])
    allow_seconds(options["seconds"])
    print(json.dumps(_outcome(options)), file=sys.stderr, flush=True)
    os._exit(0)  # without the time that libraries take to put away what ends anyway


def _outcome(options: dict[str, Any]) -> dict[str, object]:
    try:
        return _written(options)
    except Problem as problem:
        return {"refused": [problem.status, problem.reason, problem.way_out]}
    except OcrkitError as error:
        told = f"format {options['to']!r} cannot be written: {error}"[:500]
        return {"refused": [422, told, "take another format"]}
    except MemoryError:
        return {"refused": [413, "the pages take more memory than is given to them", "send fewer at a time"]}
    except Exception as error:  # of any kind, over pages that are made to harm
        told = f"the pages cannot be written in format {options['to']!r} ({type(error).__name__})"
        return {"refused": [422, told, "see that regions, lines and words have outlines on the page"]}


def _written(options: dict[str, Any]) -> dict[str, object]:
    pages = sent_pages(sys.stdin.buffer.read(), options["most_pages"])
    to = Formats().choose(options["to"], None)
    scans = None if options["upload"] is None else _scans(options["upload"])
    reads = (ReadPage(page, _scan(page, scans, options["most_pixels"])) for page in pages)
    to.write(reads, len(pages), sys.stdout.buffer)
    sys.stdout.buffer.flush()
    return {"count": len(pages), "name": pages[0].image}


def _scans(file: int) -> dict[int, Scan]:
    """The pages of a document by their numbers."""
    from ocrkit.pages.opening import open_scans

    with os.fdopen(file, "rb") as opened:
        return {scan.number: scan for scan in open_scans(opened.read())}


def _scan(page: Page, scans: dict[int, Scan] | None, most_pixels: int) -> Scan:
    """The picture of a page, its pixels counted before they are decoded; one that refuses where there is none."""
    if scans is None:
        return _NoPicture(page)
    scan = scans.get(page.number)
    if scan is None:
        raise Problem(422, f"the document of the job has no page {page.number}", "send the pages as they were read")
    width, height = scan.size()  # type: ignore[attr-defined] # all scans of files have it
    if width * height > most_pixels:
        raise Problem(413, f"page {page.number} has {width}x{height} px; expected at most {most_pixels} in all")
    return scan


class _NoPicture:
    """The place of a picture that nobody has."""

    def __init__(self, page: Page) -> None:
        self.name = page.image
        self.path: Path | None = None
        self.number = page.number
        self.dpi = page.dpi

    def image(self) -> Image:
        raise ImageError(f"there is no picture of {self.name!r}; name the job that read it")

    def jpeg(self) -> bytes | None:
        return None


if __name__ == "__main__":
    main()
