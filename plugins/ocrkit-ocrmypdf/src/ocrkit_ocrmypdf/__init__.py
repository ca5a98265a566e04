"""OCRmyPDF reads by ocrkit: its hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrmypdf import hookimpl

from ocrkit_ocrmypdf.engine import OcrkitEngine

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from ocrmypdf._options import OcrOptions

__all__ = ["OcrkitEngine", "add_options", "check_options", "get_ocr_engine"]

_NAME = "ocrkit"


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    """Name the engine, and what ocrkit may be told."""
    for action in parser._actions:  # OCRmyPDF lists its engines, and has no door for others
        if "--ocr-engine" in action.option_strings and action.choices is not None:
            action.choices = [*action.choices, _NAME]
    group = parser.add_argument_group("ocrkit", "How ocrkit reads")
    group.add_argument("--ocrkit-model", metavar="MODEL", help="an installed model's name, a run's folder, or a file")
    group.add_argument("--ocrkit-segmenter", metavar="NAME", help="what finds the lines: lines or bands")


@hookimpl
def check_options(options: OcrOptions) -> None:
    """Have ocrkit's own text laid on the pages, unless another renderer was asked for."""
    if _is_chosen(options) and options.pdf_renderer == "auto":
        # Of OCRmyPDF's ways this is the one that takes an engine's text as it is.
        options.pdf_renderer = "sandwich"


@hookimpl
def get_ocr_engine(options: OcrOptions | None) -> OcrkitEngine | None:
    """The engine, unless another one is asked for."""
    return OcrkitEngine() if options is None or _is_chosen(options) else None


def _is_chosen(options: OcrOptions) -> bool:
    return getattr(options, "ocr_engine", "auto") in ("auto", _NAME)
