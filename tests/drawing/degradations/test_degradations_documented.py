"""docs/degradations.md shows every degradation, in pictures that a page can bear."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from ocrkit.drawing.degradations.chain import DEGRADATIONS

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "degradations.md").read_text("utf-8")


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_a_degradation_is_described_and_shown(name: str) -> None:
    picture = DOCS / "pictures" / f"degradation-{name}.png"

    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"](pictures/{picture.name})" in row
    assert picture.stat().st_size < 20_000
    with Image.open(picture) as image:
        image.load()


def test_every_picture_of_a_degradation_is_of_one_that_there_is() -> None:
    shown = {path.stem.removeprefix("degradation-") for path in (DOCS / "pictures").glob("degradation-*.png")}

    assert shown == set(DEGRADATIONS)


def test_the_sheet_of_samples_is_small() -> None:
    assert (DOCS / "pictures" / "samples.png").stat().st_size < 300_000
