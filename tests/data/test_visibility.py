"""What is noted of images that are read all the same: nothing shows in them, or they are too high to be a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import FittedLine, load_or_report
from ocrkit.data.records import Sample
from ocrkit.data.visibility import BLANK, HIGH, MOVING, note_on

if TYPE_CHECKING:
    from pathlib import Path


def text(lines: int, *, size: int = 40, width: int = 600) -> Image.Image:
    image = Image.new("L", (width, round(lines * size * 1.5) + 20), 255)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        draw.text((10, 10 + line * size * 1.5), "amber birch cedar", fill=0, font=ImageFont.load_default(size))
    return image


@pytest.mark.parametrize("image", [Image.new("L", (300, 40), 255), Image.new("L", (600, 900), 128)])
def test_nothing_to_be_seen_is_noted(image: Image.Image) -> None:
    assert note_on(image) == BLANK


@pytest.mark.parametrize(
    "image",
    [
        text(8),
        text(20, size=30),
        text(20, size=30).rotate(3, fillcolor=255),
        text(1, size=200, width=500).rotate(90, expand=True, fillcolor=255).resize((60, 500)),
    ],
    ids=["paragraph", "page", "skewed page", "upright"],
)
def test_what_is_too_high_for_a_line_is_noted(image: Image.Image) -> None:
    assert note_on(image) == HIGH


@pytest.mark.parametrize(
    "image",
    [
        text(1),
        text(1, size=12, width=200),
        text(1, size=160, width=1500),
        text(1, width=80),  # one letter or two, as high as they are wide
        text(1, size=300, width=400),
        text(2, size=14, width=300),
    ],
)
def test_lines_and_letters_are_not_noted(image: Image.Image) -> None:
    assert note_on(image) == ""


def test_a_picture_that_moves_is_noted(tmp_path: Path) -> None:
    first = text(1)
    first.save(tmp_path / "a.gif", save_all=True, append_images=[first.rotate(1)])

    line = load_or_report(Sample("a", tmp_path / "a.gif"), Preprocessing())

    assert isinstance(line, FittedLine)
    assert line.note == MOVING


@pytest.mark.parametrize(("height", "noted"), [(205, HIGH), (195, "")])
def test_from_four_times_its_width_on_a_picture_is_too_high_to_be_a_line(height: int, noted: str) -> None:
    image = Image.new("L", (50, height), 255)
    ImageDraw.Draw(image).rectangle((10, 10, 40, height - 10), fill=0)

    assert note_on(image) == noted
