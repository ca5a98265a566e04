"""What was read before a corrector altered it, in files: as other programs meet it, where words do not tell it all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from random_pages import Pages, read

from ocrkit.data.changes import Change
from ocrkit.errors import DataError
from ocrkit.layout.outputs.alto import AltoOptions, alto_xml
from ocrkit.layout.outputs.hocr import HocrOptions, render_hocr
from ocrkit.layout.outputs.json import JsonOptions, render_json
from ocrkit.layout.outputs.markdown import MarkdownOptions, render_markdown
from ocrkit.layout.outputs.page import page_xml
from ocrkit.layout.outputs.text import TextOptions, render_text
from ocrkit.layout.outputs.tsv import TsvOptions, render_tsv
from ocrkit.layout.reading import read_layout
from ocrkit.layout.records import Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOX = ((0, 0), (99, 0), (99, 39), (0, 39))
WORDS = (Word("of", BOX, 0.5, original="0f"), Word("the", BOX, 0.5))


def page(text: str = "of the", original: str = "0f the", words: tuple[Word, ...] = WORDS, **said: object) -> Page:
    line = Line("l", (), BOX, text, None, words, original=original, **said)  # type: ignore[arg-type]
    return Page("a.png", 100, 80, (Region("r", BOX, (line,)),))


def alto(given: Page) -> str:
    return alto_xml(given)


def alto_of_lines(given: Page) -> str:
    return alto_xml(given, AltoOptions(words=False))


def hocr(given: Page) -> str:
    return b"".join(render_hocr(iter(read([given])), HocrOptions())).decode()


def tsv(given: Page) -> str:
    return b"".join(render_tsv(iter(read([given])), TsvOptions(originals=True))).decode()


def spelt(given: Page) -> str:
    return b"".join(render_json(iter(read([given])), JsonOptions())).decode()


FORMATS = (alto, hocr, tsv, page_xml, spelt)


def read_again(text: str, folder: Path) -> Line:
    (folder / "page.any").write_text(text, encoding="utf-8")
    (line,) = read_layout(folder / "page.any").lines
    return line


@pytest.mark.parametrize("write", FORMATS)
def test_words_and_lines_come_back_with_what_was_read(write: Callable[[Page], str], tmp_path: Path) -> None:
    line = read_again(write(page()), tmp_path)

    assert (line.text, line.original) == ("of the", "0f the")
    assert [(word.text, word.original) for word in line.words] == [("of", "0f"), ("the", "")]


@pytest.mark.parametrize("write", FORMATS)
def test_a_line_whose_words_do_not_tell_what_was_read_tells_it_itself(
    write: Callable[[Page], str], tmp_path: Path
) -> None:
    halves = (Word("of", BOX, 0.5, original="ofthe"), Word("the", BOX, 0.5, original="ofthe"))

    line = read_again(write(page(original="ofthe", words=halves)), tmp_path)

    assert (line.text, line.original) == ("of the", "ofthe")


@pytest.mark.parametrize("write", [*FORMATS, alto_of_lines])
def test_a_line_without_words_keeps_what_was_read(write: Callable[[Page], str], tmp_path: Path) -> None:
    assert read_again(write(page(words=())), tmp_path).original == "0f the"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("write", FORMATS)
def test_what_was_read_never_stands_for_the_text(write: Callable[[Page], str], tmp_path: Path, seed: int) -> None:
    given = Pages(seed).page()

    (tmp_path / "page.any").write_text(write(given), encoding="utf-8")

    assert read_layout(tmp_path / "page.any", report=lambda fault: None).text.split() == given.text.split()


def test_other_programs_find_it_where_formats_have_alternatives() -> None:
    assert '<ALTERNATIVE PURPOSE="as read">0f</ALTERNATIVE>' in alto(page())
    assert '<TextEquiv index="1" comments="as read">' in page_xml(page())
    assert 'data-original="0f"' in hocr(page())


@pytest.mark.parametrize("write", FORMATS)
def test_nothing_more_is_written_of_what_was_not_changed(write: Callable[[Page], str]) -> None:
    text = write(page(original="", words=(Word("of", BOX, 0.5), Word("the", BOX, 0.5))))

    assert "as read" not in text
    assert "original" not in text.partition("\n")[2]  # the first line of TSV names its columns
    assert "proposals" not in text


def test_tsv_has_tesseracts_columns_unless_more_are_asked_for() -> None:
    rows = b"".join(render_tsv(iter(read([page()])), TsvOptions())).decode().splitlines()

    assert {row.count("\t") for row in rows} == {11}


def test_plain_text_and_markdown_have_the_corrected_text() -> None:
    for render, options in ((render_text, TextOptions()), (render_markdown, MarkdownOptions())):
        assert b"".join(render(iter(read([page()])), options)).decode().strip() == "of the"  # type: ignore[operator]


def test_proposals_come_back_from_json(tmp_path: Path) -> None:
    proposals = (Change(0, 2, "of", "or", 0.5), Change(0, 2, "of", "off", -1.0))

    assert read_again(spelt(page(proposals=proposals)), tmp_path).proposals == proposals


@pytest.mark.parametrize("proposal", [{"start": "a"}, {"start": 0, "end": 1, "before": "o", "after": 3}, 7])
def test_proposals_that_are_none_are_told(proposal: object, tmp_path: Path) -> None:
    document = json.loads(spelt(page()))
    document["pages"][0]["regions"][0]["lines"][0]["proposals"] = [proposal]
    (tmp_path / "page.json").write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(DataError, match="proposals"):
        read_layout(tmp_path / "page.json")


@pytest.mark.parametrize(("text", "kept"), [("of the", 2), ("of it", 1), ("", 0), (None, 0)])
def test_proposals_for_a_text_that_was_edited_since_are_left_out(text: str | None, kept: int, tmp_path: Path) -> None:
    proposals = (Change(0, 2, "of", "or", 0.5), Change(3, 6, "the", "tho", -1.0))
    document = json.loads(spelt(page(proposals=proposals)))
    document["pages"][0]["regions"][0]["lines"][0] |= {"text": text, "words": []}

    assert len(read_again(json.dumps(document), tmp_path).proposals) == kept
