"""``ocrkit models``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.model_files import models_folder

if TYPE_CHECKING:
    from command import RunOcrkit


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: an installed model, a run with a measured one, and a run whose file is damaged."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)
    bars.reader().save(models_folder() / "latin.safetensors")
    measured = replace(bars.reader(), provenance={"metrics": {"cer": 0.0}})
    measured.save("runs/abc-1/model.safetensors")
    whole = Path("runs/abc-1/model.safetensors").read_bytes()
    Path("runs/abc-2").mkdir()
    Path("runs/abc-2/model.safetensors").write_bytes(whole[:-10])
    return tmp_path


def test_the_list_has_installed_models_and_runs_and_says_what_is_damaged(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("models", "list")

    header, latin, first, second = ran.out.splitlines()
    assert header.split() == ["NAME", "CHARSET", "BACKBONE", "CER", "FILE"]
    assert latin.split()[:3] == ["latin", "abc", "vgg"]
    assert first.split() == ["runs/abc-1", "abc", "vgg", "0.0000", "runs/abc-1/model.safetensors"]
    assert "runs/abc-2/model.safetensors (truncated: " in second
    assert ran.code == 0


def test_the_list_is_also_json(place: Path, run_ocrkit: RunOcrkit) -> None:
    told = {record["name"]: record for record in json.loads(run_ocrkit("models", "list", "--json").out)}

    assert told["runs/abc-1"]["cer"] == 0.0
    assert told["latin"]["charset"] == "abc"
    assert told["runs/abc-2"]["error"].startswith("truncated: ")


def test_nothing_at_all_is_an_empty_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_ocrkit: RunOcrkit
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert json.loads(run_ocrkit("models", "list", "--json").out) == []


@pytest.mark.parametrize("name", ["latin", "runs/abc-1", "runs/abc-1/model.safetensors"])
def test_show_tells_what_a_model_reads_and_is_built_of(place: Path, run_ocrkit: RunOcrkit, name: str) -> None:
    ran = run_ocrkit("models", "show", name)

    assert ran.code == 0
    assert "abc, 4 labels with the blank" in ran.out
    assert "backbone      vgg" in ran.out
    assert "preprocessing fit pad, height 4" in ran.out
    # One convolution of a weight and a bias, and a layer from 1 feature to 4 labels.
    assert "weights       10" in ran.out


def test_show_counts_epochs_from_one_and_keeps_sets_apart(place: Path, run_ocrkit: RunOcrkit) -> None:
    sets = {"print": {"cer": 0.25, "exact": 0.5}, "hand": {"cer": 0.5, "exact": 0.0}}
    replace(bars.reader(), provenance={"epoch": 6, "metrics": {"sets": sets}, "base": {}}).save("m.safetensors")

    shown = run_ocrkit("models", "show", "m.safetensors").out

    assert "\nepoch         7\n" in shown
    assert "\nmetrics       sets (hand (cer 0.5, exact 0), print (cer 0.25, exact 0.5))\n" in shown
    assert "\nbase          none\n" in shown


def test_show_as_json_is_the_metadata(place: Path, run_ocrkit: RunOcrkit) -> None:
    told = json.loads(run_ocrkit("models", "show", "latin", "--json").out)

    assert told["charset"]["name"] == "abc"
    assert told["architecture"]["backbone"] == "vgg"
