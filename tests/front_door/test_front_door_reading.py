"""The Python interface: images of every kind are read, and mistakes are told with the way out."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from PIL import Image

import ocrkit
from ocrkit.data.records import Sample
from ocrkit.errors import (
    DataError,
    ImageError,
    MissingFileError,
    OptionError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ocrkit.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    page = (ROOT / "docs" / "python.md").read_text("utf-8")

    assert getattr(ocrkit, name) is not None
    assert name == "__version__" or f"`{name}`" in page.split("## Every public name")[1]


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="recogniser"):
        _ = ocrkit.recogniser


def test_files_paths_pictures_arrays_and_bytes_are_read_alike(reader: ocrkit.Recognizer, tmp_path: Path) -> None:
    picture = bars.picture("cab")
    picture.save(tmp_path / "a.png")
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    grey = np.asarray(picture.convert("L"))
    given = [
        str(tmp_path / "a.png"),
        tmp_path / "a.png",
        picture,
        grey,
        np.stack([grey] * 3, axis=2),
        grey[:, :, None],
        grey.astype(np.float32) / 255,
        grey.astype(np.float64) / 255,
        packed.getvalue(),
        Sample("line", tmp_path / "a.png"),
    ]

    readings = list(reader.read(given))

    assert [(reading.text, reading.error) for reading in readings] == [("cab", "")] * len(given)
    assert [reading.name for reading in readings[2:4]] == ["image 2", "image 3"]


def test_true_is_white_in_an_array_of_booleans(reader: ocrkit.Recognizer) -> None:
    [line] = reader.read([np.asarray(bars.picture("cc").convert("L")) > 127])  # the bar of c is black

    assert line.text == "cc"


def test_a_picture_is_still_the_callers_own_after_it_was_read(reader: ocrkit.Recognizer, tmp_path: Path) -> None:
    bars.picture("ab").save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        first, second = ([line.text for line in reader.read([picture])] for _ in range(2))

    assert first == second == ["ab"]


def test_a_folder_works_where_a_list_does(reader: ocrkit.Recognizer, labelled: Path) -> None:
    assert [line.text for line in reader.read(labelled)] == [line.text for line in reader.read(str(labelled))]
    assert [line.text for line in reader.read(labelled)][:3] == ["ab", "ba", "cab"]


def test_what_is_odd_about_an_image_is_noted_beside_its_reading(reader: ocrkit.Recognizer) -> None:
    word, nothing = reader.read([bars.picture("ab"), np.full((8, 32), 255, np.uint8)])

    assert (word.text, word.note) == ("ab", "")
    assert nothing.note == "blank"


def test_images_are_taken_as_readings_are(reader: ocrkit.Recognizer) -> None:
    def images() -> Iterator[Image.Image]:
        while True:
            yield bars.picture("b")

    assert next(reader.read(images())).text == "b"


@pytest.mark.parametrize(
    "image",
    ["line.png", Path("line.png"), bars.picture("a"), np.zeros((8, 8), np.uint8), b"\x89PNG", Sample("a", Path("a"))],
    ids=lambda image: type(image).__name__,
)
def test_one_image_is_refused_with_the_way_out(
    reader: ocrkit.Recognizer, image: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bars.picture("a").save("line.png")

    with pytest.raises(DataError, match=r"put it in one, \["):
        reader.read(image)  # type: ignore[arg-type]


@pytest.mark.parametrize("images", [None, 7])
def test_what_is_no_list_at_all_is_refused(reader: ocrkit.Recognizer, images: object) -> None:
    with pytest.raises(DataError, match="expected a folder, or a list of images"):
        reader.read(images)  # type: ignore[arg-type]


def test_a_folder_that_is_not_there_is_named(reader: ocrkit.Recognizer) -> None:
    with pytest.raises(MissingFileError, match="'nowhere'"):
        reader.read("nowhere")


@pytest.mark.parametrize(
    ("image", "error"),
    [
        ("gone.png", "no such file"),
        (None, "it is one NoneType; expected a file's name, a Pillow image"),
        (np.zeros((3, 20, 30), np.uint8), r"has shape \(3, 20, 30\).*move the channels to the end"),
        (np.zeros((20, 0), np.uint8), "no pixels"),
        (np.zeros(20, np.uint8), r"expected \(height, width\)"),
        (np.full((20, 30), 200.0), "values outside 0 to 1"),
        (np.full((20, 30), np.nan), "values outside 0 to 1"),
        (np.zeros((20, 30), np.int64), "the array is int64"),
        (b"no image", "it holds text, not an image"),
        (b"", "the image is empty"),
    ],
)
def test_a_bad_image_is_told_in_its_place(reader: ocrkit.Recognizer, image: object, error: str) -> None:
    first, bad, last = reader.read([bars.picture("a"), image, bars.picture("b")])  # type: ignore[list-item]

    assert (first.text, last.text) == ("a", "b")
    assert (bad.text, bad.confidence, bad.rejected) == ("", 0.0, False)
    assert re.search(error, bad.error), bad.error


def test_bad_images_are_left_out_where_that_is_asked(reader: ocrkit.Recognizer) -> None:
    images = ["gone.png", bars.picture("b"), "away.png"]

    assert [line.text for line in reader.read(images, errors="skip")] == ["b"]


def test_a_bad_image_ends_the_reading_where_that_is_asked(reader: ocrkit.Recognizer) -> None:
    readings = reader.read([bars.picture("a"), "gone.png", bars.picture("b")], errors="raise")

    assert next(readings).text == "a"
    with pytest.raises(ImageError, match=r"gone\.png: no such file"):
        next(readings)


def test_an_unknown_way_with_errors_is_refused_at_once(reader: ocrkit.Recognizer) -> None:
    with pytest.raises(OptionError, match="errors is 'ignore'; expected 'report', 'raise', 'skip'"):
        reader.read([], errors="ignore")  # type: ignore[arg-type]


def test_threads_share_a_recogniser(reader: ocrkit.Recognizer) -> None:
    texts = ["ab", "cabba", "c", "bb", "abcabc"] * 8
    found: dict[int, list[str]] = {}

    def read(number: int) -> None:
        mine = texts[number:] + texts[:number]
        found[number] = [line.text for line in reader.read([bars.picture(text) for text in mine])]

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {number: texts[number:] + texts[:number] for number in range(6)}
