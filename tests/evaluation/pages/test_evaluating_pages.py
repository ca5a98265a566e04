"""Whole pages of bars found and read, beside what is true of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import bars
import pytest
from held_pages import page_of_bars

from ocrkit.errors import DataError
from ocrkit.evaluation.pages import evaluate_pages, true_pages
from ocrkit.layout.outputs.page import PageOptions, page_xml
from ocrkit.layout.records import Layout, Page
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.layout.scan import Scan
    from ocrkit.pages.reader import FindLines


def write_page(folder: Path, name: str, texts: list[str]) -> Layout:
    """A page of bars and its PAGE file; gives its layout."""
    image, layout = page_of_bars(texts)
    folder.mkdir(exist_ok=True)
    image.save(folder / f"{name}.png")
    [region] = layout.regions
    lines = tuple(replace(line, text=text) for line, text in zip(region.lines, texts, strict=True))
    page = Page(f"{name}.png", *image.size, regions=(replace(region, lines=lines),))
    (folder / f"{name}.xml").write_text(page_xml(page, PageOptions()), "utf-8")
    return layout


def all_lines(layout: Layout) -> FindLines:
    return lambda scan, grey: layout


def first_lines(layout: Layout, count: int) -> FindLines:
    """Finds a few of a page's lines."""
    [region] = layout.regions

    def find(scan: Scan, grey: Image) -> Layout:
        return Layout((replace(region, lines=region.lines[:count]),))

    return find


def test_a_page_whose_lines_are_all_found_is_read_as_its_true_lines_are(tmp_path: Path) -> None:
    layout = write_page(tmp_path, "one", ["ab", "ca"])

    result = evaluate_pages(true_pages([tmp_path]), all_lines(layout), Recognizer(bars.reader()))

    [page] = result.pages
    assert (page.name, page.scores.f(0.9), result.bad) == ("one.xml", 1.0, ())
    assert page.scores.text == page.given
    assert page.given is not None
    assert (page.given.cer, page.given.line_cer, page.given.characters) == (0.0, 0.0, 5)


def test_what_finding_lines_costs_is_the_difference_to_the_true_lines(tmp_path: Path) -> None:
    layout = write_page(tmp_path, "one", ["ab", "ca", "bb", "c"])

    result = evaluate_pages(true_pages([tmp_path]), first_lines(layout, 2), Recognizer(bars.reader()))

    # Lines of 2, 2, 2 and 1 letters with three spaces between; the last two lines and a space before each are missing.
    assert result.scores.text is not None
    assert result.scores.text.cer == pytest.approx(5 / 10)
    assert result.scores.text.line_cer == pytest.approx(3 / 7)
    assert result.given is not None
    assert result.given.cer == 0.0
    assert result.recall_interval[0] < 0.5 < result.recall_interval[1]


def test_without_a_model_lines_are_found_alone(tmp_path: Path) -> None:
    layout = write_page(tmp_path, "one", ["ab", "ca"])

    result = evaluate_pages(true_pages([tmp_path]), all_lines(layout))

    assert (result.scores.f(0.5), result.scores.text, result.given) == (1.0, None, None)
    assert result.to_dict()["true_lines_read"] is None


def test_pages_that_cannot_be_opened_are_named_and_left_out(tmp_path: Path) -> None:
    layout = write_page(tmp_path, "good", ["ab"])
    write_page(tmp_path, "lost", ["ab"])
    (tmp_path / "lost.png").unlink()
    (tmp_path / "torn.xml").write_text("<PcGts><Page", "utf-8")

    result = evaluate_pages(true_pages([tmp_path]), all_lines(layout))

    assert [page.name for page in result.pages] == ["good.xml"]
    assert [bad.name.split("/")[-1].split(":")[0] for bad in result.bad] == ["lost.xml", "torn.xml"]
    assert "lost.png" in result.bad[0].reason


def test_pages_of_which_none_can_be_opened_are_an_error(tmp_path: Path) -> None:
    layout = write_page(tmp_path, "one", ["ab"])
    (tmp_path / "one.png").unlink()

    with pytest.raises(DataError, match="none of the 1 pages can be scored; first: "):
        evaluate_pages(true_pages([tmp_path]), all_lines(layout))


def test_a_place_without_pages_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no PAGE or ALTO file in it; expected them beside their images"):
        true_pages([tmp_path])
    with pytest.raises(DataError, match="there is nothing here; expected a folder of images with PAGE or ALTO files"):
        true_pages([tmp_path / "nowhere"])
