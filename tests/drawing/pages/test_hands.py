"""Lines cut out of given pages: their own ink, on their baselines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.drawing.pages.drawn_pages import DrawnPages
from ocrkit.drawing.pages.hands import Hands
from ocrkit.drawing.pages.options import PageOptions
from ocrkit.errors import DataError, MissingFileError, OptionError
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="it draws pages, and OCRKIT_NO_FONTS is 1"
)

_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">
<Page imageFilename="leaf.png" imageWidth="600" imageHeight="300"><TextRegion id="r">{lines}</TextRegion></Page></PcGts>
"""
_LINE = """<TextLine id="l{y}"><Coords points="40,{top} 560,{top} 560,{end} 40,{end}"/>
<Baseline points="40,{y} 560,{y}"/><TextEquiv><Unicode>one {y}</Unicode></TextEquiv></TextLine>"""


@pytest.fixture
def leaf(tmp_path: Path) -> Path:
    """A page of three lines of bars, 20 px high, on grey paper; a tail of the first reaches the second's head."""
    picture = np.full((300, 600), 200, np.uint8)
    for y in (80, 160, 240):
        for x in range(60, 540, 40):
            picture[y - 20 : y, x : x + 20] = 40
    picture[80:130, 60:66] = 40
    Image.fromarray(picture).save(tmp_path / "leaf.png")
    lines = "".join(_LINE.format(y=y, top=y - 40, end=y + 30) for y in (80, 160, 240))
    (tmp_path / "leaf.xml").write_text(_PAGE.format(lines=lines), encoding="utf-8")
    return tmp_path


def test_lines_are_cut_along_their_baselines(leaf: Path) -> None:
    lines = Hands(leaf).lines(np.random.default_rng(0))

    assert [line.text for line in lines] == ["one 80", "one 160", "one 240"]
    for line in lines:
        feet = np.flatnonzero((line.ink > 127).sum(axis=1) > 100)
        assert line.baseline[0, 1] == pytest.approx(feet[-1] + 0.5, abs=1)


def test_the_ink_of_neighbours_is_left_out(leaf: Path) -> None:
    first, second, _ = Hands(leaf).lines(np.random.default_rng(0))

    # The tail belongs to the first line, 50 px below its foot at 20 px a letter, and not to the second.
    assert first.descender > 1.5 * first.x_height
    assert second.ascender < 1.3 * second.x_height


def test_pages_of_real_hands_are_drawn_of_these_lines(leaf: Path) -> None:
    families = ("DejaVu Sans", "DejaVu Sans Mono")
    kinds = dict.fromkeys(PageOptions().shares(), 0.0)
    options = PageOptions(hands=str(leaf), kinds={**kinds, "real-hand": 1}, families=families, x_height=(8, 10))

    page = DrawnPages(shipped_charset("english"), options)[0]

    assert page.kind == "real-hand"
    assert {line.line.text for line in page.lines} & {None, "one 80", "one 160", "one 240"}


def test_folders_without_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="hands takes"):
        Hands(tmp_path / "none")
    with pytest.raises(DataError, match="no PAGE or ALTO file"):
        Hands(tmp_path)
    with pytest.raises(OptionError, match="real hands"):
        PageOptions(kinds={"real-hand": 1})
