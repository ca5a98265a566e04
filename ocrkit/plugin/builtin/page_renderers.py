"""The output formats of pages that come with ocrkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.layout.outputs.json import JsonOptions, render_json
from ocrkit.layout.outputs.overlay import OverlayOptions, render_overlay
from ocrkit.layout.outputs.page import PageOptions, render_page
from ocrkit.layout.outputs.text import TextOptions, render_text
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.page_specs import PageRendererSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ocrkit_page_renderers"]


@hookimpl
def ocrkit_page_renderers() -> Iterator[PageRendererSpec]:
    """Plain text, JSON, what other programs read, and a picture to look at."""
    yield PageRendererSpec(
        name="text",
        summary="The text in the order of reading.",
        suffix=".txt",
        options=TextOptions,
        render=render_text,
    )
    yield PageRendererSpec(
        name="json",
        summary="All that is known of pages, regions, lines, words and characters.",
        suffix=".json",
        options=JsonOptions,
        render=render_json,
    )
    yield PageRendererSpec(
        name="page",
        summary="PAGE XML of 2019-07-15, for eScriptorium, Transkribus and OCR-D; a file a page.",
        suffix=".xml",
        options=PageOptions,
        render=render_page,
        together=False,
    )
    yield PageRendererSpec(
        name="overlay",
        summary="A picture of each page with its regions, lines, baselines and their order drawn over it.",
        suffix=".overlay.png",
        options=OverlayOptions,
        render=render_overlay,
        together=False,
    )
