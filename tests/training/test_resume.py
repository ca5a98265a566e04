from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from watching import Watching, log_of

from ocrkit.config import from_table, read_toml
from ocrkit.errors import CheckpointError, ConfigError, DataError
from ocrkit.model import Model
from ocrkit.training import Outcome, RunConfig, resume, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]
    DrawLines = Callable[..., Path]

ONE_EPOCH = {"epochs": 1}


def test_a_run_that_ends_in_its_first_epoch_leaves_a_usable_model(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    broken = train(make_config(), output=tmp_path, observer=Watching(stop_after=2), registry=registry)

    assert (broken.reason, broken.best) == ("interrupted", None)
    assert Model.load(broken.model, registry=registry).provenance["steps"] == 2


def test_a_model_without_a_judgement_follows_the_training(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    train(make_config(), output=tmp_path, observer=Watching(stop_after=1), registry=registry)
    again = resume(tmp_path, observer=Watching(stop_after=3), registry=registry)

    assert Model.load(again.model, registry=registry).provenance["steps"] == 3


def test_the_best_epoch_before_a_break_is_remembered_after_it(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    before = train(make_config(), output=tmp_path, observer=Watching(stop_after=5), registry=registry)
    after = resume(tmp_path, observer=Watching(stop_after=6), registry=registry)

    assert before.best is not None
    assert before.best.epoch == 0
    assert after.best == before.best


def test_a_finished_run_says_so_when_it_is_resumed(finished: Outcome, registry: Registry) -> None:
    with pytest.raises(ConfigError, match=r"done all its 2 epochs; with more of them \(`training\.epochs`\) it goes"):
        resume(finished.folder, registry=registry)

    assert log_of(finished.folder)[-1]["event"] == "end"


def test_a_finished_run_goes_on_with_more_epochs(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    train(make_config(training=ONE_EPOCH), output=tmp_path, registry=registry)

    more = resume(tmp_path, changes={"training": {"epochs": 2}}, registry=registry)

    assert (more.reason, more.steps) == ("epochs", 8)
    assert from_table(RunConfig, read_toml(tmp_path / "config.toml")).training.epochs == 2


def test_a_run_that_is_out_of_time_says_so_when_it_is_resumed(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    train(make_config(training={"minutes": 1e-9}), output=tmp_path, registry=registry)

    with pytest.raises(ConfigError, match=r"up its 1e-09 minutes; with more of them \(`training\.minutes`\) it goes"):
        resume(tmp_path, registry=registry)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"charset": "english"}, "charset"),
        ({"training": {"seed": 9}}, "training.seed"),
        ({"training": {"batch_size": 9}}, "training.batch_size"),
        ({"training": {"optimizer": "adam"}}, "training.optimizer"),
        ({"preprocessing": {"height": 20}}, "preprocessing.height"),
        ({"backbone": {"options": {"channels": [9, 9]}}}, "backbone.options"),
        ({"augmentation": {"fade": 0.5}}, "augmentation.fade"),
        ({"data": {"validation_fraction": 0.3}}, "data.validation_fraction"),
    ],
)
def test_what_a_run_has_begun_with_cannot_change_when_it_goes_on(
    finished: Outcome, registry: Registry, changes: dict[str, object], name: str
) -> None:
    with pytest.raises(ConfigError, match=f"^{name} cannot change in the middle of a run: .*; what can: data.cache, "):
        resume(finished.folder, changes=changes, registry=registry)


def test_a_run_whose_lines_have_changed_is_not_resumed(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path, registry: Registry
) -> None:
    folder = draw_lines(20)
    config = make_config(data={"training": [str(folder)]})
    train(config, output=tmp_path / "run", observer=Watching(stop_after=1), registry=registry)
    table = folder / "labels.tsv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))

    with pytest.raises(DataError, match=r"the training lines are not those that '.*run' was begun with"):
        resume(tmp_path / "run", registry=registry)


def test_a_run_of_another_order_of_lines_is_not_resumed(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocrkit.training.loop.ORDERING", 1)
    train(make_config(), output=tmp_path, observer=Watching(stop_after=1), registry=registry)
    monkeypatch.undo()

    with pytest.raises(DataError, match=r"took lines in another order, so it cannot go on; `load=.*` begins another"):
        resume(tmp_path, registry=registry)


def test_a_damaged_state_is_said_so(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    train(make_config(), output=tmp_path, observer=Watching(stop_after=1), registry=registry)
    state = tmp_path / "state" / "latest.safetensors"
    state.write_bytes(state.read_bytes()[:-10])

    with pytest.raises(CheckpointError, match=f"{state}: truncated"):
        resume(tmp_path, registry=registry)


def test_a_model_in_the_place_of_a_state_is_said_so(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    train(make_config(), output=tmp_path, observer=Watching(stop_after=1), registry=registry)
    (tmp_path / "model.safetensors").rename(tmp_path / "state" / "latest.safetensors")

    with pytest.raises(CheckpointError, match="holds no training state"):
        resume(tmp_path, registry=registry)


def test_a_log_that_a_kill_has_cut_is_gone_on_with(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    train(make_config(training={"epochs": 2}), output=tmp_path, observer=Watching(stop_after=5), registry=registry)
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"event": "epo')

    resume(tmp_path, registry=registry)

    lines = (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["event"] == "end"
    assert all(json.loads(line) for line in lines)


def test_a_run_from_a_loaded_model_is_resumed_without_it(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    base = train(make_config(training=ONE_EPOCH), output=tmp_path / "base", registry=registry)
    config = make_config(load=str(base.model), training=ONE_EPOCH)
    train(config, output=tmp_path / "run", observer=Watching(stop_after=1), registry=registry)
    base.model.unlink()

    assert resume(tmp_path / "run", registry=registry).reason == "epochs"
