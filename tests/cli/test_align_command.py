"""``ocrkit align``: pages of bars and their text, on lines that files beside them tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from held_pages import page_of_bars

from ocrkit.layout.outputs.page import PageOptions, page_xml
from ocrkit.layout.reading import read_layout
from ocrkit.layout.records import Page

if TYPE_CHECKING:
    from command import RunOcrkit

OPTIONS = ("-m", "m.safetensors", "--layout", "layouts")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model, two pages, their layouts and texts."""
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    for folder in ("scans", "layouts", "texts"):
        Path(folder).mkdir()
    for name, lines in {"one": ["abc", "ca"], "two": ["bb", "caca"]}.items():
        image, layout = page_of_bars(lines)
        image.save(f"scans/{name}.png")
        page = Page(f"{name}.png", *image.size, regions=layout.regions)
        Path(f"layouts/{name}.xml").write_text(page_xml(page, PageOptions()), "utf-8")
        Path(f"texts/{name}.txt").write_text(" ".join(lines), "utf-8")
    return tmp_path


def test_lines_become_labelled_images(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("align", "scans", "texts", "-o", "lines", *OPTIONS)

    assert (ran.code, ran.out) == (0, "lines\n")
    assert "4 of 4 lines have their text; 0 got none, and 0 are not sure enough (--min-confidence 0.02)" in ran.err
    rows = [row.split("\t") for row in Path("lines/labels.tsv").read_text("utf-8").splitlines()]
    assert [row[1] for row in rows if row[1] != "text"] == ["abc", "ca", "bb", "caca"]
    assert all(Path("lines", row[0]).is_file() for row in rows if row[1] != "text")


def test_what_was_aligned_can_be_read_as_it_stands_there(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("align", "scans", "texts", "-o", "lines", *OPTIONS)

    ran = run_ocrkit("evaluate", "lines", "-m", "m.safetensors", "--json")

    assert json.loads(ran.out)["count"] == 4
    assert json.loads(ran.out)["cer"] == 0.0


def test_pages_are_written_with_their_text(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("align", "scans", "texts", "-o", "xml", "--to", "page", *OPTIONS)

    assert ran.code == 0
    lines = list(read_layout(place / "xml/one.xml").lines)
    assert [line.text for line in lines] == ["abc", "ca"]
    assert [word.text for word in lines[0].words] == ["abc"]


def test_what_no_line_has_is_named_and_lines_that_fit_badly_are_left_out(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("texts/one.txt").write_text("abc bababababa ca", "utf-8")
    Path("texts/two.txt").write_text("aa caca", "utf-8")

    ran = run_ocrkit("align", "scans", "texts", "-o", "lines", "--json", *OPTIONS)

    one, two = json.loads(ran.out)
    assert ran.code == 0
    assert "one.png: no line has 'bababababa', after line l0" in ran.err
    assert [left["text"] for left in one["left_over"]] == ["bababababa"]
    assert [(line["text"], line["kept"]) for line in two["lines"]] == [("aa", False), ("caca", True)]


def test_a_page_without_a_text_is_named_and_the_rest_goes_on(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("texts/one.txt").unlink()

    ran = run_ocrkit("align", "scans", "texts", "-o", "lines", *OPTIONS)

    assert ran.code == 1
    assert "one.png: no text for it in 'texts'; expected one.txt" in ran.err
    assert "1 of 2 pages were left out" in ran.err
    assert "caca" in Path("lines/labels.tsv").read_text("utf-8")


def test_what_is_there_is_replaced_only_when_told(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("align", "scans", "texts", "-o", "lines", *OPTIONS)

    again = run_ocrkit("align", "scans", "texts", "-o", "lines", *OPTIONS)
    forced = run_ocrkit("align", "scans", "texts", "-o", "lines", "--force", *OPTIONS)

    assert (again.code, forced.code) == (1, 0)
    assert "lines" in again.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--breaks", "word"), "no line breaks 'word'; did you mean 'words'?"),
        (("--to", "pge"), "no format 'pge'; did you mean 'page'?"),
        (("--skip-cost", "-1"), "line costs -1.0; expected nats, from 0 to 200"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    options: tuple[str, ...], said: str, place: Path, run_ocrkit: RunOcrkit
) -> None:
    ran = run_ocrkit("align", "scans", "texts", "-o", "lines", *OPTIONS, *options)

    assert ran.code == 1
    assert said in ran.err
    assert not Path("lines").exists()


def test_texts_that_are_not_there_are_told(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("align", "scans", "nowhere", "-o", "lines", *OPTIONS)

    assert ran.code == 1
    assert "no file or folder 'nowhere'; expected the texts of the pages" in ran.err
