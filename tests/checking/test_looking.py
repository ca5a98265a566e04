from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrkit.checking.looking import Seen, Unseen, aspect_problem, look_at, visible_characters
from ocrkit.data.paged import names_of_pages
from ocrkit.data.records import Sample
from ocrkit.data.visibility import shows_nothing

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = Path(__file__).parents[3] / "shared/data/hostile"


def broken() -> Image.Image:
    raise LookupError("no such page")


def word(*, ink: int = 0, paper: int = 255) -> Image.Image:
    image = Image.new("L", (90, 36), paper)
    ImageDraw.Draw(image).text((6, 4), "word", fill=ink, font=ImageFont.load_default(24))
    return image


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_of_one_grey_shows_nothing(value: int) -> None:
    assert shows_nothing(Image.new("L", (200, 40), value))


def test_a_single_pixel_shows_nothing() -> None:
    assert shows_nothing(Image.new("L", (1, 1), 0))


def test_uneven_light_and_light_noise_show_nothing() -> None:
    light = np.linspace(150, 255, 400)[np.newaxis].repeat(40, axis=0)
    paper = light + np.random.default_rng(0).normal(0, 2, light.shape)

    assert shows_nothing(Image.fromarray(paper.clip(0, 255).astype(np.uint8)))


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (200, 240), (120, 90)])
def test_a_word_shows_whatever_its_colours(ink: int, paper: int) -> None:
    assert not shows_nothing(word(ink=ink, paper=paper))


def test_a_full_stop_on_a_wide_sheet_shows() -> None:
    image = Image.new("L", (800, 40), 255)
    image.paste(0, (400, 24, 404, 28))

    assert not shows_nothing(image)


@pytest.mark.parametrize(
    ("text", "count"),
    [("ab c", 3), ("e\u0301", 1), ("ക്ഷ", 2), ("കാം", 3), ("a\u200db", 2), ("", 0)],
)
def test_marks_spaces_and_joiners_take_no_room(text: str, count: int) -> None:
    # The sign of a long a and the anusvara stand beside their letter; the virama does not.
    assert visible_characters(text) == count


@pytest.mark.parametrize(
    ("width", "height", "text", "word"),
    [
        (100, 30, "word", None),
        (24, 100, "word", None),  # 0.06 each
        (23, 100, "word", "narrow"),
        (4000, 100, "word", None),  # 10 each
        (4100, 100, "word", "wide"),
        (300, 30, "\u0301", None),
    ],
)
def test_only_what_is_far_from_any_line_is_out_of_proportion(
    width: int, height: int, text: str, word: str | None
) -> None:
    problem = aspect_problem(width, height, text)

    assert (problem is None) if word is None else f"too {word}" in str(problem)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
def test_the_same_pixels_look_alike_whatever_the_file(tmp_path: Path, suffix: str) -> None:
    word().save(tmp_path / "a.png")
    word().convert("RGB").save(tmp_path / f"b{suffix}")

    one, other = (look_at(Sample(name, tmp_path / name)) for name in ("a.png", f"b{suffix}"))

    assert one == other
    assert isinstance(one, Seen)
    assert (one.width, one.height, one.blank) == (90, 36, False)


def test_the_same_bytes_in_another_shape_are_other_pixels(tmp_path: Path) -> None:
    for name, size in (("a.png", (20, 10)), ("b.png", (10, 20))):
        Image.new("L", size, 7).save(tmp_path / name)

    one, other = (look_at(Sample(name, tmp_path / name)) for name in ("a.png", "b.png"))

    assert isinstance(one, Seen)
    assert isinstance(other, Seen)
    assert one.digest != other.digest


@pytest.mark.parametrize(
    ("image", "kind", "detail"),
    [
        (Path("no/such.png"), "missing", "no such file"),
        (Path(__file__), "image", "it holds text, not an image"),
        (Path(__file__).parent, "image", "it is a folder; expected an image file"),
        (broken, "image", "LookupError: no such page"),
    ],
)
def test_what_cannot_be_seen_says_why(image: Path | Callable[[], Image.Image], kind: str, detail: str) -> None:
    assert look_at(Sample("x", image, "text", "labels.tsv:3")) == Unseen(kind, detail)


def manifest() -> list[tuple[str, bool]]:
    """Each hostile file, and whether Pillow decodes it."""
    path = HOSTILE / "manifest.tsv"
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]] if path.is_file() else []
    return [(name, not what.startswith("ERR")) for name, _, what in rows]


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the set of hostile images is not beside the repository")
def test_hostile_files_are_named_where_they_cannot_be_read_and_only_there() -> None:
    files = [(names_of_pages(HOSTILE / name)[0], good) for name, good in manifest()]

    wrong = [path.name for path, good in files if isinstance(look_at(Sample("x", path)), Seen) != good]

    assert wrong == []
