"""``ocrkit.read_pages``: everything by keyword, on pages of bars."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bars
import correctors
import numpy as np
import pytest
from PIL import Image

import ocrkit
from ocrkit.errors import ImageError, MissingFileError, OptionError, UnknownNameError
from ocrkit.layout.records import Layout, Line, Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIZE = (300, 100)


def box(left: int, top: int, right: int, bottom: int) -> tuple[tuple[int, int], ...]:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


class TopLine:
    """Finds one line, where the bars of these tests stand."""

    def segment(self, image: NDArray[np.uint8], *, direction: str = "ltr") -> Layout:
        line = Line("l1", ((20, 39), (279, 39)), box(20, 20, 279, 39))
        return Layout((Region("r1", box(0, 0, 299, 99), (line,)),) if (image < 255).any() else ())


def drawn(text: str) -> Image.Image:
    page = Image.new("L", SIZE, 255)
    page.paste(bars.picture(text, scale=5), (20, 20))
    return page


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    for name, text in {"1": "ab", "2": "cab", "10": "bb"}.items():
        drawn(text).save(f"{name}.png")
    return tmp_path


def read(places: Any, **options: Any) -> list[str]:
    given = {"model": "m.safetensors", "segmenter": TopLine(), "device": "cpu", **options}
    return [page.text for page in ocrkit.read_pages(places, **given)]


@pytest.mark.usefixtures("place")
def test_a_page_names_its_image_and_who_read_it() -> None:
    [page] = ocrkit.read_pages("1.png", model="m.safetensors", segmenter=TopLine())

    assert (page.text, page.image, page.number) == ("ab", "1.png", 1)
    assert (page.model, page.segmenter) == ("m.safetensors", "TopLine")
    assert (page.width, page.height) == SIZE


@pytest.mark.usefixtures("place")
def test_the_runtime_is_that_of_what_finds_the_lines_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def settled(*_: object, runtime: str, **__: object) -> None:
        asked.append(runtime)
        raise OptionError("that is enough")

    monkeypatch.setattr("ocrkit.pages.finding.settle_segmenter", settled)

    with pytest.raises(OptionError, match="that is enough"):
        ocrkit.read_pages("1.png", model="m.safetensors", runtime="torch")

    assert asked == ["torch"]


@pytest.mark.parametrize("kind", ["file", "path", "folder", "glob", "picture", "array", "bytes", "list", "iterator"])
def test_pages_may_be_given_in_many_ways(place: Path, kind: str) -> None:
    given: Any = {
        "file": "1.png",
        "path": place / "1.png",
        "folder": str(place),
        "glob": "*.png",
        "picture": drawn("ab"),
        "array": np.asarray(drawn("ab")),
        "bytes": (place / "1.png").read_bytes(),
        "list": ["1.png", drawn("c")],
        "iterator": iter([drawn("ab"), "10.png"]),
    }[kind]

    several = {
        "folder": ["ab", "cab", "bb"],
        "glob": ["ab", "cab", "bb"],
        "list": ["ab", "c"],
        "iterator": ["ab", "bb"],
    }
    assert read(given) == several.get(kind, ["ab"])


@pytest.mark.usefixtures("place")
def test_pages_are_taken_only_as_they_are_asked_for() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Image.Image]:
        while True:
            taken.append(1)
            yield drawn("ab")

    pages = ocrkit.read_pages(endless(), model="m.safetensors", segmenter=TopLine())

    assert [next(pages).text for _ in range(3)] == ["ab", "ab", "ab"]
    assert len(taken) <= 200


@pytest.mark.usefixtures("place")
def test_a_recogniser_that_is_loaded_is_used_as_it_is() -> None:
    recognizer = ocrkit.Recognizer.load("m.safetensors", n_best=2)

    [page] = ocrkit.read_pages("1.png", model=recognizer, segmenter=TopLine())

    assert len(next(iter(page.lines)).alternatives) == 1
    with pytest.raises(OptionError, match="beam_width is 5, and the recogniser has its decoder"):
        ocrkit.read_pages("1.png", model=recognizer, segmenter=TopLine(), beam_width=5)


@pytest.mark.usefixtures("place")
def test_a_layout_is_taken_for_all_pages() -> None:
    line = Line("own", ((20, 39), (99, 39)), box(20, 20, 99, 39))
    layout = Layout((Region("r", box(0, 0, 299, 99), (line,)),))

    assert read(["1.png", "2.png"], segmenter=layout) == ["ab", "ca"]


@pytest.mark.usefixtures("place")
def test_a_lexicon_says_what_may_be_read() -> None:
    assert read("1.png", lexicon=["cab", "aa"]) == ["aa"]


@pytest.mark.usefixtures("place")
def test_a_page_that_cannot_be_opened_is_reported_in_its_place() -> None:
    Path("5.png").write_bytes(b"nothing")

    pages = list(ocrkit.read_pages(["1.png", "5.png", "2.png"], model="m.safetensors", segmenter=TopLine()))

    assert [(page.text, bool(page.error)) for page in pages] == [("ab", False), ("", True), ("cab", False)]
    assert read(["1.png", "5.png"], errors="skip") == ["ab"]
    with pytest.raises(ImageError, match=r"5\.png"):
        read(["1.png", "5.png"], errors="raise")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"model": "gone.safetensors"}, MissingFileError, "no model file 'gone.safetensors'"),
        ({"segmenter": "nosuch"}, UnknownNameError, "no segmenter 'nosuch'"),
        ({"pages": "x"}, OptionError, "pages is 'x'"),
        ({"errors": "ignore"}, OptionError, "errors is 'ignore'"),
        ({"beam": 3}, UnknownNameError, "no option 'beam'"),
    ],
)
@pytest.mark.usefixtures("place")
def test_what_cannot_be_meant_is_refused_at_once(options: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        read("1.png", **options)


@pytest.mark.usefixtures("place")
def test_a_page_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(MissingFileError, match=r"gone\.png"):
        read("gone.png")


@pytest.mark.usefixtures("place")
def test_words_may_be_mended_by_a_corrector_of_some_name() -> None:
    asked: dict[str, Any] = {"correct": "told", "correct_options": {"after": "cc"}, "registry": correctors.registry()}

    [page] = ocrkit.read_pages("1.png", model="m.safetensors", segmenter=TopLine(), **asked)

    [line] = page.lines
    assert (line.text, line.original) == ("acc", "ab")


@pytest.mark.parametrize("asked", [{"correct": "told"}, {"correct_options": {"after": "c"}}])
@pytest.mark.usefixtures("place")
def test_a_recogniser_that_is_loaded_has_its_corrector(asked: dict[str, Any]) -> None:
    recognizer = ocrkit.Recognizer.load("m.safetensors")

    with pytest.raises(OptionError, match="the recogniser has its decoder and corrector"):
        ocrkit.read_pages("1.png", model=recognizer, segmenter=TopLine(), **asked)
