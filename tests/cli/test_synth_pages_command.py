"""``ocrkit data synth --pages``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.drawing.pages.drawn_pages import DrawnPages
from ocrkit.drawing.pages.options import PageOptions
from ocrkit.layout.reading import read_layout
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from pathlib import Path

    from command import RunOcrkit

pytestmark = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="it draws pages, and OCRKIT_NO_FONTS is 1"
)

_SMALL = ("--set", "x_height=[8, 9]", "--families", "DejaVu Sans", "--families", "DejaVu Sans Mono")


def test_pages_are_written_with_their_lines(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    for workers in ("0", "1"):
        ran = run_ocrkit(
            "data", "synth", "--pages", "-o", tmp_path / workers, "-c", "english", "--count", "3", "--seed", "4",
            "--workers", workers, *_SMALL,
        )  # fmt: skip
        assert ran.code == 0
        assert ran.out == f"{tmp_path / workers}\n"

    names = sorted(path.name for path in (tmp_path / "0").iterdir())
    assert names == [".ocrkit.json", *(f"page-0000{k}.{end}" for k in range(3) for end in ("png", "xml"))]
    assert all((tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes() for name in names)
    options = PageOptions(count=3, x_height=(8, 9), families=("DejaVu Sans", "DejaVu Sans Mono"))
    drawn = DrawnPages(shipped_charset("english"), options, seed=4)[1]
    assert np.array_equal(np.asarray(Image.open(tmp_path / "0" / "page-00001.png")), drawn.image)
    found = read_layout(tmp_path / "0" / "page-00001.xml")
    assert [(line.text, line.baseline, line.outline) for line in found.lines] == [
        (line.text, line.baseline, line.outline) for line in drawn.page.lines
    ]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--pages", "--line-words", "1-8"), "--line-words is for drawn lines"),
        (("--pages", "--to", "lmdb"), "--to is for drawn lines"),
        (("--hands", "."), "add --pages"),
        (("--pages", "--set", "kinds.boook=1"), "did you mean 'book'"),
        (("--pages", "--set", "line_words=[1, 2]"), "line_words"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, run_ocrkit: RunOcrkit, flags: tuple[str, ...], told: str
) -> None:
    ran = run_ocrkit("data", "synth", "-o", tmp_path / "out", *flags)

    assert ran.code == 1
    assert told in ran.err
