"""The formats that answers are written in: by ``to``, else by what the client accepts, else JSON."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from ocrkit.errors import UnknownNameError
from ocrkit.pages.formats import choose_formats
from ocrkit.plugin.registry import default_registry
from ocrkit_serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.scan import ReadPage
    from ocrkit.pages.writing import PageFormat
    from ocrkit.plugin.registry import Registry

__all__ = ["DEFAULT", "MEDIA_TYPES", "Format", "Formats"]

DEFAULT = "json"
# In the order in which a client that accepts several, or a whole kind, is served.
MEDIA_TYPES = {
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "hocr": "text/vnd.hocr+html; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "alto": "application/xml",
    "page": "application/vnd.prima.page+xml",
    "pdf": "application/pdf",
    "overlay": "image/png",
}
_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Format:
    """A format, and what HTTP calls it.

    Attributes:
        name: as ``to`` has it.
        media_type: of a file.
        chosen: what writes it.
    """

    name: str
    media_type: str
    chosen: PageFormat

    def holds(self, pages: int) -> bool:
        """Whether one file holds so many pages; else they go into a ZIP archive, a file a page."""
        return pages == 1 or self.chosen.spec.together

    def media_type_of(self, pages: int) -> str:
        """What HTTP calls a file of so many pages."""
        return self.media_type if self.holds(pages) else "application/zip"

    def disposition(self, name: str, pages: int) -> str:
        """``Content-Disposition`` for pages of a file of that name: to be saved, and never to be shown as a page."""
        ending = self.chosen.spec.suffix if self.holds(pages) else ".zip"
        stem = name.rpartition(".")[0] or name or "page"
        plain = "".join(each if each.isascii() and (each.isalnum() or each in "-_. ") else "_" for each in stem)
        return f"attachment; filename=\"{plain}{ending}\"; filename*=UTF-8''{quote(stem + ending, safe='')}"

    def write(self, pages: Iterable[ReadPage], count: int, file: IO[bytes]) -> None:
        """Write so many pages to a file, one by one."""
        if self.holds(count):
            for piece in self.chosen.render(iter(pages)):
                file.write(piece)
            return
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, read in enumerate(pages, 1):
                with archive.open(f"page-{number:04d}{self.chosen.spec.suffix}", "w", force_zip64=True) as member:
                    for piece in self.chosen.render(iter([read])):
                        member.write(piece)


class Formats:
    """The formats that plugins offer."""

    def __init__(self, registry: Registry | None = None) -> None:
        self._registry = registry or default_registry()
        offered = list(dict.fromkeys(offer.name for offer in self._registry.page_renderers()))
        self.names = [*(name for name in MEDIA_TYPES if name in offered), *(n for n in offered if n not in MEDIA_TYPES)]

    def choose(self, to: str | None, accept: str | None) -> Format:
        """The format that ``to`` names, else the first that ``Accept`` likes best.

        Raises:
            Problem: there is no such format, or none that would be accepted.
        """
        name = to or self._accepted(accept or "*/*")
        try:
            [chosen] = choose_formats([name], registry=self._registry)
        except UnknownNameError as error:
            raise Problem(400, f"{error}"[:500], "leave out 'to', or take one of: " + ", ".join(self.names)) from error
        return Format(name, MEDIA_TYPES.get(name, _UNKNOWN), chosen)

    def _accepted(self, accept: str) -> str:
        liked = sorted(_ranges(accept), key=lambda each: -each[1])
        refused = {kind for kind, quality in liked if quality == 0}
        for kind, quality in liked:
            if quality > 0:
                for name in self.names:
                    own = MEDIA_TYPES.get(name, _UNKNOWN).partition(";")[0]
                    if own not in refused and _fits(kind, own):
                        return name
        wanted = "take another, or leave it out and say the format with ?to=" + "|".join(self.names)
        raise Problem(406, f"nothing is written as Accept asks: {accept[:100]!r}", wanted)


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """The media types of an ``Accept``, and how much each is liked."""
    for part in accept.split(",")[:50]:
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            yield kind, min(1.0, max(0.0, float(quality)))
        except ValueError:
            yield kind, 1.0


def _fits(wanted: str, own: str) -> bool:
    return wanted in ("*/*", own, own.partition("/")[0] + "/*")
