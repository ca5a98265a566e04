"""The text of a page is found by its name, or by its place in one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from held_pages import HeldPage
from PIL import Image

from ocrkit.errors import DataError, MissingFileError
from ocrkit.pages.aligning import PageTexts


def scan(name: str, number: int = 1) -> HeldPage:
    return HeldPage(Image.new("L", (1, 1)), f"{name}#{number}", Path(name), number)


@pytest.mark.parametrize("file", ["12.txt", "12.gt.txt", "12-1.txt", "12-0001.txt"])
def test_a_file_is_called_as_its_page_is(file: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text("\ufeffone\ntwo\n", "utf-8")

    assert PageTexts(tmp_path).of(scan("scans/12.png")) == "one\ntwo\n"


def test_a_pages_own_file_comes_before_the_documents(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("all", "utf-8")
    (tmp_path / "book-02.txt").write_text("second", "utf-8")

    assert PageTexts(tmp_path).of(scan("book.pdf", 2)) == "second"


def test_a_documents_file_has_a_form_feed_between_pages(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("first\ftwo\fthree\f", "utf-8")

    assert PageTexts(tmp_path).of(scan("book.pdf", 3)) == "three"


def test_one_file_gives_the_pages_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "all.txt").write_text("first\fsecond", "utf-8")
    texts = PageTexts(tmp_path / "all.txt")

    assert [texts.of(scan("a.png")), texts.of(scan("b.png"))] == ["first", "second"]
    with pytest.raises(DataError, match=r"c\.png#1: no text for it: '.*all\.txt' holds 2 pages; expected a form feed"):
        texts.of(scan("c.png"))


def test_a_page_without_a_text_is_told_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"12\.png#1: no text for it in '.*'; expected 12\.txt"):
        PageTexts(tmp_path).of(scan("12.png"))


def test_a_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "12.txt").write_bytes(b"caf\xe9 au lait")

    with pytest.raises(DataError, match=r"12\.txt: it is not UTF-8: .* at byte 3"):
        PageTexts(tmp_path).of(scan("12.png"))


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(MissingFileError, match="no file or folder 'nowhere'; expected the texts of the pages"):
        PageTexts(Path("nowhere"))
