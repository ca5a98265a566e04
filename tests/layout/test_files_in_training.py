"""What ocrkit writes of pages is data to train on: lines are cut out of their pictures, wherever these lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.data.image_file import open_image
from ocrkit.data.sources.pages import open_pages
from ocrkit.layout.outputs.alto import alto_xml
from ocrkit.layout.outputs.page import page_xml
from ocrkit.layout.records import Line, Page, Region

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOX = ((10, 5), (59, 5), (59, 24), (10, 24))


@pytest.mark.parametrize(("kind", "spelt"), [("page", page_xml), ("alto", alto_xml)])
def test_lines_are_found_in_a_picture_of_another_folder(
    tmp_path: Path, kind: str, spelt: Callable[[Page], str]
) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "truth").mkdir()
    Image.new("L", (100, 80), 255).save(tmp_path / "scans" / "a b.png")
    line = Line("l", ((10, 20), (59, 20)), BOX, "cat")
    page = Page(str(tmp_path / "scans" / "a b.png"), 100, 80, (Region("r", BOX, (line,)),))
    (tmp_path / "truth" / "a.xml").write_text(spelt(page), encoding="utf-8")

    (sample,) = open_pages(tmp_path / "truth", kind)

    assert sample.text == "cat"
    assert open_image(sample).size == (50, 20)
