"""Whether an output format takes every page there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocrkit.plugin.testing.defaults import default_options
from ocrkit.plugin.testing.page_samples import read_pages
from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.layout.scan import ReadPage
    from ocrkit.plugin.page_specs import PageRendererSpec

__all__ = ["check_page_renderer"]


def check_page_renderer(spec: PageRendererSpec, *, options: Any = None) -> None:
    """Check a format of pages on plain, empty, unread, failed and awkward ones, and, where it takes many, on none.

    Args:
        spec: the format.
        options: an instance of ``spec.options``; the defaults where None.

    Raises:
        PluginError: it fails, yields what is no bytes, or, being text, loses or reorders readings.
    """
    what = f"page renderer {spec.name!r}"
    require_summary(what, spec.summary)
    require(
        isinstance(spec.suffix, str) and spec.suffix.startswith("."),
        f"{what} has the suffix {spec.suffix!r}; expected one with its dot, such as '.xml'",
    )
    chosen = options if options is not None else default_options(what, spec.options)
    pages = read_pages()
    for page in pages:
        _rendered(what, spec, chosen, [page])
    if spec.together:
        _rendered(what, spec, chosen, [])
        _check_readings(what, _rendered(what, spec, chosen, pages))


def _rendered(what: str, spec: PageRendererSpec, options: Any, pages: Sequence[ReadPage]) -> bytes:
    which = f" {pages[0].page.image!r} {pages[0].page.number}" if len(pages) == 1 else f"s, {len(pages)} of them"
    # An iterator, since pages come in one by one and only once.
    with running(f"{what} on page{which}"):
        pieces = list(spec.render(iter(pages), options))
    for piece in pieces:
        require(isinstance(piece, bytes), f"{what} yields a {type(piece).__name__}; expected bytes")
    return b"".join(pieces)


def _check_readings(what: str, file: bytes) -> None:
    """Where the file is text that holds one of two readings, it holds both, in order."""
    try:
        text = file.decode()
    except UnicodeDecodeError:
        return
    if "cat" in text or "dog" in text:
        require("cat" in text, f"{what} leaves out the reading 'cat'")
        require("dog" in text, f"{what} leaves out the reading 'dog'")
        require(text.index("cat") < text.rindex("dog"), f"{what} puts the pages out of order")
