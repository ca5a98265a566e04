"""The contest of readers of pages works: a page of bars, read by ocrkit alone, and what other readers print."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import bars
import pytest
from held_pages import page_of_bars

from ocrkit.layout.outputs.page import PageOptions, page_xml
from ocrkit.layout.records import Page

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def test_a_set_gives_a_row_for_each_reader(tmp_path: Path) -> None:
    texts = ["abc", "ca"]
    image, layout = page_of_bars(texts)
    [region] = layout.regions
    lines = tuple(replace(line, text=text) for line, text in zip(region.lines, texts, strict=True))
    page = Page("one.png", *image.size, regions=(replace(region, lines=lines),))
    folder = tmp_path / "bars"
    folder.mkdir()
    image.save(folder / "one.png")
    (folder / "one.xml").write_text(page_xml(page, PageOptions()), "utf-8")
    bars.reader().save(tmp_path / "bars.safetensors")
    reader = f"ocrkit:{tmp_path / 'bars.safetensors'}|truth"
    command = [sys.executable, "-m", "page_contest", str(folder), "--readers", reader]

    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(BENCHMARKS)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]
    assert [row[:10] for row in rows] == [
        ["bars, 1, 2", "ocrkit:bars, truth", "1.000", "1.000", "0", "0", "1.000", "0.0000", "0.0000", "0.0000"]
    ]


def test_tesseracts_tables_become_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    readers = import_module("page_contest.readers")
    table = HEAD + "".join(
        f"{row}\n"
        for row in (
            "1\t1\t0\t0\t0\t0\t0\t0\t90\t90\t-1\t",
            "4\t1\t1\t1\t1\t0\t10\t20\t30\t5\t-1\t",
            "5\t1\t1\t1\t1\t1\t10\t20\t12\t5\t96\tsays",
            '5\t1\t1\t1\t1\t2\t25\t20\t15\t5\t91\t"so',
            "4\t1\t1\t1\t2\t0\t10\t40\t30\t5\t-1\t",
            "5\t1\t1\t1\t2\t1\t10\t40\t30\t5\t0\t ",
            "1\t2\t0\t0\t0\t0\t0\t0\t90\t90\t-1\t",
        )
    )

    first, second = readers.tesseract_pages(table)

    assert [(line.text, line.outline) for line in first] == [('says "so', ((10, 20), (39, 20), (39, 24), (10, 24)))]
    assert second == []


def test_an_unknown_reader_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    readers = import_module("page_contest.readers")

    with pytest.raises(ValueError, match=r"no reader 'tesseract'; expected ocrkit:MODEL"):
        readers.page_reader("tesseract", rapidocr="python")
