"""A page is read, corrected and kept, and the model that is trained on it reads the next page of that hand."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import bars
import pytest
import torch
from held_pages import HeldPage, page_of_bars
from ocrkit_serve.collecting import Collection

from ocrkit.cli.app import main
from ocrkit.model import Model
from ocrkit.pages.reader import PageReader
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from ocrkit.layout.records import Layout, Page

# A hand that writes its c so lightly that it looks more like a b: 0.78 of the ink, where c has 1 and b two thirds.
LIGHT = round(255 * (1 - 0.78))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def page_of_that_hand(*texts: str) -> tuple[Image.Image, Layout]:
    picture, layout = page_of_bars(list(texts))
    return picture.point(lambda grey: LIGHT if grey == 0 else grey), layout


def read(model: Path, picture: Image.Image, layout: Layout) -> Page:
    reader = PageReader(Recognizer(Model.load(model)), lambda *_: layout, model=model.name)
    [found] = reader.read([HeldPage(picture)])
    return found.page


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["ocrkit", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)


def test_a_corrected_page_teaches_the_hand_it_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path / "before.safetensors"
    bars.reader().save(before)
    corrected = ["abcab", "ccabb", "bacca", "cabac", "acbca", "bbcac", "cbabc", "acacb"]
    picture, layout = page_of_that_hand(*corrected)
    page = read(before, picture, layout)
    assert [line.text for line in page.lines] == [text.replace("c", "b") for text in corrected]

    Collection(tmp_path / "kept").keep(
        page, picture, {line.id: text for line, text in zip(page.lines, corrected, strict=True)}
    )
    run(
        monkeypatch, "train", tmp_path / "kept", "--load", before, "--recipe", "fine-tune", "-o", tmp_path / "run",
        "--epochs", "12", "--lrate", "0.02", "--workers", "0", "--device", "cpu",
    )  # fmt: skip

    other = ["cacab", "bccba", "abcca"]
    picture, layout = page_of_that_hand(*other)
    assert [line.text for line in read(before, picture, layout).lines] == ["babab", "bbbba", "abbba"]
    after = tmp_path / "run" / "model.safetensors"
    assert [line.text for line in read(after, picture, layout).lines] == other
