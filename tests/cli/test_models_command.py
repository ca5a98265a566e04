"""``ocrkit models``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.checkpoint import read_checkpoint, write_checkpoint
from ocrkit.model_files import models_folder
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.plugin.registry import default_registry
from ocrkit.segmentation.net import SegmentationNet

if TYPE_CHECKING:
    from command import RunOcrkit
    from conftest import Distribute


pytestmark = pytest.mark.usefixtures("no_plugins")
BRINGING = """
    from pathlib import Path
    from ocrkit import ModelSpec

    @hookimpl
    def ocrkit_models():
        folder = Path(__file__).parent
        yield ModelSpec("best", "Reads.", folder / "best.safetensors", ("und",), "MIT", folder / "best.md")
"""


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
    columns = "NAME DISTRIBUTION TASK CHARSET LANGUAGES BACKBONE RUNTIMES SIZE CER FILE"
    assert header.split() == [*columns.split()]
    assert latin.split()[:9] == ["latin", "user", "recognition", "abc", "und", "vgg", "torch", "0.0", "MB"]
    assert first.split()[:8] == ["runs/abc-1", "recognition", "abc", "und", "vgg", "torch", "0.0", "MB"]
    assert first.split()[8:] == ["0.0000", "runs/abc-1/model.safetensors"]
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
    assert "preprocessing aspect 1, contrast keep, fit pad, foot 0, height 4, rows keep" in ran.out
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


@pytest.fixture
def best(place: Path, distribute: Distribute, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a model that a distribution brings, with a card."""
    site = distribute("ocrkit-best", BRINGING, version="0.3")
    bars.reader().save(site / "best.safetensors")
    (site / "best.md").write_text("# best\n\nReads bars.\n", encoding="utf-8")
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-best")
    default_registry.cache_clear()
    return site / "best.safetensors"


def test_the_list_has_what_distributions_bring(best: Path, run_ocrkit: RunOcrkit) -> None:
    told = {record["name"]: record for record in json.loads(run_ocrkit("models", "list", "--json").out)}

    assert told["best"] == {
        "name": "best",
        "distribution": "ocrkit-best",
        "version": "0.3",
        "summary": "Reads.",
        "task": "recognition",
        "file": str(best),
        "size": best.stat().st_size,
        "languages": ["und"],
        "charset": "abc",
        "backbone": "vgg",
        "runtimes": ["torch"],
        "cer": None,
    }


def test_a_distributions_model_is_shown_and_read_with(best: Path, run_ocrkit: RunOcrkit) -> None:
    bars.write(best.parent / "lines", {"1.png": "abc"})

    shown = run_ocrkit("models", "show", "ocrkit-best:best")
    read = run_ocrkit("decode", "-m", "best", best.parent / "lines" / "1.png")

    assert str(best) in shown.out
    assert read.out.endswith("1.png\tabc\n")


def test_a_card_is_printed_as_it_is(best: Path, run_ocrkit: RunOcrkit) -> None:
    assert run_ocrkit("models", "card", "best").out == "# best\n\nReads bars.\n"


@pytest.mark.parametrize("name", ["latin", "runs/abc-1"])
def test_a_model_without_a_card_says_so(place: Path, run_ocrkit: RunOcrkit, name: str) -> None:
    ran = run_ocrkit("models", "card", name)

    assert ran.code == 1
    assert ran.err.startswith(f"error: the model '{name}' has no card; 'ocrkit models show' tells")


def test_a_distributions_file_is_not_calibrated_in_its_place(best: Path, run_ocrkit: RunOcrkit) -> None:
    before = best.read_bytes()

    ran = run_ocrkit("models", "calibrate", "best", bars.write(best.parent / "lines", {"1.png": "abc"}))

    assert ran.code == 1
    assert "the file of the model 'best' is that of ocrkit-best 0.3; give another with --output" in ran.err
    assert best.read_bytes() == before


def test_checking_a_plugin_builds_the_networks_of_its_models(best: Path, run_ocrkit: RunOcrkit) -> None:
    good = run_ocrkit("plugins", "check", "ocrkit-best")
    checkpoint = read_checkpoint(best)
    tensors = {key: tensor for key, tensor in checkpoint.tensors.items() if key != "output.bias"}
    write_checkpoint(best, tensors, checkpoint.metadata)

    bad = run_ocrkit("plugins", "check", "ocrkit-best")

    assert (good.code, bad.code) == (0, 1)
    assert "ok      model best: 0.0 MB, charset abc" in good.out
    assert "failed  model best: " in bad.out
    assert "its tensors do not fit its description: it lacks 1: output.bias" in bad.out


@pytest.fixture
def finder(place: Path) -> Path:
    """A model of the user's own that finds lines."""
    path = models_folder() / "finder.safetensors"
    network = Labeller(LabellerOptions(channels=(4, 8), dilations=(1,)))
    SegmentationNet(network, {"steps": 12, "metrics": {"loss": 0.5}}).save(path)
    path.with_suffix(".md").write_text("# finder\n", encoding="utf-8")
    return path


FINDING = """
    from pathlib import Path
    from ocrkit import ModelSpec

    @hookimpl
    def ocrkit_models():
        file = Path(__file__).parent / "finder.safetensors"
        yield ModelSpec("finder", "Finds lines.", file, ("und",), "MIT", None, "segmentation")
"""


def test_checking_a_plugin_loads_a_model_that_finds_lines_as_that(
    finder: Path, run_ocrkit: RunOcrkit, distribute: Distribute, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = distribute("ocrkit-finds", FINDING)
    finder.rename(site / "finder.safetensors")
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-finds")
    default_registry.cache_clear()

    ran = run_ocrkit("plugins", "check", "ocrkit-finds")

    default_registry.cache_clear()
    assert ran.code == 0
    assert "ok      model finder: 0.0 MB, finds lines" in ran.out


def test_a_model_that_finds_lines_is_listed_and_shown_as_that(finder: Path, run_ocrkit: RunOcrkit) -> None:
    listed = {record["name"]: record for record in json.loads(run_ocrkit("models", "list", "--json").out)}
    shown = run_ocrkit("models", "show", "finder")
    card = run_ocrkit("models", "card", "finder")

    assert listed["finder"]["task"] == "segmentation"
    assert listed["latin"]["task"] == "recognition"
    assert shown.code == 0
    assert "task          segmentation: finds the lines of pages" in shown.out
    assert "maps          baseline body end ascender descender border not_text" in shown.out
    assert "steps         12" in shown.out
    assert card.out == "# finder\n"


@pytest.mark.parametrize("command", [("decode", "lines"), ("models", "calibrate", "finder", "lines")])
def test_nothing_is_read_by_a_model_that_finds_lines(
    finder: Path, run_ocrkit: RunOcrkit, command: tuple[str, ...]
) -> None:
    bars.write(Path("lines"), {"1.png": "abc"})

    ran = run_ocrkit(*command, *(("-m", "finder") if command[0] == "decode" else ()))

    assert (ran.code, ran.out) == (1, "")
    assert "is a model that finds lines on pages; expected one that reads them" in ran.err


def test_a_damaged_model_that_finds_lines_is_refused(finder: Path, run_ocrkit: RunOcrkit) -> None:
    checkpoint = read_checkpoint(finder)
    write_checkpoint(finder, checkpoint.tensors, {**checkpoint.metadata, "version": 7})

    ran = run_ocrkit("models", "show", "finder")

    assert ran.code == 1
    assert "version 7" in ran.err
