"""``check_model``, on models that break the contract in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import bars
import pytest
import torch

from ocrkit.errors import PluginError
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.plugin.specs import ModelSpec
from ocrkit.plugin.testing import check_model
from ocrkit.segmentation.net import SegmentationNet
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = Charset("abc", ("", "a", "b", "c"), languages=("en",))


@pytest.fixture
def good(tmp_path: Path) -> ModelSpec:
    """A model that keeps its contract."""
    path, card = tmp_path / "bars.safetensors", tmp_path / "bars.md"
    bars.reader(ENGLISH).save(path)
    card.write_text("# bars\n", encoding="utf-8")
    return ModelSpec("bars", "Reads bars.", path, ("en",), "Apache-2.0", card)


def test_a_model_that_keeps_its_contract_passes(good: ModelSpec) -> None:
    assert check_model(good) == "0.0 MB, charset abc"


def test_a_card_may_be_missing_where_none_is_promised(good: ModelSpec) -> None:
    check_model(replace(good, card=None))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"summary": ""}, "has the summary ''"),
        ({"path": "bars.safetensors"}, "has the path 'bars.safetensors'; expected a Path"),
        ({"licence": ""}, "has the licence ''; expected that of its weights as SPDX names it"),
        ({"languages": ()}, r"has the languages \(\); expected a tuple of BCP 47 names"),
        ({"languages": ["en"]}, r"has the languages \['en'\]; expected a tuple"),
        ({"languages": ("en", "ml")}, "is said to read ml; its charset 'abc' is for en"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(good: ModelSpec, changes: dict[str, object], message: str) -> None:
    with pytest.raises(PluginError, match=f"model 'bars' {message}"):
        check_model(replace(good, **changes))


def test_a_missing_file_is_said(good: ModelSpec) -> None:
    good.path.unlink()

    with pytest.raises(PluginError, match="model 'bars': no file"):
        check_model(good)


def test_a_truncated_file_is_said(good: ModelSpec) -> None:
    good.path.write_bytes(good.path.read_bytes()[:-4])

    with pytest.raises(PluginError, match=r"model 'bars': .*truncated"):
        check_model(good)


def test_numbers_that_are_none_are_said(good: ModelSpec) -> None:
    model = bars.reader(ENGLISH)
    model.network.state_dict()["output.bias"][1] = torch.nan
    model.save(good.path)

    with pytest.raises(PluginError, match=r"bars\.safetensors holds numbers in output\.bias that are not finite"):
        check_model(good)


@pytest.mark.parametrize(("text", "message"), [(None, "cannot be read"), ("bars", "begins with no heading")])
def test_a_promised_card_can_be_read(good: ModelSpec, text: str | None, message: str) -> None:
    assert good.card is not None
    good.card.unlink() if text is None else good.card.write_text(text, encoding="utf-8")

    with pytest.raises(PluginError, match=rf"model 'bars': its card 'bars\.md' {message}"):
        check_model(good)


@pytest.fixture
def finder(tmp_path: Path) -> ModelSpec:
    """A model that finds lines, and keeps its contract."""
    path = tmp_path / "finder.safetensors"
    SegmentationNet(Labeller(LabellerOptions(channels=(4, 8), dilations=(1,)))).save(path)
    return ModelSpec("finder", "Finds lines.", path, (), "MIT", task="segmentation")


def test_a_model_that_finds_lines_needs_no_language(finder: ModelSpec) -> None:
    assert check_model(finder) == "0.0 MB, finds lines"


@pytest.mark.parametrize(
    ("task", "message"),
    [("recognition", "not a model"), ("ordering", "has the task 'ordering'; expected 'recognition' or 'segmentation'")],
)
def test_a_model_of_another_task_than_is_said_is_refused(finder: ModelSpec, task: str, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_model(replace(finder, task=task))


def test_a_reader_that_is_said_to_find_lines_is_refused(good: ModelSpec) -> None:
    with pytest.raises(PluginError, match="is a model that reads lines; expected one that finds them"):
        check_model(replace(good, task="segmentation"))
