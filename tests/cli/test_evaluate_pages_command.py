"""``ocrkit evaluate --pages``: pages of bars whose lines a plugin finds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from held_pages import page_of_bars

from ocrkit.layout.outputs.page import PageOptions, page_xml
from ocrkit.layout.records import Page
from ocrkit.plugin import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command import RunOcrkit
    from conftest import Distribute

# Finds the rows of ink, all but the last.
PLUGIN = """
from dataclasses import dataclass

from ocrkit.layout.records import Layout, Line, Region
from ocrkit.plugin.page_specs import SegmenterSpec


@dataclass(frozen=True)
class Options:
    pass


class Rows:
    def segment(self, image, *, direction="ltr"):
        dark = (image < 250).any(1)
        tops = [y for y in range(1, len(dark)) if dark[y] and not dark[y - 1]]
        feet = [y for y in range(1, len(dark)) if dark[y - 1] and not dark[y]]
        lines = []
        for y, foot in list(zip(tops, feet))[:-1]:
            across = [x for x, dark in enumerate((image[y:foot] < 250).any(0)) if dark]
            left, right, foot = across[0], across[-1], foot - 1
            box = ((left, y), (right, y), (right, foot), (left, foot))
            lines.append(Line(f"l{y}", ((left, foot), (right, foot)), box))
        return Layout((Region("r", ((0, 0), (9, 0), (9, 9)), tuple(lines)),))


@hookimpl
def ocrkit_segmenters():
    yield SegmenterSpec("rows", "Rows of ink, all but the last.", Options, lambda options: Rows())
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, distribute: Distribute) -> Iterator[Path]:
    """The working folder: a model, two pages of three lines with their PAGE files, and a plugin that finds two."""
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    Path("pages").mkdir()
    for name, texts in {"one": ["abc", "ca", "b"], "two": ["bb", "caca", "c"]}.items():
        image, layout = page_of_bars(texts)
        image.save(f"pages/{name}.png")
        [region] = layout.regions
        lines = tuple(replace(line, text=text) for line, text in zip(region.lines, texts, strict=True))
        page = Page(f"{name}.png", *image.size, regions=(replace(region, lines=lines),))
        Path(f"pages/{name}.xml").write_text(page_xml(page, PageOptions()), "utf-8")
    distribute("ocrkit-rows", PLUGIN)
    registry.default_registry.cache_clear()
    yield tmp_path
    registry.default_registry.cache_clear()


def test_a_row_for_each_page_and_one_for_all(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "pages", "--pages", "-m", "m.safetensors", "-s", "rows")

    rows = [line.split() for line in ran.out.splitlines()]
    assert ran.code == 0, ran.err
    assert rows[0][:7] == ["page", "lines", "found", "F.5", "F.7", "F.9", "missed"]
    # Two of three lines: F is 2 * 2 / (3 + 2).
    assert rows[1][:8] == ["one.xml", "3", "2", "0.800", "0.800", "0.800", "1", "0"]
    assert rows[3][:5] == ["all", "2", "6", "4", "0.800"]
    # A space and a letter are missing of 8 characters on the first page, of 9 on the second; the true lines are read.
    assert rows[3][-5:] == ["0.2353", "0.1538", "0.3333", "0.0000", "0.0000"]
    assert "found      0.6667 of the lines (95 %: 0.3000 to 0.9032)" in ran.out


def test_json_has_the_same(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "pages", "--pages", "-m", "m.safetensors", "-s", "rows", "--json")

    found = json.loads(ran.out)
    assert (found["pages"], found["truth"], found["missed"], found["f50"]) == (2, 6, 2, 0.8)
    assert found["text"]["cer"] == 4 / 17
    assert found["true_lines_read"]["cer"] == 0
    assert [page["name"] for page in found["each"]] == ["one.xml", "two.xml"]


def test_lines_alone_need_no_model(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "pages/one.xml", "--pages", "--lines-only", "-s", "rows", "--json")

    found = json.loads(ran.out)
    assert (found["pages"], found["f50"], found["text"], found["true_lines_read"]) == (1, 0.8, None, None)


def test_lines_that_the_files_do_not_list_are_not_false(place: Path, run_ocrkit: RunOcrkit) -> None:
    image, layout = page_of_bars(["abc", "ca", "b"])
    [region] = layout.regions
    page = Page("one.png", *image.size, regions=(replace(region, lines=region.lines[:1]),))
    Path("pages/one.xml").write_text(page_xml(page, PageOptions()), "utf-8")

    ran = run_ocrkit("evaluate", "pages/one.xml", "--pages", "--lines-only", "--partial", "-s", "rows", "--json")

    found = json.loads(ran.out)
    assert (found["truth"], found["found"], found["false"], found["elsewhere"], found["f50"]) == (1, 1, 0, 1, 1.0)


def test_bad_pages_are_named_and_left_out(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("pages/two.png").unlink()

    ran = run_ocrkit("evaluate", "pages", "--pages", "-m", "m.safetensors", "-s", "rows")

    assert "left out pages/two.xml: no file" in ran.err
    assert "1 of 2 pages were left out" in ran.err
    assert ran.out.splitlines()[2].split()[:2] == ["all", "1"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--pages", "--errors", "3"), "--pages heeds no --errors, which is for labelled lines"),
        (("--pages", "--format", "gt.txt"), "--pages heeds no --format, which is for labelled lines"),
        (("--lines-only",), "--lines-only is for whole pages; give --pages with it"),
        (("-s", "rows"), "--segmenter is for whole pages; give --pages with it"),
        (("--pages", "-s", "rose"), "no segmenter 'rose'; did you mean 'rows'?"),
    ],
)
def test_what_does_not_go_together_is_refused(
    options: tuple[str, ...], said: str, place: Path, run_ocrkit: RunOcrkit
) -> None:
    ran = run_ocrkit("evaluate", "pages", "-m", "m.safetensors", *options)

    assert ran.code == 1
    assert said in ran.err
