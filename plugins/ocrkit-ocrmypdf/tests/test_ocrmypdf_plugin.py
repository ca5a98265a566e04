from __future__ import annotations

import re
import shutil
from types import SimpleNamespace

import pytest
from PIL import Image, ImageDraw

pytest.importorskip("ocrmypdf")
from typing import TYPE_CHECKING

import ocrkit_ocrmypdf
from ocrkit_ocrmypdf import OcrkitEngine, engine

from ocrkit.layout.records import Line, Page, Region
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.opening import open_scans

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "മലയാളം വായിക്കുന്നു"


def options(**given: object) -> SimpleNamespace:
    return SimpleNamespace(**{"ocr_engine": "auto", "pdf_renderer": "auto", "languages": ["mal"], **given})


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    image = Image.new("L", (850, 1100), 255)
    ImageDraw.Draw(image).rectangle((100, 80, 500, 110), fill=0)
    image.save(tmp_path / "page.png", dpi=(100, 100))
    return tmp_path / "page.png"


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that is known, in the place of a model's."""

    def read(input_file: Path, _: object) -> ReadPage:
        outline = ((100, 80), (500, 80), (500, 110), (100, 110))
        line = Line("l", ((100, 102), (500, 102)), outline, TEXT)
        page = Page(str(input_file), 850, 1100, (Region("r", outline, (line,)),), dpi=100)
        return ReadPage(page, next(open_scans([input_file])))

    monkeypatch.setattr(engine, "_read", read)


@pytest.mark.parametrize(("asked", "chosen"), [("auto", True), ("ocrkit", True), ("tesseract", False), ("none", False)])
def test_it_is_the_engine_unless_another_is_asked_for(asked: str, chosen: bool) -> None:
    assert (ocrkit_ocrmypdf.get_ocr_engine(options(ocr_engine=asked)) is not None) == chosen


@pytest.mark.parametrize(("asked", "renderer"), [("auto", "sandwich"), ("fpdf2", "fpdf2")])
def test_its_own_text_is_laid_unless_another_is_asked_for(asked: str, renderer: str) -> None:
    given = options(pdf_renderer=asked)

    ocrkit_ocrmypdf.check_options(given)

    assert given.pdf_renderer == renderer


def test_a_text_only_pdf_is_as_large_as_the_page(scan: Path, tmp_path: Path, reading: None) -> None:
    OcrkitEngine.generate_pdf(scan, tmp_path / "a.pdf", tmp_path / "a.txt", options())

    assert re.search(rb"/MediaBox \[0 0 612 792\]", (tmp_path / "a.pdf").read_bytes())
    assert (tmp_path / "a.txt").read_text("utf-8") == f"{TEXT}\n"


def test_hocr_is_written(scan: Path, tmp_path: Path, reading: None) -> None:
    OcrkitEngine.generate_hocr(scan, tmp_path / "a.hocr", tmp_path / "a.txt", options())

    assert "വായിക്കുന്നു" in (tmp_path / "a.hocr").read_text("utf-8")


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="OCRmyPDF asks for Tesseract, whoever reads")
def test_ocrmypdf_lays_the_text_on_the_page(scan: Path, tmp_path: Path, reading: None) -> None:
    import ocrmypdf
    import pypdfium2

    ocrmypdf.ocr(
        scan,
        tmp_path / "b.pdf",
        language=["mal"],
        output_type="pdf",
        use_threads=True,
        jobs=1,
        progress_bar=False,
        plugins=["ocrkit_ocrmypdf"],
    )

    page = pypdfium2.PdfDocument(tmp_path / "b.pdf")[0]
    assert page.get_textpage().get_text_range().strip() == TEXT


def test_a_language_takes_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = pytest.importorskip("ocrkit_models")

    assert installed
    assert engine._model_for(("mal", "eng")) == "malayalam"
    assert engine._model_for(("eng",)) == "english"
    assert engine._model_for(("xyz",)) is None
