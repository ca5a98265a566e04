"""The engine that OCRmyPDF asks: a page's picture in, text that lies on it out."""

from __future__ import annotations

import functools
import threading
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence

import ocrkit
from ocrkit.layout.outputs.hocr import HocrOptions, render_hocr
from ocrkit.layout.outputs.pdf import text_only_pdf
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.opening import open_scans

if TYPE_CHECKING:
    from pathlib import Path

    from ocrmypdf._options import OcrOptions

    from ocrkit.recognition import Recognizer

__all__ = ["OcrkitEngine"]

_MODELS = {"mal": "malayalam", "eng": "english"}

# OCRmyPDF asks from several threads, where it does not start processes.
_lock = threading.Lock()


class OcrkitEngine(OcrEngine):
    """Reads pages by ocrkit."""

    @staticmethod
    def version() -> str:
        """Ocrkit's version."""
        return version("ocrkit")

    @staticmethod
    def creator_tag(options: OcrOptions) -> str:
        """What the PDF says of who made its text."""
        del options
        return f"ocrkit {version('ocrkit')}"

    def __str__(self) -> str:
        return f"ocrkit {version('ocrkit')}"

    @staticmethod
    def languages(options: OcrOptions) -> set[str]:
        """None, by which OCRmyPDF takes any: a model reads what it was taught, however that is called."""
        del options
        return set()

    @staticmethod
    def get_orientation(input_file: Path, options: OcrOptions) -> OrientationConfidence:
        """Nothing: pages on their side are read as they lie."""
        del input_file, options
        return OrientationConfidence(angle=0, confidence=0.0)

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: OcrOptions) -> None:
        """Write a PDF of a page's text alone, as large as the page, and the text."""
        page, _ = _read(input_file, options)
        output_pdf.write_bytes(text_only_pdf([page]))
        output_text.write_text(f"{page.text}\n", encoding="utf-8")

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: OcrOptions) -> None:
        """Write a page's text as hOCR, and plain."""
        read = _read(input_file, options)
        output_hocr.write_bytes(b"".join(render_hocr([read], HocrOptions())))
        output_text.write_text(f"{read.page.text}\n", encoding="utf-8")


def _read(input_file: Path, options: OcrOptions) -> ReadPage:
    """A page as it lies, whichever way its text runs."""
    model = getattr(options, "ocrkit_model", None) or _model_for(tuple(options.languages))
    segmenter = getattr(options, "ocrkit_segmenter", None)
    with _lock:
        pages = ocrkit.read_pages([input_file], model=_recognizer(model), segmenter=segmenter, errors="raise")
        page = next(iter(pages))
    return ReadPage(replace(page, rotation=0, languages=()), next(open_scans([input_file])))


def _model_for(languages: tuple[str, ...]) -> str | None:
    """The first language's model, where one is installed."""
    from ocrkit.model_files import installed_models

    named = next((_MODELS[language] for language in languages if language in _MODELS), None)
    return named if named in installed_models() else None


@functools.cache
def _recognizer(model: str | None) -> Recognizer:
    return ocrkit.Recognizer.load(model)
