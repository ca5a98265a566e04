"""The demonstration at the smallest size, by models that were never trained: what it keeps apart, what it leaves."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from PIL import Image

from ocrkit.config import from_table
from ocrkit.data.image import Preprocessing
from ocrkit.data.records import Prediction, Sample
from ocrkit.demo import Demonstration, InstalledReading, demonstrate
from ocrkit.demo.reading import is_right, rates
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.errors import ConfigError, MissingFileError
from ocrkit.evaluation.error_rates import Judged
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer
from ocrkit.plugin.registry import default_registry
from ocrkit.training import Observer, read_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no faces here"),
]

TINY = {
    "data": {"validation_count": 8, "max_bad": 1.0},
    "synthetic": {"count": 60},
    "training": {"steps": 2, "workers": 0, "device": "cpu"},
}
REPORT = {"greedy", "lexicon", "lexicon_size", "unseen_faces", "greedy_on_unseen_faces", "seconds"}


class Stages(Observer):
    def __init__(self) -> None:
        self.finished: list[str] = []

    def preparing(self, stage: str, done: int, total: int) -> None:
        if done == total:
            self.finished.append(stage)


def install_untrained(folder: Path) -> None:
    """Models of the three names in a user's folder of models."""
    parts = Architecture(
        "vgg",
        {"channels": [8, 8], "pools": ["2x2", "2x2"]},
        HeadOptions(rnn=(LstmLayer(8),)),
        Preprocessing(height=16),
    )
    models = folder / "ocrkit" / "models"
    models.mkdir(parents=True)
    registry = default_registry()
    for name, charset in (("malayalam", "malayalam"), ("malayalam-fast", "malayalam"), ("english", "english")):
        Model.build(registry.charset(charset), parts, registry=registry).save(models / f"{name}.safetensors")


@pytest.fixture(scope="module")
def _models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home, threads = tmp_path_factory.mktemp("home"), torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    install_untrained(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(home))
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, _models: None) -> tuple[Demonstration, Stages]:
    stages = Stages()
    folder = tmp_path_factory.mktemp("demo")
    return demonstrate(folder, changes=TINY, lines=2, pictures=12, lexicon_size=40, observer=stages), stages


def drawn_for_training(result: Demonstration) -> Synthetic:
    options = {**read_recipe("demo")["synthetic"], "count": 60}
    options["without_families"] = list(result.taught.unseen_faces)
    return Synthetic(default_registry().charset("georgian"), from_table(SyntheticOptions, options), seed=0)


def test_the_words_that_are_read_are_distinct_and_were_never_trained_on(
    shown: tuple[Demonstration, Stages],
) -> None:
    words = [line.truth for line in shown[0].taught.greedy.lines]

    assert len(set(words)) == len(words) == 12
    assert not set(words) & {sample.text for sample in drawn_for_training(shown[0])}


def test_half_are_drawn_in_faces_that_training_never_saw(shown: tuple[Demonstration, Stages]) -> None:
    taught = shown[0].taught
    unseen = set(taught.unseen_faces)

    groups = [line.sample.group for line in taught.greedy.lines]

    assert unseen
    assert sum(group in unseen for group in groups) == 6
    assert not unseen & set(drawn_for_training(shown[0]).families)


def test_the_same_words_are_read_before_and_after_and_with_a_lexicon_that_holds_them(
    shown: tuple[Demonstration, Stages],
) -> None:
    taught = shown[0].taught
    truths = [line.truth for line in taught.greedy.lines]

    assert taught.lexicon_size == 40
    assert [line.truth for line in taught.lexicon.lines] == truths
    assert [line.sample for line in taught.before.lines] == [line.sample for line in taught.greedy.lines]
    assert taught.lexicon.rejected == 0


def test_the_model_that_was_taught_writes_the_new_script_and_names_its_base(
    shown: tuple[Demonstration, Stages],
) -> None:
    model = Model.load(shown[0].taught.model)

    assert model.charset.symbols == default_registry().charset("georgian").symbols
    assert "malayalam-fast" in json.dumps(model.provenance["base"])


def test_each_installed_model_reads_lines_of_its_language(shown: tuple[Demonstration, Stages]) -> None:
    installed = shown[0].installed

    assert [reading.model for reading in installed] == ["malayalam", "english"]
    assert [reading.greedy.count for reading in installed] == [2, 2]
    assert [reading.lexicon_size for reading in installed] == [40, 40]


def test_the_report_has_what_the_readme_says(shown: tuple[Demonstration, Stages]) -> None:
    result, _ = shown

    told = json.loads((result.folder / "report.json").read_text("utf-8"))

    assert told.keys() >= REPORT
    assert told["greedy"] == {"cer": result.taught.greedy.cer, "exact": result.taught.greedy.exact, "count": 12}
    assert told["lexicon"]["count"] == told["before"]["count"] == 12
    assert told["unseen_faces"] == list(result.taught.unseen_faces)
    assert told["installed"]["malayalam"]["greedy"]["count"] == 2


@pytest.mark.parametrize(("read", "right"), [("rain  fell", True), ("rain fell ", True), ("rainfell", False)])
def test_a_space_too_many_is_shown_as_it_is_counted(read: str, right: bool) -> None:
    line = Judged(Sample("1.png", Path("1.png")), "rain fell", Prediction("1.png", read, 0.0, 1.0))

    assert is_right(line) == right
    assert rates([line])["exact"] == right


def test_sheets_of_readings_are_pictures(shown: tuple[Demonstration, Stages]) -> None:
    sheets = [*(reading.sheet for reading in shown[0].installed), *shown[0].taught.sheets]

    assert len(sheets) == 2 + 6
    for path in sheets:
        with Image.open(path) as sheet:
            assert sheet.width > 100


def test_every_stage_is_told(shown: tuple[Demonstration, Stages]) -> None:
    assert shown[1].finished[-2:] == ["after: reading greedily", "after: reading with a lexicon"]


def test_another_demonstration_replaces_the_first_and_nothing_else(shown: tuple[Demonstration, Stages]) -> None:
    folder = shown[0].folder
    (folder / "mine.txt").write_text("mine")

    again = demonstrate(folder, changes=TINY, lines=1, pictures=4, lexicon_size=20)

    assert again.taught.greedy.count == 4
    assert (folder / "mine.txt").read_text() == "mine"


@pytest.mark.usefixtures("_models")
def test_what_was_read_before_a_break_is_reported(tmp_path: Path) -> None:
    def ended(reading: InstalledReading) -> None:
        if reading.model == "english":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demonstrate(tmp_path, changes=TINY, lines=1, pictures=4, lexicon_size=20, shown=ended)

    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["installed"].keys() >= {"malayalam"}
    assert demonstrate(tmp_path, changes=TINY, lines=1, pictures=4, lexicon_size=20).taught.greedy.count == 4


@pytest.mark.usefixtures("_models")
def test_a_run_that_is_no_demonstration_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine = true\n")

    with pytest.raises(ConfigError, match="holds a run already"):
        demonstrate(tmp_path, changes=TINY, lines=1, pictures=4, lexicon_size=20)

    assert (tmp_path / "config.toml").read_text() == "mine = true\n"


def test_a_model_that_is_not_installed_is_named_with_the_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocrkit.demo.installed.offered_models", tuple)

    with pytest.raises(MissingFileError, match=r"no model 'malayalam-fast' is installed.*'pip install ocrkit-models'"):
        demonstrate(tmp_path / "demo", changes=TINY)

    assert not (tmp_path / "demo").exists()
