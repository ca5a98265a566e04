"""Runs of what finds lines: what they leave, how they go on, and what they refuse."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import block_pages
import numpy as np
import pytest

from ocrkit.checkpoint import read_checkpoint
from ocrkit.errors import CheckpointError, ConfigError, DataError, MissingFileError, OptionError
from ocrkit.segmentation.maps import MAPS
from ocrkit.segmentation.net import load_segmentation_net
from ocrkit.training import Observer
from ocrkit.training.segmenting import (
    PageData,
    SegmentingConfig,
    SegmentingSettings,
    resume_segmenter,
    train_segmenter,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ocrkit.training import StepReport


class Stopping(Observer):
    """Asks for an end after a step, and remembers what it is told."""

    def __init__(self, after: int = 0) -> None:
        self.after = after
        self.notes: list[str] = []
        self.losses: list[float] = []
        self.found: list[Mapping[str, float]] = []

    def note(self, message: str) -> None:
        self.notes.append(message)

    def stepped(self, report: StepReport) -> None:
        self.losses.append(report.loss)
        if report.step == self.after:
            os.kill(os.getpid(), signal.SIGINT)

    def measured(self, step: int, losses: Mapping[str, float]) -> None:
        self.found.append(losses)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return block_pages.write_block_pages(tmp_path_factory.mktemp("blocks") / "pages", 3)


@pytest.fixture
def config(pages: Path) -> SegmentingConfig:
    """Two crops a step of real pages alone, in this process."""
    return SegmentingConfig(
        channels=(8, 8, 16),
        dilations=(1, 2),
        data=PageData(training=(str(pages),), evaluation=(str(pages / "p0.xml"),), share=1.0),
        training=SegmentingSettings(
            steps=8, batch_size=2, crop=96, crops_a_page=4, pages_at_once=2, workers=0, threads=1, device="cpu",
            precision="float32", averaging=0.9, x_heights=(8.0, 12.0),
        ),
    )  # fmt: skip


def longer(config: SegmentingConfig, **changes: object) -> SegmentingConfig:
    return replace(config, training=replace(config.training, **changes))  # type: ignore[arg-type]


def log_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def weights_of(path: Path) -> dict[str, np.ndarray]:
    return dict(read_checkpoint(path).tensors)


def test_it_learns_to_find_the_lines_of_two_pages(config: SegmentingConfig, tmp_path: Path) -> None:
    watching = Stopping()

    train_segmenter(longer(config, steps=120, lrate=0.01, batch_size=4), output=tmp_path / "run", observer=watching)

    maps = load_segmentation_net(tmp_path / "run/model.safetensors").maps(block_pages.block_page([60, 120]))
    ribbon = maps[MAPS.index("baseline")]
    assert np.mean(watching.losses[-5:]) < 0.4 * np.mean(watching.losses[:5])
    assert ribbon[[30, 60], 20:130].mean() > 0.5
    assert ribbon[[15, 45, 80], 20:130].mean() < 0.2


def test_a_run_leaves_its_model_its_log_and_its_settings(config: SegmentingConfig, tmp_path: Path) -> None:
    watching = Stopping()

    outcome = train_segmenter(config, output=tmp_path / "run", observer=watching)

    net = load_segmentation_net(outcome.model)
    events = [record["event"] for record in log_of(tmp_path / "run")]
    assert (outcome.reason, outcome.steps, outcome.signal) == ("steps", 8, 0)
    assert events[0] == "start"
    assert events[-2:] == ["measured", "end"]
    assert net.provenance["steps"] == 8
    assert net.provenance["metrics"] == dict(outcome.measured) == watching.found[-1]
    assert outcome.measured.keys() == {"loss", *MAPS}
    assert (tmp_path / "run/config.toml").is_file()


def test_no_path_of_the_machine_is_in_the_model(config: SegmentingConfig, tmp_path: Path) -> None:
    outcome = train_segmenter(longer(config, steps=1), output=tmp_path / "run")

    told = json.dumps(read_checkpoint(outcome.model).metadata["provenance"])
    assert str(tmp_path.parent) not in told
    assert '"training": ["pages"]' in told


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_run_that_was_interrupted_comes_to_the_weights_of_one_that_was_not(
    config: SegmentingConfig, tmp_path: Path, after: int
) -> None:
    whole = train_segmenter(config, output=tmp_path / "whole")

    broken = train_segmenter(config, output=tmp_path / "broken", observer=Stopping(after))
    load_segmentation_net(broken.model)
    resumed = resume_segmenter(tmp_path / "broken")

    assert (broken.reason, broken.steps, broken.signal) == ("interrupted", after, signal.SIGINT)
    assert (resumed.reason, resumed.steps) == ("steps", 8)
    found, expected = weights_of(resumed.model), weights_of(whole.model)
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_a_log_tells_each_step_once(config: SegmentingConfig, tmp_path: Path) -> None:
    train_segmenter(config, output=tmp_path / "run", observer=Stopping(3))
    resume_segmenter(tmp_path / "run")

    events = [record["event"] for record in log_of(tmp_path / "run")]
    assert events.count("start") == events.count("resume") == 1
    assert [record["step"] for record in log_of(tmp_path / "run") if record["event"] == "measured"] == [3, 8]


def test_more_steps_may_follow(config: SegmentingConfig, tmp_path: Path) -> None:
    train_segmenter(config, output=tmp_path / "run")

    with pytest.raises(ConfigError, match=r"all 8 steps; give more `training\.steps`"):
        resume_segmenter(tmp_path / "run")

    assert resume_segmenter(tmp_path / "run", changes={"training": {"steps": 10}}).steps == 10


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"training": {"batch_size": 3}}, "training.batch_size"), ({"data": {"share": 0.5}}, "data.share")],
)
def test_what_pages_follow_from_cannot_change(
    config: SegmentingConfig, tmp_path: Path, changes: dict[str, object], named: str
) -> None:
    train_segmenter(config, output=tmp_path / "run", observer=Stopping(1))

    with pytest.raises(ConfigError, match=f"^{named} cannot change"):
        resume_segmenter(tmp_path / "run", changes=changes)


def test_other_pages_end_a_run(config: SegmentingConfig, tmp_path: Path) -> None:
    own = block_pages.write_block_pages(tmp_path / "own", 2)
    mine = replace(config, data=PageData(training=(str(own),), share=1.0))
    train_segmenter(mine, output=tmp_path / "run", observer=Stopping(1))
    (own / "p1.xml").unlink()

    with pytest.raises(DataError, match="start a run anew"):
        resume_segmenter(tmp_path / "run")


def test_a_run_may_begin_with_the_weights_of_another(config: SegmentingConfig, tmp_path: Path) -> None:
    first = train_segmenter(config, output=tmp_path / "first")

    second = train_segmenter(replace(config, load=str(first.folder)), output=tmp_path / "second")

    base = load_segmentation_net(second.model).provenance["base"]
    assert isinstance(base, dict)
    assert base["name"] == "first"


def test_a_page_that_cannot_be_used_is_told_of_and_left_out(config: SegmentingConfig, tmp_path: Path) -> None:
    own = block_pages.write_block_pages(tmp_path / "own", 2)
    (own / "p1.png").write_bytes(b"no picture")
    watching = Stopping()

    train_segmenter(
        replace(config, data=PageData(training=(str(own),), share=1.0)), output=tmp_path / "run", observer=watching
    )

    assert len(watching.notes) == 1
    assert "p1.png" in watching.notes[0]


def test_pages_of_which_none_can_be_used_begin_no_run(config: SegmentingConfig, tmp_path: Path) -> None:
    own = block_pages.write_block_pages(tmp_path / "own", 1)
    (own / "p0.png").unlink()

    with pytest.raises(DataError, match="none of 2 pages in a row can be used"):
        train_segmenter(replace(config, data=PageData(training=(str(own),), share=1.0)), output=tmp_path / "run")

    assert not (tmp_path / "run" / "config.toml").exists()


def test_places_without_pages_are_named(config: SegmentingConfig, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="nowhere"):
        train_segmenter(replace(config, data=PageData(training=(str(tmp_path / "nowhere"),))))
    with pytest.raises(DataError, match=r"no \.xml file"):
        train_segmenter(replace(config, data=PageData(training=(str(tmp_path),))))


def test_a_state_of_something_else_is_refused(config: SegmentingConfig, tmp_path: Path) -> None:
    train_segmenter(config, output=tmp_path / "run", observer=Stopping(1))
    (tmp_path / "run/model.safetensors").replace(tmp_path / "run/state/latest.safetensors")

    with pytest.raises(CheckpointError, match="is no state of a training of what finds lines"):
        resume_segmenter(tmp_path / "run")


@pytest.mark.parametrize(
    "settings",
    [{"crop": 100}, {"crop": 32}, {"steps": 0}, {"x_heights": (9.0, 8.0)}, {"averaging": 1.0}, {"precision": "float16"},
     {"lrate": 0.0}, {"seed": -1}],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        SegmentingSettings(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [{"share": 1.5}, {"drawn": {"degrade": 2.0}}, {"drawn": {"degrad": 0.2}}])
def test_data_that_cannot_be_is_refused(data: dict[str, object]) -> None:
    with pytest.raises((OptionError, ConfigError)):
        PageData(**data)  # type: ignore[arg-type]
