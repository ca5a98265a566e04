"""The checks of what plugins offer for pages, each on something that breaks the contract in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import PluginError, UnknownNameError
from ocrkit.layout.records import Layout, Line, Page, Region
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.page_specs import PageRendererSpec, SegmenterSpec
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.plugin.specs import ModelSpec
from ocrkit.plugin.testing import check_page_renderer, check_segmenter
from ocrkit.plugin.testing.page_samples import read_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.layout.scan import ReadPage


@dataclass(frozen=True)
class Options:
    lines: bool = True


def render(pages: Iterable[ReadPage], options: Options) -> Iterator[bytes]:
    for read in pages:
        yield read.page.text.encode(errors="replace")


RENDERER = PageRendererSpec("plain", "For the test.", ".txt", Options, render)


class Finder:
    """Finds on every page with ink one line, whose outline and names are as told."""

    def __init__(
        self, outline: tuple[tuple[int, int], ...] = ((0, 0), (0, 0), (0, 0)), names: tuple[str, ...] = ("r", "l")
    ) -> None:
        self.outline = outline
        self.names = names

    def segment(self, image: NDArray[np.uint8], *, direction: str = "ltr") -> Layout:
        if image.min() > 0:
            return Layout(())
        return Layout((Region(self.names[0], self.outline, (Line(self.names[1], (), self.outline),)),))


SEGMENTER = SegmenterSpec("finder", "For the test.", Options, lambda options: Finder())


def test_a_page_renderer_that_keeps_its_contract_passes() -> None:
    check_page_renderer(RENDERER)


def test_a_page_renderer_of_single_pages_is_given_single_pages() -> None:
    counts = []

    def count(pages: Iterable[ReadPage], options: Options) -> Iterator[bytes]:
        counts.append(len(list(pages)))
        yield b""

    check_page_renderer(replace(RENDERER, render=count, together=False))

    assert set(counts) == {1}


def test_text_instead_of_bytes_is_told() -> None:
    with pytest.raises(PluginError, match="yields a str; expected bytes"):
        check_page_renderer(replace(RENDERER, render=lambda pages, options: (read.page.text for read in pages)))


def test_a_page_without_lines_that_breaks_a_renderer_is_told() -> None:
    def first_line(pages: Iterable[ReadPage], options: Options) -> Iterator[bytes]:
        for read in pages:
            yield (next(read.page.lines).text or "").encode(errors="replace")

    with pytest.raises(PluginError, match=r"page renderer 'plain' on page 'scan\.png' 2 raised"):
        check_page_renderer(replace(RENDERER, render=first_line))


def test_a_lost_page_is_told() -> None:
    def all_but_the_last(pages: Iterable[ReadPage], options: Options) -> Iterator[bytes]:
        yield from (read.page.text.encode(errors="replace") for read in list(pages)[:-1])

    with pytest.raises(PluginError, match="leaves out the reading 'dog'"):
        check_page_renderer(replace(RENDERER, render=all_but_the_last))


def test_options_without_defaults_are_told() -> None:
    @dataclass(frozen=True)
    class Demanding:
        width: int

    with pytest.raises(PluginError, match="each of which must have a default"):
        check_page_renderer(replace(RENDERER, options=Demanding))


def test_a_segmenter_that_keeps_its_contract_passes() -> None:
    check_segmenter(SEGMENTER)


@pytest.mark.parametrize(
    ("finder", "message"),
    [
        (Finder(outline=((0, 0), (0, 0))), "has 2 points; expected 3 or more"),
        (Finder(outline=((0, 0), (9000, 0), (0, 0))), r"the point \(9000, 0\); expected ints on a page of 400 x 300"),
        (Finder(names=("same", "same")), "its id is given twice"),
        (Finder(names=("1", "l")), "its id; expected a letter"),
    ],
)
def test_a_line_that_stands_nowhere_or_has_no_name_is_told(finder: Finder, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_segmenter(replace(SEGMENTER, build=lambda options: finder))


def test_lines_on_a_white_page_are_told() -> None:
    class Everywhere(Finder):
        def segment(self, image: NDArray[np.uint8], *, direction: str = "ltr") -> Layout:
            return super().segment(image * 0, direction=direction)

    with pytest.raises(PluginError, match="finds 1 lines on a white page; expected none"):
        check_segmenter(replace(SEGMENTER, build=lambda options: Everywhere()))


@dataclass(frozen=True)
class WithWeights:
    weights: str = ""


def test_a_segmenter_with_a_model_is_checked_with_the_installed_one(tmp_path: Path) -> None:
    file = tmp_path / "finder.safetensors"
    built = []

    def build(options: WithWeights) -> Finder:
        built.append(options)
        return Finder()

    class Bringing:
        @hookimpl
        def ocrkit_models(self) -> list[ModelSpec]:
            return [ModelSpec("finder", "Finds.", file, ("und",), "MIT", None, "segmentation")]

    registry = Registry()
    registry.register(Bringing(), distribution="ocrkit-finder", version="1", trusted=True)

    spec = SegmenterSpec("own", "For the test.", WithWeights, build)

    assert check_segmenter(spec, registry=registry) == "with the model finder"
    assert built == [WithWeights(str(file))]


def test_a_segmenter_with_a_model_is_not_tried_where_none_is_installed() -> None:
    spec = SegmenterSpec("own", "For the test.", WithWeights, lambda _: pytest.fail("it has no model"))

    assert check_segmenter(spec, registry=Registry()).startswith("not tried, as it needs a model that finds lines")


def test_a_segmenter_that_draws_on_the_page_is_told() -> None:
    class Vandal(Finder):
        def segment(self, image: NDArray[np.uint8], *, direction: str = "ltr") -> Layout:
            image[:] = 255
            return Layout(())

    with pytest.raises(PluginError, match="writes to the page"):
        check_segmenter(replace(SEGMENTER, build=lambda options: Vandal()))


def test_a_misspelt_format_of_pages_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="no page renderer 'jsn'; did you mean 'json'"):
        load_registry("none").page_renderer("jsn")


def test_a_page_has_no_text_before_it_was_read() -> None:
    assert Page("a.png", 9, 9, (Region("r", (), (Line("l", (), ()),)),)).text == ""


@pytest.mark.parametrize(
    "spec",
    [offer.value for offer in load_registry("none").page_renderers() if offer.value.together],
    ids=lambda spec: spec.name,
)
def test_a_built_in_writes_a_page_before_it_asks_for_the_one_after_the_next(spec: PageRendererSpec) -> None:
    asked = 0

    def coming() -> Iterator[ReadPage]:
        nonlocal asked
        for read in read_pages() * 3:
            asked += 1
            yield read

    seen = [asked for _ in spec.render(coming(), spec.options())]

    assert max(later - earlier for earlier, later in pairwise(seen)) <= 5  # of which four have nothing to write
