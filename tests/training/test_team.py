"""Two processes that take one step together: each its share of the lines, and the step of one process with all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch
from together import together
from torch import nn

from ocrkit.errors import OptionError
from ocrkit.nets.shared_norm import SharedBatchNorm, share_batch_norms
from ocrkit.training import started
from ocrkit.training.team import ALONE, joined_team

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")

NORMS = """
import copy, torch
from torch import nn
from ocrkit.nets.shared_norm import share_batch_norms
from ocrkit.training.team import joined_team

cpu = torch.device("cpu")
with joined_team(cpu) as team:
    torch.manual_seed(0)
    alone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4))
    shared = copy.deepcopy(alone)
    share_batch_norms(shared, cpu)
    lines, wanted = torch.randn(3, 1, 8, 9) + 5, torch.randn(3, 4, 4, 5)
    for mine in (slice(team.rank, None, 2), slice(0, 3 * team.rank)):  # two lines and one, none and three
        for network, own in ((alone, slice(None)), (shared, mine)):
            network.zero_grad()
            (network(lines[own]) * wanted[own]).sum().backward()
        team.add_gradients(shared, torch.zeros(()))
        for one, other in zip(alone.parameters(), shared.parameters(), strict=True):
            torch.testing.assert_close(other.grad, one.grad, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(shared.state_dict(), alone.state_dict())
    torch.testing.assert_close(shared.eval()(lines), alone.eval()(lines))
"""

STEPS = """
import copy, numpy as np, torch
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.options import HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.training.batches import Batch, make_batch
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.step import Stepper
from ocrkit.training.team import joined_team

torch.set_num_threads(1)
cpu = torch.device("cpu")

def shared(lines, team):
    # One process' lines of a batch, padded as all of them.
    whole, mine = make_batch(*zip(*lines)), slice(team.rank, None, team.count)
    labels = [label for _, label in team.share_of(lines)]
    joined = torch.from_numpy(np.concatenate(labels)) if labels else torch.zeros(0, dtype=torch.long)
    sizes = torch.tensor([len(label) for label in labels], dtype=torch.long)
    return Batch(
        whole.images[mine], whole.widths[mine], joined, sizes, whole.lines[mine], whole.all_lines, whole.all_labels
    )

with joined_team(cpu) as team:
    torch.manual_seed(0)
    network = Crnn(Vgg(VggOptions(width_multiplier=0.25)), HeadOptions(rnn=(LstmLayer(16),)), 9)
    same = copy.deepcopy(network)
    # Optimisers divide a gradient by its own size, however small, and so make much of a rounding: little steps.
    settings = TrainingSettings(precision="float32", optimizer="adadelta", lrate=0.01, warmup=0)
    alone, together = Stepper(same, settings, cpu), Stepper(network, settings, cpu, team)
    rng = np.random.default_rng(0)
    for number, count in enumerate((6, 5, 1, 7), 1):  # with one line, the second process has none
        widths = rng.integers(60, 120, count)
        lines = [(rng.integers(0, 256, (32, width), dtype=np.uint8), rng.integers(1, 9, 4)) for width in widths]
        one, = alone.take([make_batch(*zip(*lines))], number=number, progress=0.5)
        other, = together.take([shared(lines, team)], number=number, progress=0.5)
        assert (other.lines, other.labels, other.taken) == (count, 4 * count, True)
        assert abs(other.nats - one.nats) < 1e-4 * one.nats, (other.nats, one.nats)
    for name, weights in same.state_dict().items():
        torch.testing.assert_close(network.state_dict()[name], weights, rtol=1e-3, atol=1e-4, msg=name)
"""

TALK = """
import numpy as np, torch
from ocrkit.training.team import joined_team

with joined_team(torch.device("cpu")) as team:
    assert team.count == 2 and team.leads == (team.rank == 0)
    assert team.told(f"said by {team.rank}") == "said by 0"
    assert team.gathered(None if team.rank else [1]) == [[1], None]
    assert team.numbers(team.rank, 7.5).tolist() == [[0, 7.5], [1, 7.5]]
    assert list(team.share_of(range(5))) == [[0, 2, 4], [1, 3]][team.rank]
    left = team.board.exchange("a", np.array([team.rank, 5], np.int32), lambda: False)
    assert [each.tolist() for each in left] == [[0, 5], [1, 5]]
    if team.rank:  # the other one gives nothing
        assert team.board.exchange("b", np.zeros(1, np.int32), lambda: True) is None
    team.seed_chance(3, 1)
    first, second = team.gathered(torch.rand(4).tolist())
    assert first != second
    team.seed_chance(3, 1)
    assert torch.rand(4).tolist() == (second if team.rank else first)
"""

# Waits for another process that never comes, until a signal does.
WAITER = """
import os, signal, sys, torch
import ocrkit.training.team as team

signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
team._SILENT = 0.1

def note(message):
    print(message, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

with team.joined_team(torch.device("cpu"), note):
    pass
"""

LEAVER = """
import sys, torch
from ocrkit.errors import LostProcess
from ocrkit.training.team import joined_team

with joined_team(torch.device("cpu")) as team:
    team.numbers(0)
    if team.rank:
        sys.exit(0)
    try:
        while True:
            team.numbers(0)
    except LostProcess as error:
        print("lost:", error)
"""


@pytest.mark.parametrize("script", [NORMS, STEPS, TALK], ids=["batch norms", "steps", "messages"])
def test_two_processes_do_together_what_one_does(script: str, tmp_path: Path) -> None:
    ran = together(script, tmp_path)

    assert ran.returncode == 0, ran.stderr


def test_a_process_that_has_gone_is_an_error_in_the_others(tmp_path: Path) -> None:
    ran = together(LEAVER, tmp_path)

    assert "lost: process 0 of 2 cannot reach the others any more" in ran.stdout, ran.stderr


def test_a_process_that_nobody_started_with_others_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")  # as schedulers of jobs set it, too

    with joined_team(CPU) as team:
        assert team is ALONE
    assert (started.rank(), started.local_rank(), started.local_count()) == (0, 0, 1)
    assert ALONE.numbers(2, 3).tolist() == [[2, 3]]
    assert (ALONE.told("a"), ALONE.gathered("a"), ALONE.share_of("abc")) == ("a", ["a"], "abc")


def test_processes_that_cannot_meet_are_told_how_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "no"}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(OptionError, match=r"cannot meet at 127.0.0.1:no: .*; start them by torchrun"), joined_team(CPU):
        pass


@pytest.mark.parametrize(("rank", "size"), [("5", "2"), ("-1", "2"), ("x", "2"), ("0", "0"), ("0", "two")])
def test_a_place_that_there_cannot_be_is_refused_before_anybody_waits(
    monkeypatch: pytest.MonkeyPatch, rank: str, size: str
) -> None:
    for name, value in {"RANK": rank, "WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(OptionError, match=f"RANK='{rank}' and WORLD_SIZE='{size}' name no process"), joined_team(CPU):
        pass


def test_a_process_that_waits_for_others_says_so_and_can_be_ended() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    place = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}

    ran = subprocess.run(
        [sys.executable, "-c", WAITER],
        capture_output=True, text=True, timeout=100, check=False, env={**os.environ, **place},
    )  # fmt: skip

    assert (ran.returncode, ran.stdout.strip()) == (7, f"waiting for the others of 2 processes at 127.0.0.1:{port}")


def test_a_network_keeps_its_names_when_its_norms_are_shared() -> None:
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Sequential(nn.BatchNorm2d(2)))
    before = network.state_dict()

    share_batch_norms(network, CPU)

    assert isinstance(network.get_submodule("1.0"), SharedBatchNorm)
    torch.testing.assert_close(network.state_dict(), before)
