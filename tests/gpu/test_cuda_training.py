"""Training and reading on CUDA, compared with the CPU."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from ocrkit.checkpoint import read_checkpoint
from ocrkit.config import from_table, merge
from ocrkit.data.records import Prediction, Sample
from ocrkit.model import Model
from ocrkit.nets.blstm import Blstm, reversal
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.device import resolve_device
from ocrkit.nets.options import HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.recognition import Recognizer
from ocrkit.training import Observer, Outcome, RunConfig, StepReport, resume, train
from ocrkit.training.batches import make_batch
from ocrkit.training.memory import MemoryGauge
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.step import Stepper

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]

TrainOn = Callable[..., Outcome]

SETTINGS: dict[str, object] = {
    "charset": "from-data",
    "preprocessing": {"height": 16},
    "backbone": {"name": "vgg", "options": {"channels": [8, 12], "pools": ["2x2", "2x1"]}},
    "head": {"rnn": [{"size": 12}]},
    "data": {"validation_fraction": 0.2},
    "training": {"epochs": 1, "batch_size": 8, "lrate": 0.005, "workers": 0, "seed": 5, "precision": "float32"},
}


class Remembering(Observer):
    """Remembers the losses, and asks for an end after a step."""

    def __init__(self, *, stop_after: int = 0) -> None:
        self.losses: list[float] = []
        self._stop_after = stop_after

    def stepped(self, report: StepReport) -> None:
        self.losses.append(report.loss)
        if report.step == self._stop_after:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry("none")


@pytest.fixture(scope="module")
def lines_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty lines of one to four bars, each thin (``i``) or thick (``m``)."""
    folder = tmp_path_factory.mktemp("bars")
    rng = np.random.default_rng(0)
    rows = []
    for index in range(40):
        text = "".join(rng.choice(["i", "m"], rng.integers(1, 5)))
        picture = np.full((16, 12 * len(text) + 4), 255, np.uint8)
        for place, letter in enumerate(text):
            picture[3:13, 12 * place + 4 : 12 * place + (6 if letter == "i" else 12)] = 20
        Image.fromarray(picture).save(folder / f"{index}.png")
        rows.append(f"{index}.png\t{text}\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    return folder


@pytest.fixture
def train_on(lines_folder: Path, registry: Registry, tmp_path: Path) -> TrainOn:
    """Train on a device: ``train_on("cuda", observer=…, epochs=2)``."""

    def run(device: str, *, name: str = "run", observer: Observer | None = None, **training: object) -> Outcome:
        changes = {"data": {"training": [str(lines_folder)]}, "training": {"device": device, **training}}
        config = from_table(RunConfig, merge(SETTINGS, changes))
        return train(config, output=tmp_path / name, observer=observer, registry=registry)

    return run


def test_auto_takes_the_cuda_device() -> None:
    assert resolve_device("auto").type == "cuda"


def test_steps_on_cuda_give_the_losses_of_the_cpu(train_on: TrainOn) -> None:
    on_cpu, on_cuda = Remembering(), Remembering()

    train_on("cpu", name="cpu", observer=on_cpu)
    train_on("cuda", name="cuda", observer=on_cuda)

    # TF32 convolutions have ten bits of mantissa.
    assert on_cuda.losses == pytest.approx(on_cpu.losses, rel=2e-2)


@pytest.mark.parametrize("precision", ["bfloat16", "float16", "auto"])
def test_mixed_precision_learns_as_float32_does(train_on: TrainOn, precision: str) -> None:
    exactly, roughly = Remembering(), Remembering()

    train_on("cuda", name="float32", observer=exactly, epochs=8)
    train_on("cuda", name=precision, observer=roughly, epochs=8, precision=precision)

    assert roughly.losses[0] == pytest.approx(exactly.losses[0], rel=0.1)
    assert roughly.losses[-1] < 0.8 * roughly.losses[0]


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_run_on_cuda_goes_on_after_a_break(train_on: TrainOn, registry: Registry, precision: str) -> None:
    whole, before, after = Remembering(), Remembering(stop_after=6), Remembering()
    train_on("cuda", name="whole", observer=whole, epochs=3, precision=precision)

    broken = train_on("cuda", name="broken", observer=before, epochs=3, precision=precision)
    resumed = resume(broken.folder, observer=after, registry=registry)

    assert (broken.reason, resumed.reason) == ("interrupted", "epochs")
    # CUDA adds some sums in no fixed order.
    assert [*before.losses, *after.losses] == pytest.approx(whole.losses, rel=5e-2)


def test_a_run_that_began_on_cuda_goes_on_on_the_cpu(train_on: TrainOn, registry: Registry) -> None:
    broken = train_on("cuda", observer=Remembering(stop_after=2), precision="auto")

    resumed = resume(broken.folder, changes={"training": {"device": "cpu"}}, registry=registry)

    assert resumed.reason == "epochs"


def test_a_model_reads_on_cuda_what_it_reads_on_the_cpu(
    train_on: TrainOn, lines_folder: Path, registry: Registry
) -> None:
    outcome = train_on("cuda", epochs=8)
    samples = [Sample(f"{index}", lines_folder / f"{index}.png") for index in range(40)]

    readings = {}
    for device in ("cpu", "cuda"):
        recognizer = Recognizer(Model.load(outcome.model, registry=registry), device=device, registry=registry)
        readings[device] = [found.text for found in recognizer.read(samples) if isinstance(found, Prediction)]

    assert len(readings["cuda"]) == 40
    assert readings["cuda"] == readings["cpu"]


@pytest.mark.parametrize("merge", ["concat", "sum"])
@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_directions_side_by_side_give_what_one_after_the_other_gives(merge: str, dtype: torch.dtype | None) -> None:
    torch.manual_seed(0)
    blstm = Blstm(48, LstmLayer(64, merge)).to("cuda").train()
    frames = torch.randn(32, 100, 48, device="cuda", requires_grad=True)
    order = reversal(torch.randint(1, 101, (32,), device="cuda"), 100)

    def read(*, both_at_once: bool) -> list[torch.Tensor]:
        blstm.both_at_once = both_at_once
        with torch.autocast("cuda", dtype=dtype, enabled=dtype is not None):
            merged = blstm(frames, order)
        # A loss that tells every output from every other.
        loss = (merged.float() * torch.linspace(-1, 1, merged.numel(), device="cuda").view(merged.shape)).sum()
        return [merged, *torch.autograd.grad(loss, [frames, *blstm.parameters()])]

    for _ in range(5):  # a race would not show every time
        for side, after in zip(read(both_at_once=True), read(both_at_once=False), strict=True):
            torch.testing.assert_close(side, after, rtol=2e-2 if dtype else 1e-4, atol=1e-1 if dtype else 1e-3)


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "adadelta"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_step_on_cuda_that_is_not_finite_changes_nothing(optimizer: str, precision: str) -> None:
    torch.manual_seed(0)
    network = Crnn(Vgg(VggOptions(height=16, channels=(4,), pools=("2x2",))), HeadOptions((LstmLayer(4),)), labels=4)
    network.to("cuda").train()
    settings = TrainingSettings(optimizer=optimizer, precision=precision)
    stepper = Stepper(network, settings, torch.device("cuda"))
    images = [np.random.default_rng(0).integers(0, 256, (16, width), np.uint8) for width in (20, 30)]
    batch = make_batch(images, [np.array([1, 2]), np.array([3])])

    def memory() -> list[torch.Tensor]:
        states = stepper.optimizer.state_dict()["state"].values()
        # A scaler leaves out steps whose forward pass was good, and running statistics may learn from that.
        kept = network.parameters() if precision == "float16" else network.state_dict().values()
        flat = [*kept, *(value for entries in states for value in entries.values())]
        return [value.detach().cpu().clone() for value in flat if value.is_floating_point()]

    for number in range(1, 12):  # the scaler of float16 looks for its scale first
        stepper.take([batch], number=number, progress=0.5)
    stepper.settle()
    before = memory()
    network.output.bias.register_hook(lambda gradient: gradient * float("nan"))
    stepper.take([batch], number=12, progress=0.5)
    [step] = [step for step in stepper.settle() if step.number == 12] or [None]

    assert all(torch.equal(one, other) for one, other in zip(before, memory(), strict=True))
    # A scaler leaves out steps of its own, which do not count as trouble.
    assert step is None or step.taken == (precision == "float16")


def test_every_step_on_cuda_is_told_once_in_order_whenever_its_numbers_come(train_on: TrainOn, tmp_path: Path) -> None:
    told = Remembering()

    train_on("cuda", observer=told, epochs=3, batch_size=2)

    log = (json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines())
    ended = [entry["step"] for entry in log if entry["event"] == "epoch"]
    assert len(told.losses) == 3 * 16
    assert all(np.isfinite(told.losses))
    assert ended == [16, 32, 48]


def test_deterministic_runs_on_cuda_give_the_same_weights_to_the_bit(train_on: TrainOn) -> None:
    runs = [train_on("cuda", name=name, epochs=3, deterministic=True) for name in ("one", "other")]

    first, second = (read_checkpoint(run.last).tensors for run in runs)
    assert first.keys() == second.keys()
    assert [name for name in first if not np.array_equal(first[name], second[name])] == []
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_deterministic_loss_on_cuda_is_the_loss(train_on: TrainOn) -> None:
    plainly, exactly = Remembering(), Remembering()

    train_on("cuda", name="plainly", observer=plainly)
    train_on("cuda", name="exactly", observer=exactly, deterministic=True)

    assert exactly.losses == pytest.approx(plainly.losses, rel=2e-2)


def test_a_batch_that_the_card_does_not_hold_names_a_size_that_it_does() -> None:
    gauge = MemoryGauge(torch.device("cuda"))
    small = make_batch([np.zeros((8, 16), np.uint8)], [np.array([1])])
    held = torch.empty(1 << 20, dtype=torch.uint8, device="cuda")
    gauge.fitted([small])

    error = gauge.error([small], 64)

    assert held.numel() == 1 << 20
    assert re.fullmatch(
        r"a batch of 1 lines, the widest of 16 px, does not fit the device's memory; "
        r"begin anew with `training.batch_size=(1|2|4|8|16|32)`",
        str(error),
    )
