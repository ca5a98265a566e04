"""Training in two processes: what one process would have made of the same batches, written by one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import torch
from together import together, together_in_ocrkit
from watching import log_of

from ocrkit.checkpoint import read_checkpoint
from ocrkit.config import to_table, write_toml
from ocrkit.model import Model
from ocrkit.training import Outcome, RunConfig, train

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

MakeConfig = Callable[..., RunConfig]

pytestmark = pytest.mark.slow

EPOCHS = 2
# Little steps, since an optimiser makes much of a gradient that is next to nothing, and so of a rounding.
ALIKE: dict[str, Any] = {
    "backbone": {"options": {"dropout": [0.0]}},
    "head": {"dropout": 0.0},
    "training": {"epochs": EPOCHS, "lrate": 0.001, "quit": "fixed"},
}
CHANCY: dict[str, Any] = {"training": {"epochs": EPOCHS, "quit": "fixed", "save_every": 0.0}}

# Has the second process send itself a signal before a step.
SIGNAL = """
import os, signal, sys
from ocrkit.training.step import Stepper

take = Stepper.take

def take_or_leave(self, parts, *, number, **others):
    if os.environ["RANK"] == "1" and number == LAST:
        os.kill(os.getpid(), NUMBER)
    return take(self, parts, number=number, **others)

Stepper.take = take_or_leave
NUMBER, LAST = signal.Signals[sys.argv[1]], int(sys.argv[2])
sys.argv[:] = ["ocrkit", *sys.argv[3:]]
"""
IN_OCRKIT = """
from ocrkit.cli.app import main
main()
"""
# Trains, and leaves the number of the signal that ended it.
IN_PYTHON = """
from pathlib import Path
from ocrkit.training.by_keyword import train
outcome = train(config=sys.argv[1], output=sys.argv[2])
Path(sys.argv[2], "signal-" + os.environ["RANK"]).write_text(str(outcome.signal))
"""


# Trains until the second process alone is sent SIGTERM; the first takes its time to write.
ENDED = """
import os, signal, sys, time
from ocrkit.training.run_writer import RunWriter
from ocrkit.training.step import Stepper

take, end = Stepper.take, RunWriter.end

def take_and_end(self, parts, *, number, **others):
    if os.environ["RANK"] == "1" and number == 3:
        os.kill(os.getpid(), signal.SIGTERM)
    return take(self, parts, number=number, **others)

def end_slowly(self, *args):
    time.sleep(3)
    end(self, *args)

Stepper.take, RunWriter.end = take_and_end, end_slowly
sys.argv[:] = ["ocrkit", *sys.argv[1:]]
from ocrkit.cli.app import main
main()
"""


@pytest.fixture(scope="module")
def config_file(make_config: MakeConfig, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Write the configuration of a short run."""
    folder = tmp_path_factory.mktemp("configurations")

    def write(name: str, changes: dict[str, Any]) -> str:
        write_toml(folder / f"{name}.toml", to_table(make_config(**changes)))
        return str(folder / f"{name}.toml")

    return write


@pytest.fixture(scope="module")
def unbroken(config_file: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two processes, with dropout, that nothing breaks."""
    run = tmp_path_factory.mktemp("unbroken") / "run"
    ran = together_in_ocrkit("train", "--config", config_file("chancy", CHANCY), "-o", str(run))
    assert ran.returncode == 0, ran.stderr
    return run


def test_two_processes_make_what_one_makes(
    make_config: MakeConfig, config_file: Callable[..., str], registry: Registry, tmp_path: Path
) -> None:
    alone = train(make_config(**ALIKE), output=tmp_path / "alone", registry=registry)

    ran = together_in_ocrkit("train", "--config", config_file("alike", ALIKE), "-o", str(tmp_path / "together"))

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count("note: 2 processes train together, each on its share of every batch") == 1
    one, other = epochs_of(alone.folder), epochs_of(tmp_path / "together")
    assert [epoch["epoch"] for epoch in other] == list(range(EPOCHS))
    for name in ("loss", "validation_loss", "cer", "exact"):
        assert [epoch[name] for epoch in other] == pytest.approx([epoch[name] for epoch in one], rel=1e-3)
    expected, found = (Model.load(run / "last.safetensors").network.state_dict() for run in folders(alone, tmp_path))
    for name, weights in expected.items():
        torch.testing.assert_close(found[name], weights, rtol=1e-2, atol=1e-3, msg=name)


def test_one_of_two_processes_writes_and_tells(unbroken: Path) -> None:
    log = log_of(unbroken)

    assert [record["event"] for record in log if record["event"] in ("start", "end")] == ["start", "end"]
    steps = [record["step"] for record in log if record["event"] == "step"]
    assert sorted(set(steps)) == steps


def test_a_process_that_is_lost_ends_the_run_with_a_way_to_go_on(
    config_file: Callable[..., str], unbroken: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"

    ending = SIGNAL + IN_OCRKIT
    lost = together(
        ending, tmp_path, "SIGKILL", "6", "train", "--config", config_file("chancy", CHANCY), "-o", str(run)
    )
    resumed = together_in_ocrkit("train", "--resume", str(run))

    assert lost.returncode == 1
    assert "error: process 0 of 2 cannot reach the others any more" in lost.stderr, lost.stderr
    assert f"--resume {run} goes on" in lost.stderr
    assert resumed.returncode == 0, resumed.stderr
    whole, broken = (read_checkpoint(folder / "state/latest.safetensors").tensors for folder in (unbroken, run))
    names = [name for name in whole if not name.startswith("random.")]
    assert [name for name in names if (whole[name] != broken[name]).any()] == []


def test_what_one_process_is_asked_ends_the_run_in_all_of_them(config_file: Callable[..., str], tmp_path: Path) -> None:
    run = tmp_path / "run"

    asked = together(SIGNAL + IN_PYTHON, tmp_path, "SIGTERM", "6", config_file("chancy", CHANCY), str(run))

    assert asked.returncode == 0, asked.stderr
    assert [record["reason"] for record in log_of(run) if record["event"] == "end"] == ["interrupted"]
    assert [(run / f"signal-{rank}").read_text() for rank in (0, 1)] == ["15", "15"]


def test_one_process_that_is_sent_a_signal_lets_the_first_write_the_end(
    config_file: Callable[..., str], tmp_path: Path
) -> None:
    run = tmp_path / "run"

    ran = together(ENDED, tmp_path, "train", "--config", config_file("chancy", CHANCY), "-o", str(run))

    assert (run / "last.safetensors").exists(), ran.stderr
    assert log_of(run)[-1]["event"] == "end"
    assert f"--resume {run} goes on" in ran.stderr
    assert "exitcode  : 143" in ran.stderr


def epochs_of(run: Path) -> list[dict[str, Any]]:
    return [record for record in log_of(run) if record["event"] == "epoch"]


def folders(alone: Outcome, folder: Path) -> tuple[Path, Path]:
    return alone.folder, folder / "together"
