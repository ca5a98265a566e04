from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from watching import Watching, log_of

from ocrkit.checkpoint import read_checkpoint, read_metadata
from ocrkit.config import from_table, read_toml
from ocrkit.errors import ConfigError, DataError, OptionError, UnknownNameError
from ocrkit.training import Outcome, RunConfig, resume, train
from ocrkit.training.evaluation_sets import judging_set, named_places

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]
    DrawLines = Callable[..., Path]


@pytest.fixture
def two_sets(make_config: MakeConfig, draw_lines: DrawLines, lines_folder: Path) -> MakeConfig:
    """Make the configuration of a run with the sets ``few`` (6 lines) and ``many`` (40)."""
    few = str(draw_lines(6))

    def make(**training: object) -> RunConfig:
        sets = {"few": few, "many": [str(lines_folder)]}
        return make_config(data={"evaluation": sets}, training={"epochs": 2, **training})

    return make


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), {}),
        (("held/out",), {"out": ("held/out",)}),
        (("a/print.tsv", "b/hand.v2.tsv"), {"print": ("a/print.tsv",), "hand.v2": ("b/hand.v2.tsv",)}),
        (("pages/labels.tsv",), {"pages": ("pages/labels.tsv",)}),
        (("hand=a/b", "print=c"), {"hand": ("a/b",), "print": ("c",)}),
        (("hand=a", "b", "hand=c"), {"hand": ("a", "c"), "b": ("b",)}),
        (("x/test", "y/test"), {"test": ("x/test", "y/test")}),
        (("runs/lr=3/test",), {"test": ("runs/lr=3/test",)}),
        ({"hand": "a", "print": ("b", "c")}, {"hand": ("a",), "print": ("b", "c")}),
    ],
)
def test_sets_have_names(said: tuple[str, ...] | dict[str, str], expected: dict[str, tuple[str, ...]]) -> None:
    assert named_places(said) == expected
    assert list(named_places(said)) == list(expected)


def test_a_folder_is_called_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "set.v2").mkdir()
    monkeypatch.chdir(tmp_path / "set.v2")

    assert named_places((str(tmp_path / "set.v2"), ".")) == {"set.v2": (str(tmp_path / "set.v2"), ".")}


def test_a_place_that_is_there_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lr=3").mkdir()
    monkeypatch.chdir(tmp_path)

    assert named_places(("lr=3",)) == {"lr=3": ("lr=3",)}


@pytest.mark.parametrize("said", [{"": "a"}, {"hand": ()}, {"hand": ""}, {"hand": ("a", "")}])
def test_a_set_needs_a_name_and_a_location(said: dict[str, str]) -> None:
    with pytest.raises(OptionError, match=r"data.evaluation has the set .*; expected a name, and at least one"):
        named_places(said)


def test_the_first_set_judges_unless_another_is_named() -> None:
    assert judging_set(["b", "a"], "") == "b"
    assert judging_set(["b", "a"], "a") == "a"
    assert judging_set([], "") == ""


