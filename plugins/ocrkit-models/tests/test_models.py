"""The models that ship: whole, small, and found where nothing else is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ocrkit_models
import pytest
from ocrkit_models.package import SOURCES, read_json

from ocrkit.checkpoint import read_checkpoint, read_metadata
from ocrkit.model import Model
from ocrkit.model_files import find_model
from ocrkit.plugin.registry import Registry
from ocrkit.plugin.testing import check_model

if TYPE_CHECKING:
    from pathlib import Path

SPECS = [spec for spec in ocrkit_models.ocrkit_models() if spec.task == "recognition"]
LARGEST = 16_000_000  # bytes


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Knows these models only; the user has none, and no runs."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    registry = Registry()
    registry.register(ocrkit_models, distribution="ocrkit-models", version="0.1.0", trusted=True)
    return registry


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_each_model_keeps_its_contract_and_is_small(spec: ocrkit_models.ModelSpec) -> None:
    check_model(spec)

    assert spec.path.stat().st_size <= LARGEST


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_weights_are_kept_as_the_figures_say_and_computed_with_in_full(spec: ocrkit_models.ModelSpec) -> None:
    kept = {str(tensor.dtype) for tensor in read_checkpoint(spec.path).tensors.values() if tensor.size >= 1 << 16}
    computed = {str(tensor.dtype) for tensor in Model.load(spec.path).network.parameters()}

    assert kept == ({"float16"} if read_json(SOURCES / f"{spec.name}.json")["half"] else {"float32"})
    assert computed == {"torch.float32"}


def test_without_a_word_malayalam_is_read(registry: Registry) -> None:
    found = find_model(None, registry=registry)

    assert found.path.name == "malayalam.safetensors"
    assert found.why == "the installed model 'malayalam' of ocrkit-models 0.1.0"


@pytest.mark.parametrize(
    ("charset", "name"),
    [("malayalam", "malayalam"), ("malayalam+english", "malayalam"), ("english", "english")],
)
def test_the_charset_chooses(registry: Registry, charset: str, name: str) -> None:
    assert find_model(None, charset=charset, registry=registry).path.stem == name


@pytest.mark.parametrize("name", ["malayalam-fast", "ocrkit-models:malayalam-fast"])
def test_each_is_found_by_its_name(registry: Registry, name: str) -> None:
    assert find_model(name, registry=registry).path.name == "malayalam-fast.safetensors"


def test_the_english_model_has_no_other_labels() -> None:
    [english] = [spec for spec in SPECS if spec.name == "english"]

    symbols = read_metadata(english.path)["charset"]["symbols"]

    assert not [symbol for symbol in symbols if "\u0d00" <= symbol <= "\u0d7f"]
