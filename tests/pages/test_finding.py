"""Which segmenter is taken, with which model, and what is said where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from ocrkit.errors import ConfigError, MissingFileError, OptionError, UnknownNameError
from ocrkit.layout.records import Layout
from ocrkit.pages.finding import Segmenting, choose_segmenter
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.page_specs import SegmenterSpec
from ocrkit.plugin.registry import Registry
from ocrkit.plugin.specs import ModelSpec
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PlainOptions:
    """Of a segmenter without a model."""

    smear: int = 3


@dataclass(frozen=True)
class LearnedOptions:
    """Of one with a model."""

    weights: str = ""
    threshold: float = 0.5


class Told:
    """Finds nothing, and tells what it was asked."""

    def __init__(self, options: Any) -> None:
        self.options = options
        self.asked: list[tuple[tuple[int, ...], str]] = []

    def segment(self, image: NDArray[np.uint8], *, direction: str = "ltr") -> Layout:
        self.asked.append((image.shape, direction))
        return Layout(())


BANDS = SegmenterSpec("bands", "Plain.", PlainOptions, Told)
LINES = SegmenterSpec("lines", "Learned.", LearnedOptions, Told)


def registry_of(*segmenters: SegmenterSpec, models: tuple[ModelSpec, ...] = ()) -> Registry:
    class Plugin:
        @hookimpl
        def ocrkit_segmenters(self) -> tuple[SegmenterSpec, ...]:
            return segmenters

        @hookimpl
        def ocrkit_models(self) -> tuple[ModelSpec, ...]:
            return models

    registry = Registry()
    registry.register(Plugin(), distribution="ocrkit-own", version="1.0")
    return registry


def model(path: Path, name: str = "pages", task: str = "segmentation") -> ModelSpec:
    path.write_bytes(b"")
    return ModelSpec(name, "Finds lines.", path, (), "MIT", task=task)


def weights_of(segmenter: Any) -> str:
    found: str = segmenter.options.weights
    return found


def test_lines_are_found_by_the_installed_model(tmp_path: Path) -> None:
    reader, finder = model(tmp_path / "r", "reader", "recognition"), model(tmp_path / "f", "finder")

    chosen = choose_segmenter(registry=registry_of(BANDS, LINES, models=(reader, finder)))

    assert (chosen.name, chosen.why) == ("lines", "the installed model 'finder' of ocrkit-own 1.0")
    assert weights_of(chosen.segmenter) == str(tmp_path / "f")


def test_without_a_model_bands_are_found() -> None:
    chosen = choose_segmenter(registry=registry_of(LINES, BANDS))

    assert chosen.name == "bands"
    assert chosen.why.startswith("no model that finds lines is installed; 'pip install ocrkit-models' brings one")


def test_with_neither_the_first_that_is_installed_is_taken() -> None:
    only = SegmenterSpec("rows", "Plain.", PlainOptions, Told)

    assert choose_segmenter(registry=registry_of(only)).name == "rows"


def test_without_any_segmenter_that_is_told() -> None:
    with pytest.raises(UnknownNameError, match="no segmenter is installed"):
        choose_segmenter(registry=registry_of())


def test_a_named_one_is_taken_without_a_word(tmp_path: Path) -> None:
    chosen = choose_segmenter("bands", registry=registry_of(BANDS, LINES, models=(model(tmp_path / "m"),)))

    assert (chosen.name, chosen.why) == ("bands", "")


@pytest.mark.parametrize("given", ["file", "folder", "name"])
def test_a_model_is_a_file_or_a_runs_folder_or_a_name(tmp_path: Path, given: str) -> None:
    registry = registry_of(LINES, models=(model(tmp_path / "a", "first"), model(tmp_path / "b", "second")))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.safetensors").write_bytes(b"")
    weights, expected = {
        "file": (tmp_path / "b", tmp_path / "b"),
        "folder": (tmp_path / "run", tmp_path / "run" / "model.safetensors"),
        "name": ("second", tmp_path / "b"),
    }[given]

    chosen = choose_segmenter(weights=weights, registry=registry)

    assert (chosen.name, chosen.why) == ("lines", "")
    assert weights_of(chosen.segmenter) == str(expected)


@pytest.mark.parametrize(
    ("weights", "error", "said"),
    [
        (None, MissingFileError, "segmenter 'lines' needs a model and none is installed"),
        ("gone/m.safetensors", MissingFileError, "no segmentation model 'gone/m.safetensors'"),
        ("paegs", UnknownNameError, "no segmentation model 'paegs'"),
    ],
)
def test_a_model_that_is_not_there_is_told(weights: str | None, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        choose_segmenter("lines", weights=weights, registry=registry_of(LINES))


def test_a_model_for_a_segmenter_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="segmenter 'bands' takes no model; leave `segmenter_model` out"):
        choose_segmenter("bands", weights=tmp_path / "m", registry=registry_of(BANDS))


def test_options_are_set_and_checked() -> None:
    chosen: Any = choose_segmenter("bands", options={"smear": 5}, registry=registry_of(BANDS)).segmenter

    assert chosen.options.smear == 5
    with pytest.raises(ConfigError, match="segmenter 'bands': smear is 'wide'; expected a whole number"):
        choose_segmenter("bands", options={"smear": "wide"}, registry=registry_of(BANDS))


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_segmenter_is_asked_in_the_charsets_direction(direction: str) -> None:
    segmenter = Told(PlainOptions())
    charset = Charset("x", ("", "a"), direction=direction)
    scan: Any = None

    Segmenting(segmenter, charset)(scan, Image.new("L", (30, 20)))

    assert segmenter.asked == [((20, 30), direction)]
