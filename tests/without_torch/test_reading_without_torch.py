"""Lines and pages read with the models of ocrkit-models where torch is not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from torchless import Torchless

pytestmark = pytest.mark.slow


def test_lines_are_read(torchless: Torchless, english_lines: Path, tmp_path: Path) -> None:
    names = sorted(english_lines.glob("*.png"))

    ran = torchless.ocrkit("decode", "--model", "english", *names, cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert len(ran.out.splitlines()) == len(names)


def test_lines_are_evaluated(torchless: Torchless, english_lines: Path, tmp_path: Path) -> None:
    ran = torchless.ocrkit("evaluate", "--model", "english", english_lines, cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert "CER" in ran.out + ran.err


def test_a_page_is_read(torchless: Torchless, english_page: Path, tmp_path: Path) -> None:
    ran = torchless.ocrkit("read", "--model", "english", english_page, cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert "'lines'" in ran.err
    assert ran.out.strip()


def test_the_text_of_a_page_is_laid_on_its_lines(
    torchless: Torchless, english_page: Path, english_texts: list[str], tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_text(" ".join(english_texts), "utf-8")

    ran = torchless.ocrkit("align", "--model", "english", english_page, "page.txt", "-o", "laid", cwd=tmp_path)

    assert ran.code == 0, ran.err
    rows = [row.split("\t") for row in (tmp_path / "laid/labels.tsv").read_text("utf-8").splitlines()]
    assert [row[1] for row in rows if row[1] != "text"] == english_texts
    assert all((tmp_path / "laid" / row[0]).is_file() for row in rows if row[1] != "text")
