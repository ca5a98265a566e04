from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import bars
import pytest
import torch

from ocrkit.data.image import Preprocessing
from ocrkit.data.records import Sample
from ocrkit.errors import ModelError
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer
from ocrkit.plugin.datasets import open_samples
from ocrkit.text.charset import Charset
from ocrkit.training.batches import make_batch
from ocrkit.training.feeding.feed import Feed
from ocrkit.training.interruption import Interruption
from ocrkit.training.lines import Lines
from ocrkit.training.loop import Trainer, _is_better
from ocrkit.training.loss import summed_loss
from ocrkit.training.observer import EpochReport, Observer, StepReport
from ocrkit.training.settings import DataSettings, TrainingSettings
from ocrkit.training.state import read_position
from ocrkit.training.stopping import ended
from ocrkit.training.team import Team
from ocrkit.training.underway import Underway
from ocrkit.training.usable_lines import usable_lines
from ocrkit.training.validation import Validation, validate

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.plugin.registry import Registry

MakeTrainer = Callable[..., Trainer]
CPU = torch.device("cpu")


class Told(Observer):
    """Remembers steps, epochs and notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.steps: list[StepReport] = []
        self.epochs: list[EpochReport] = []

    def note(self, message: str) -> None:
        self.notes.append(message)

    def stepped(self, report: StepReport) -> None:
        self.steps.append(report)

    def validated(self, report: EpochReport) -> None:
        self.epochs.append(report)


@pytest.fixture
def model(registry: Registry) -> Model:
    """A small model without batch norm, whose readings depend on its weights alone."""
    torch.manual_seed(1)
    parts = Architecture(
        options={"channels": [8], "pools": ["2x2"], "batch_norm": [False]},
        head=HeadOptions((LstmLayer(8),)),
        preprocessing=Preprocessing(height=16),
    )
    return Model.build(Charset("abcd", ("", *"abcd")), parts, registry=registry)


@pytest.fixture
def lines(model: Model, lines_folder: Path, registry: Registry) -> Lines:
    """The first 16 drawn lines."""
    samples = open_samples(lines_folder, registry=registry)[:16]
    return lines_of("training", samples, model)


@pytest.fixture
def make_trainer(model: Model, lines: Lines, tmp_path: Path) -> Iterator[MakeTrainer]:
    """Make a trainer of four steps an epoch, that validates on the lines that it trains on."""
    with ExitStack() as feeds:

        def make(**changes: object) -> Trainer:
            settings = TrainingSettings(**{"batch_size": 4, "precision": "float32", **changes})  # type: ignore[arg-type]
            return Trainer(
                model=model,
                training=lines,
                validation={"validation": lines},
                settings=settings,
                feed=feeds.enter_context(feed_of(lines, model, settings.batch_size)),
                folder=tmp_path,
                device=CPU,
                observer=Told(),
                keep_best=lambda report, validation: None,
            )

        yield make


def test_training_ends_when_as_many_epochs_as_said_have_brought_nothing(make_trainer: MakeTrainer) -> None:
    # At this rate no weight moves, so that the first epoch is the best for ever.
    trainer = make_trainer(epochs=20, lrate=1e-30, weight_decay=0, quit="early", lag=3)

    reason = trainer.run(Interruption())

    assert reason == "early"
    assert [report.best for report in told(trainer).epochs] == [True, False, False, False]
    assert ended(trainer.position, trainer.settings) == "early"


class Interrupting(Team):
    """A team of one that gets a signal after it has said that it wants no end, at the nth time that it is asked."""

    nth = 1

    def numbers(self, *own: float) -> NDArray[np.float64]:
        everyone = super().numbers(*own)
        Interrupting.nth -= 1
        if not Interrupting.nth:
            os.kill(os.getpid(), signal.SIGTERM)
        return everyone


@pytest.mark.parametrize("nth", [1, 2, 3, 6, 7, 8])
def test_no_signal_is_lost_whenever_it_comes(make_trainer: MakeTrainer, nth: int) -> None:
    trainer = make_trainer(epochs=50, quit="fixed")
    trainer.team, Interrupting.nth = Interrupting(), nth

    with Interruption() as interruption:
        reason = trainer.run(interruption)

    assert (reason, interruption.signal) == ("interrupted", signal.SIGTERM)
    assert trainer.position.epoch < 5


def test_of_equal_error_rates_the_lower_loss_is_better(make_trainer: MakeTrainer) -> None:
    # At this rate the loss falls a little, and no reading changes.
    trainer = make_trainer(epochs=4, lrate=1e-6, schedule="constant", warmup=0, quit="fixed")

    trainer.run(Interruption())

    epochs = told(trainer).epochs
    losses = [report.validation_loss for report in epochs]
    assert len({report.cer for report in epochs}) == 1
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 4
    assert [report.best for report in epochs] == [True] * 4


def test_a_higher_loss_of_an_equal_error_rate_is_no_better() -> None:
    best = EpochReport(epoch=0, step=1, loss=1, rate=1, seconds=1, best=True, validation_loss=2.0, cer=0.5, exact=0)

    assert _is_better(Validation(1.9, 0.5, 0, ()), best)
    assert not _is_better(Validation(2.1, 0.5, 0, ()), best)
    assert not _is_better(Validation(1.0, 0.6, 0, ()), best)
    assert _is_better(Validation(9.0, 0.4, 0, ()), best)


def test_a_step_descends_the_loss_of_each_label_and_tells_it(make_trainer: MakeTrainer, model: Model) -> None:
    trainer = make_trainer(epochs=1, batch_size=16, clip=0, lrate=1e-30, weight_decay=0)
    trainer.run(Interruption())
    gradient = model.network.output.bias.grad
    [step] = told(trainer).steps

    images = [image for k in range(16) if (image := trainer.feed.image(trainer.training, k)) is not None]
    batch = make_batch(images, list(trainer.training.labels))
    log_probs, lengths = model.network.train()(batch.images, batch.widths)
    model.network.zero_grad()
    mean = summed_loss(log_probs, lengths, batch) / sum(map(len, trainer.training.labels))
    mean.backward()
    expected = mean.item()

    assert step.loss == pytest.approx(expected, rel=1e-4)
    assert told(trainer).epochs[0].loss == pytest.approx(expected, rel=1e-4)
    assert told(trainer).epochs[0].validation_loss == pytest.approx(expected, rel=1e-4)
    assert gradient is not None
    assert model.network.output.bias.grad is not None
    torch.testing.assert_close(gradient, model.network.output.bias.grad, rtol=1e-3, atol=1e-6)


def test_a_fixed_training_runs_all_its_epochs(make_trainer: MakeTrainer) -> None:
    trainer = make_trainer(epochs=4, lrate=1e-30, weight_decay=0, quit="fixed", lag=1)

    assert trainer.run(Interruption()) == "epochs"
    assert len(told(trainer).epochs) == 4


def test_the_rate_follows_the_schedule(make_trainer: MakeTrainer) -> None:
    trainer = make_trainer(epochs=2, lrate=0.5e-9, schedule="constant", warmup=0.5)

    trainer.run(Interruption())

    rates = [report.rate for report in told(trainer).steps]
    # Eight steps: the k-th begins when k/8 are done, and the rate rises until half are.
    assert rates[1:] == pytest.approx([0.5e-9 * share for share in (0.25, 0.5, 0.75, 1, 1, 1, 1)])


def test_a_run_of_so_many_steps_ends_with_them_and_its_schedule(make_trainer: MakeTrainer) -> None:
    trainer = make_trainer(epochs=1, steps=6, lrate=0.6e-9, schedule="linear", warmup=0)

    reason = trainer.run(Interruption())

    # Four steps an epoch, so that the second one is judged in its middle; the k-th step begins when k/6 are done.
    assert (reason, [report.step for report in told(trainer).epochs]) == ("steps", [4, 6])
    assert told(trainer).steps[-1].epochs == 2
    rates = [report.rate for report in told(trainer).steps]
    assert rates[1:] == pytest.approx([0.1e-9 * left for left in (5, 4, 3, 2, 1)])


def test_the_schedule_follows_the_time_where_that_is_further_than_the_steps(make_trainer: MakeTrainer) -> None:
    trainer = make_trainer(epochs=1, lrate=0.5e-9, schedule="constant", warmup=1.0, minutes=1e6)
    trainer.position.seconds = 0.9 * 60e6

    trainer.run(Interruption())

    # Four steps: by steps none, a quarter, half and three quarters of them would be done.
    assert [report.rate for report in told(trainer).steps] == pytest.approx([0.9 * 0.5e-9] * 4)


def test_a_step_without_a_finite_loss_is_left_out(make_trainer: MakeTrainer, model: Model) -> None:
    trainer = make_trainer(epochs=1, lrate=0.01)
    weights: list[torch.Tensor] = []

    def spoil_the_third(_module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        weights.append(model.network.output.weight.detach().clone())
        return output * math.nan if len(weights) == 3 else output

    handle = model.network.output.register_forward_hook(spoil_the_third)
    trainer.run(Interruption())
    handle.remove()

    # The weights before each of the four steps, and then in validation.
    assert not torch.equal(weights[1], weights[2])
    assert torch.equal(weights[2], weights[3])
    assert not torch.equal(weights[3], weights[4])
    assert [math.isfinite(report.loss) for report in told(trainer).steps] == [True, True, False, True]
    assert told(trainer).notes == ["step 3 is left out: its loss or its gradient is not finite"]
    assert math.isfinite(told(trainer).epochs[0].loss)
    assert trainer.position.failed == 0


def test_a_run_whose_numbers_come_late_counts_and_keeps_all_of_them(
    make_trainer: MakeTrainer, model: Model, tmp_path: Path
) -> None:
    trainer = make_trainer(epochs=2, lrate=0.01, save_every=0)
    trainer._stepper._underway = Underway(torch.device("cpu"), ahead=3)
    kept: list[tuple[int, int]] = []

    class Looking(Told):
        def stepped(self, report: StepReport) -> None:
            super().stepped(report)
            if (tmp_path / "state").exists():
                kept.append((report.step, read_position(tmp_path).step))

    trainer.observer = Looking()
    trainer.run(Interruption())

    assert [report.step for report in told(trainer).steps] == [1, 2, 3, 4, 5, 6, 7, 8]
    # Each state is written when all steps that it counts are told.
    assert kept == [(step, step - 1) for step in range(2, 9)]


def test_too_many_steps_in_a_row_without_a_finite_loss_end_a_run_whose_numbers_come_late(
    make_trainer: MakeTrainer, model: Model
) -> None:
    trainer = make_trainer(batch_size=1, epochs=9)
    trainer._stepper._underway = Underway(torch.device("cpu"), ahead=3)
    model.network.output.register_forward_hook(lambda _module, _inputs, output: output * math.nan)
    trainer.save()
    before = model.network.output.weight.detach().clone()

    trainer._epoch(Interruption())
    trainer.position.epoch, trainer.position.batch = 1, 0
    with pytest.raises(ModelError, match="not finite in 20 steps in a row"):
        trainer._epoch(Interruption())

    assert torch.equal(model.network.output.weight, before)


def test_gradients_are_clipped_to_the_norm_that_is_set(make_trainer: MakeTrainer, model: Model) -> None:
    trainer = make_trainer(epochs=1, clip=0.001)

    trainer.run(Interruption())

    squares = sum(
        float(parameter.grad.square().sum()) for parameter in model.network.parameters() if parameter.grad is not None
    )
    assert math.sqrt(squares) == pytest.approx(0.001, rel=0.01)


def test_without_a_clip_gradients_are_as_they_come(make_trainer: MakeTrainer, model: Model) -> None:
    trainer = make_trainer(epochs=1, clip=0, lrate=1e-30)

    trainer.run(Interruption())

    squares = sum(
        float(parameter.grad.square().sum()) for parameter in model.network.parameters() if parameter.grad is not None
    )
    assert math.sqrt(squares) > 0.01


def test_a_line_that_no_path_spells_counts_neither_for_the_loss_nor_for_its_labels() -> None:
    reader = bars.reader()
    samples = [Sample(text, partial(bars.picture, text), text) for text in ("ab", "cb", "b")]
    unspelled = replace(samples[2], text="ab" * 50)

    alone, beside = (
        validation_of(reader, lines_of("validation", given, reader), batch_size=3)
        for given in (samples[:2], [*samples[:2], unspelled])
    )

    assert alone is not None
    assert beside is not None
    assert alone.loss > 0
    assert beside.loss == pytest.approx(alone.loss)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_validation_reads_in_the_order_of_the_lines(batch_size: int) -> None:
    # Batches take lines of like width together, so that these are read in another order.
    texts = ["abcabc", "a", "cabba", "bb", "abc"]
    samples = [Sample(text, partial(bars.picture, text), text) for text in texts]
    samples[1] = replace(samples[1], text="b")
    reader = bars.reader()
    found = validation_of(reader, lines_of("validation", samples, reader), batch_size=batch_size)

    assert list(found.readings) == texts
    assert found.cer == pytest.approx(1 / 17)
    assert found.exact == pytest.approx(4 / 5)


def test_validation_of_no_line_is_nothing(model: Model) -> None:
    lines = Lines.none("validation")
    with feed_of(lines, model, 4) as feed:
        assert validate(model, feed, lines, 4, plainly) is None


def test_a_bad_line_is_left_out_of_the_judgement_and_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_text("no picture")
    reader = bars.reader()
    samples = [Sample(text, partial(bars.picture, text), text) for text in ("ab", "abc")]
    lines = lines_of("validation", [samples[0], Sample("bad", tmp_path / "bad.png", "bb"), samples[1]], reader)

    found = validation_of(reader, lines, batch_size=2)

    assert found.readings == ("ab", "", "abc")
    assert (found.cer, found.exact) == (0, 1)
    assert list(lines.bad) == [1]


def validation_of(model: Model, lines: Lines, *, batch_size: int) -> Validation:
    with feed_of(lines, model, batch_size) as feed:
        result = validate(model, feed, lines, batch_size, plainly)
    assert result is not None
    return result


def lines_of(what: str, samples: Sequence[Sample], model: Model) -> Lines:
    return usable_lines(what, samples, DataSettings(), model=model, workers=0, observer=Observer())


def feed_of(lines: Lines, model: Model, batch_size: int) -> AbstractContextManager[Feed]:
    preprocessing = model.architecture.preprocessing
    return Feed([lines], preprocessing, device=CPU, batch_size=batch_size, cache=1 << 20)


def plainly() -> AbstractContextManager[object]:
    """Without autocast."""
    return torch.autocast("cpu", enabled=False)


def told(trainer: Trainer) -> Told:
    assert isinstance(trainer.observer, Told)
    return trainer.observer
