"""The output formats of pages that come with ocrkit, each imported when formats of pages are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.page_specs import PageRendererSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ocrkit_page_renderers"]


@hookimpl
def ocrkit_page_renderers() -> Iterator[PageRendererSpec]:
    """Plain text, JSON, what other programs read, PDFs to be searched, and a picture to look at."""
    yield from _texts()
    yield from _records()
    yield from _pictures()


def _texts() -> Iterator[PageRendererSpec]:
    from ocrkit.layout.outputs.markdown import MarkdownOptions, render_markdown
    from ocrkit.layout.outputs.text import TextOptions, render_text

    yield PageRendererSpec(
        name="text",
        summary="The text in the order of reading.",
        suffix=".txt",
        options=TextOptions,
        render=render_text,
    )
    yield PageRendererSpec(
        name="markdown",
        summary="Markdown: headings, paragraphs, verse, notes and tables.",
        suffix=".md",
        options=MarkdownOptions,
        render=render_markdown,
    )


def _records() -> Iterator[PageRendererSpec]:
    from ocrkit.layout.outputs.alto import AltoOptions, render_alto
    from ocrkit.layout.outputs.hocr import HocrOptions, render_hocr
    from ocrkit.layout.outputs.json import JsonOptions, render_json
    from ocrkit.layout.outputs.page import PageOptions, render_page
    from ocrkit.layout.outputs.tsv import TsvOptions, render_tsv

    yield PageRendererSpec(
        name="json",
        summary="All that is known of pages, regions, lines, words and characters.",
        suffix=".json",
        options=JsonOptions,
        render=render_json,
    )
    yield PageRendererSpec(
        name="tsv",
        summary="Tesseract's twelve columns: a row for each page, block, paragraph, line and word.",
        suffix=".tsv",
        options=TsvOptions,
        render=render_tsv,
    )
    yield PageRendererSpec(
        name="hocr",
        summary="hOCR, HTML with a place for each word, as OCRmyPDF and others read it.",
        suffix=".hocr",
        options=HocrOptions,
        render=render_hocr,
    )
    yield PageRendererSpec(
        name="alto",
        summary="ALTO XML 4.4, which libraries keep and eScriptorium reads; a file a page.",
        suffix=".xml",
        options=AltoOptions,
        render=render_alto,
        together=False,
    )
    yield PageRendererSpec(
        name="page",
        summary="PAGE XML of 2019-07-15, for eScriptorium, Transkribus and OCR-D; a file a page.",
        suffix=".xml",
        options=PageOptions,
        render=render_page,
        together=False,
    )


def _pictures() -> Iterator[PageRendererSpec]:
    from ocrkit.layout.outputs.overlay import OverlayOptions, render_overlay
    from ocrkit.layout.outputs.pdf import PdfOptions, render_pdf

    yield PageRendererSpec(
        name="overlay",
        summary="A picture of each page with its regions, lines, baselines and their order drawn over it.",
        suffix=".overlay.png",
        options=OverlayOptions,
        render=render_overlay,
        together=False,
    )
    yield PageRendererSpec(
        name="pdf",
        summary="The pictures of the pages, with their text behind them to be searched and copied.",
        suffix=".pdf",
        options=PdfOptions,
        render=render_pdf,
    )