def test_a_judge_that_is_no_set_offers_the_nearest(two_sets: MakeConfig, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no validation set 'feew'; did you mean 'few'. known: few, many"):
        train(two_sets(judge="feew"), output=tmp_path / "run", registry=registry)
    assert not (tmp_path / "run").exists()


def test_a_judge_without_any_set_is_refused(make_config: MakeConfig, registry: Registry, tmp_path: Path) -> None:
    config = make_config(data={"validation_fraction": 0}, training={"judge": "few"})

    with pytest.raises(UnknownNameError, match=r"no validation set 'few'; there are none; `data.evaluation` names"):
        train(config, output=tmp_path / "run", registry=registry)


def test_what_is_neither_a_list_nor_a_table_is_refused(make_config: MakeConfig) -> None:
    with pytest.raises(ConfigError, match=r"evaluation is 'dev'; expected a list or a table"):
        make_config(data={"evaluation": "dev"})


def test_each_set_has_its_figures_everywhere(two_sets: MakeConfig, registry: Registry, tmp_path: Path) -> None:
    watching = Watching()

    outcome = train(two_sets(judge="many"), output=tmp_path, observer=watching, registry=registry)

    log = log_of(tmp_path)
    assert log[0]["sets"] == {"few": 6, "many": 40}
    assert log[0]["validation"] == 46
    epochs = [entry for entry in log if entry["event"] == "epoch"]
    assert {entry["judge"] for entry in epochs} == {"many"}
    for entry, report in zip(epochs, watching.epochs, strict=True):
        sets = report.sets
        assert (report.cer, report.exact, report.validation_loss) == tuple(
            getattr(sets["many"], name) for name in ("cer", "exact", "loss")
        )
        assert sets["few"] != sets["many"]
        assert entry["sets"] == {
            name: {"loss": each.loss, "cer": each.cer, "exact": each.exact} for name, each in sets.items()
        }
    assert outcome.best is not None
    metrics = read_metadata(outcome.model)["provenance"]["metrics"]  # type: ignore[index]
    assert metrics["judge"] == "many"
    assert metrics["cer"] == metrics["sets"]["many"]["cer"] == outcome.best.cer
    assert metrics["sets"]["few"]["cer"] == outcome.best.sets["few"].cer
    [note] = [note for note in watching.notes if note.startswith("validated on")]
    assert note == "validated on few (6 lines), many (40 lines); the best model is the one that reads many best"


def test_the_judging_set_chooses_the_best(two_sets: MakeConfig, registry: Registry, tmp_path: Path) -> None:
    watching = Watching()

    outcome = train(two_sets(epochs=4, judge="few"), output=tmp_path, observer=watching, registry=registry)

    ranked = min(watching.epochs, key=lambda report: (report.sets["few"].cer, report.sets["few"].loss))
    assert outcome.best == ranked


def test_one_set_is_told_as_plainly_as_ever(finished: Outcome) -> None:
    metrics = read_metadata(finished.model)["provenance"]["metrics"]  # type: ignore[index]

    assert metrics.keys() == {"cer", "exact", "validation_loss"}
    assert finished.best is not None
    assert finished.best.judge == "validation"
    assert list(finished.best.sets) == ["validation"]


def test_a_run_with_several_sets_resumes_exactly(two_sets: MakeConfig, registry: Registry, tmp_path: Path) -> None:
    whole = train(two_sets(), output=tmp_path / "whole", registry=registry)

    broken = train(two_sets(), output=tmp_path / "broken", observer=Watching(stop_after=7), registry=registry)
    resumed = resume(broken.folder, registry=registry)

    one, other = (read_checkpoint(run.last).tensors for run in (whole, resumed))
    assert broken.reason == "interrupted"
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert whole.best is not None
    assert resumed.best is not None
    assert whole.best.sets == resumed.best.sets
    assert (whole.best.epoch, resumed.best.judge) == (resumed.best.epoch, "few")


def test_a_set_without_a_usable_line_is_named(
    two_sets: MakeConfig, registry: Registry, tmp_path: Path, draw_lines: DrawLines
) -> None:
    config = two_sets()
    for picture in (tmp_path / "lines").glob("*.png"):
        picture.write_bytes(b"no picture")

    with pytest.raises(DataError, match=r"none of the 6 validation \(few\) lines can be used"):
        train(config, output=tmp_path / "run", registry=registry)


def test_the_configuration_that_is_left_names_the_sets(
    two_sets: MakeConfig, registry: Registry, tmp_path: Path, lines_folder: Path
) -> None:
    train(two_sets(epochs=1), output=tmp_path / "run", registry=registry)

    config = from_table(RunConfig, read_toml(tmp_path / "run" / "config.toml"))
    assert named_places(config.data.evaluation)["many"] == (str(lines_folder),)
