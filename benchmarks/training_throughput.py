"""Lines a second of training, step by step: the device alone, lines fed to it, and lines drawn for it.

    python benchmarks/training_throughput.py FOLDER            # under eight minutes with a GPU
    python benchmarks/training_throughput.py FOLDER --quick    # tiny, to see that all of it runs

Everything is made in FOLDER, and nothing but the repository is needed. Each row is printed as soon as it is there, as a
row of a Markdown table, so that a run that is cut off leaves what it has measured. Variants take turns, round by round,
so that other work on the machine meets them alike; the middle round counts. Before any time is taken, the plain loop
and ocrkit must give the same loss with the same weights. `docs/performance-training.md` holds predictions and outcomes.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import os
import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

import ocrkit
from ocrkit.config import from_table, merge
from ocrkit.data.image import Preprocessing
from ocrkit.data.writers.convert import convert
from ocrkit.errors import DependencyError, UnknownNameError
from ocrkit.model import Architecture, Model
from ocrkit.nets.blstm import Blstm
from ocrkit.nets.crnn import Crnn
from ocrkit.nets.options import HeadOptions, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.registry import default_registry
from ocrkit.plugin.specs import SourceOptions
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import shipped_charset
from ocrkit.training import Observer, RunConfig, StepReport, train
from ocrkit.training.batches import Batch, make_batch
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.step import Stepper

if TYPE_CHECKING:
    from collections.abc import Iterator

HEIGHT, LABELS = 40, 205
TEXT = 40  # labels a line


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: px of the widest line, lines a batch, and seconds of each kind of round."""

    width: int
    batches: tuple[int, ...]
    rounds: int
    round_seconds: float
    feed_lines: int
    feed_seconds: float
    draw_seconds: float


FULL = Scale(640, (128, 512), 5, 1.0, 12000, 45.0, 8.0)
ON_A_CPU = Scale(640, (16,), 3, 1.0, 500, 30.0, 8.0)
QUICK = Scale(96, (2,), 1, 0.1, 30, 1.6, 0.3)


class Plain(nn.Module):
    """The network as most would write it: every line as wide as the widest, torch's own bidirectional LSTM."""

    def __init__(self, like: Crnn) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for stage in like.backbone.stack.stages:
            layers += [copy.deepcopy(layer) for layer in stage.layers]
        self.columns = nn.Sequential(*layers)
        first = like.rnn[0].onward
        self.rnn = nn.LSTM(first.input_size, first.hidden_size, len(like.rnn), batch_first=True, bidirectional=True)
        weights = {}
        for index, layer in enumerate(like.rnn):
            for cells, suffix in ((layer.onward, ""), (layer.reverse, "_reverse")):
                weights |= {f"{name[:-1]}{index}{suffix}": value for name, value in cells.state_dict().items()}
        self.rnn.load_state_dict(weights)
        self.output = copy.deepcopy(like.output)

    def forward(self, images: Tensor) -> Tensor:
        columns = self.columns(images)  # (B, C, H, T)
        frames = columns.flatten(1, 2).transpose(1, 2)  # (B, T, C * H)
        return self.output(self.rnn(frames)[0]).log_softmax(2)


class PlainLoop:
    """fp32, AdamW as it comes, and a look at each loss."""

    def __init__(self, like: Crnn, batch: Batch, width: int, device: torch.device) -> None:
        self._network = Plain(like).to(device).train()
        self._optimizer = torch.optim.AdamW(self._network.parameters(), lr=1e-4)
        self._images = torch.zeros(len(batch), 1, HEIGHT, width, device=device)
        self._images[..., : batch.images.shape[3]] = batch.images.to(device)
        self._batch = batch
        self.waited = 0.0

    def step(self) -> float:
        log_probs = self._network(self._images).transpose(0, 1)  # (T, B, V)
        lengths = torch.full((len(self._batch),), log_probs.shape[0])
        labels, label_lengths = self._batch.labels.to(log_probs.device), self._batch.label_lengths
        loss = nn.functional.ctc_loss(log_probs, labels, lengths, label_lengths, reduction="sum") / len(labels)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 5.0)
        self._optimizer.step()
        return loss.item()

    def settle(self) -> None:
        """Nothing is under way."""


class OcrkitLoop:
    """The step of ``ocrkit train``, with one of its means taken away where that is asked."""

    def __init__(
        self, network: Crnn, batches: list[Batch], device: torch.device, *, precision: str, streams: bool, fused: bool
    ) -> None:
        self._network = network.to(device).train()
        for module in network.modules():
            if isinstance(module, Blstm):
                module.both_at_once = streams
        self._stepper = Stepper(network, TrainingSettings(lrate=1e-4, warmup=0, precision=precision), device)
        if not fused:
            optimizer = self._stepper.optimizer
            for settings in (optimizer.defaults, *optimizer.param_groups):
                settings["fused"] = False
        self._batches = itertools.cycle(batches)
        self._number = 0
        self.losses: list[float] = []
        self.waited = 0.0

    def step(self) -> None:
        self._number += 1
        self._note(self._stepper.take((next(self._batches),), number=self._number, progress=0.0))

    def settle(self) -> None:
        self._note(self._stepper.settle())

    def _note(self, steps: list) -> None:
        self.losses += [step.loss for step in steps]
        self.waited += sum(step.waited for step in steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where lines and runs are made; a new or an empty folder")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that all of it runs")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda")
    parser.add_argument("--threads", type=int, default=0, help="of a CPU; as many as there are idle cores, at most")
    options = parser.parse_args()
    if options.folder.exists() and any(options.folder.iterdir()):
        sys.exit(f"{options.folder} is not empty; name a new folder")
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.threads:
        torch.set_num_threads(options.threads)
    on_cuda = torch.cuda.is_available() if options.device == "auto" else options.device.startswith("cuda")
    device = torch.device("cuda" if on_cuda else "cpu")
    scale = QUICK if options.quick else FULL if on_cuda else ON_A_CPU
    name = torch.cuda.get_device_name() if on_cuda else f"CPU, {torch.get_num_threads()} threads"
    say(f"ocrkit {ocrkit.__version__}, torch {torch.__version__}, {name}, {len(os.sched_getaffinity(0))} cores\n")
    say("| what | lines a second | device waited | of the plain loop |\n|---|--:|--:|--:|")
    for size in scale.batches:
        measure_device(size, scale, device)
    measure_feeds(options.folder, scale, device)
    measure_drawing(scale)


def measure_device(size: int, scale: Scale, device: torch.device) -> None:
    """The device alone, on batches that are there already: plain, and ocrkit with and without each of its means."""
    same = [batch_of([scale.width] * size, device)]
    varied = list(varied_batches(size, scale.width, device))
    torch.manual_seed(0)
    network = fresh_network()
    plain = PlainLoop(network, same[0], scale.width, device)
    check_same_loss(network, plain, same[0], device)
    loops: dict[str, PlainLoop | OcrkitLoop] = {f"plain loop, float32, batch {size}": plain}
    precisions = ["float32", "bfloat16"]
    for precision, streams, fused in itertools.product(precisions, (True, False), (True, False)):
        if not streams and (device.type != "cuda" or not fused):
            continue
        left_out = [part for part, there in (("two streams", streams), ("fused AdamW", fused)) if not there]
        title = f"ocrkit, {precision}, batch {size}" + "".join(f", without {part}" for part in left_out)
        loops[title] = OcrkitLoop(fresh_network(), same, device, precision=precision, streams=streams, fused=fused)
    for precision in precisions:
        title = f"ocrkit, {precision}, batch {size}, lines of {scale.width // 4} to {scale.width} px"
        loops[title] = OcrkitLoop(fresh_network(), varied, device, precision=precision, streams=True, fused=True)
    mixer = mixer_network()
    if mixer is not None:
        title = f"ocrkit, bfloat16, batch {size}, mixer head"
        loops[title] = OcrkitLoop(mixer, same, device, precision="bfloat16", streams=True, fused=True)
    report_in_turns(loops, size, scale, device)


def check_same_loss(network: Crnn, plain: PlainLoop, batch: Batch, device: torch.device) -> None:
    """Stop unless both give one loss with the same weights; TF32 and channels-last differ in the third digit."""
    ours = OcrkitLoop(copy.deepcopy(network), [batch], device, precision="float32", streams=True, fused=True)
    ours.step()
    ours.settle()
    expected, found = plain.step(), ours.losses[0]
    if not abs(found - expected) < 5e-3 * expected:
        sys.exit(f"ocrkit's loss is {found}, the plain loop's {expected}; no times are taken of different things")


def report_in_turns(loops: dict, size: int, scale: Scale, device: torch.device) -> None:
    """Let the loops take turns, and print a row for each; the first is what the others are compared with."""
    counts = {}
    for title, loop in loops.items():
        for _ in range(3 if device.type == "cuda" else 1):
            loop.step()
        counts[title] = max(1, round(scale.round_seconds / min(timed(loop, 1, device) for _ in range(2))))
        loop.waited = 0.0
    rates: dict[str, list[float]] = {title: [] for title in loops}
    spent = dict.fromkeys(loops, 0.0)
    for _ in range(scale.rounds):
        for title, loop in loops.items():
            seconds = timed(loop, counts[title], device)
            rates[title].append(counts[title] * size / seconds)
            spent[title] += seconds
    plain = statistics.median(next(iter(rates.values())))
    for title, loop in loops.items():
        rate = statistics.median(rates[title])
        losses = getattr(loop, "losses", [0.0])
        if not all(np.isfinite(losses)):
            sys.exit(f"{title}: a loss is not finite")
        row(title, rate, loop.waited / spent[title] if device.type == "cuda" else None, rate / plain)


def timed(loop: PlainLoop | OcrkitLoop, count: int, device: torch.device) -> float:
    """Wall-clock seconds of some steps, to the last number."""
    begun = time.perf_counter()
    for _ in range(count):
        loop.step()
    loop.settle()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begun


def measure_feeds(folder: Path, scale: Scale, device: torch.device) -> None:
    """Whole runs: lines from memory, from LMDB, and drawn as they are needed."""
    lines = folder / "lines"
    write_lines(lines, scale)
    settings: dict[str, object] = {
        "charset": "from-data",
        "preprocessing": {"height": HEIGHT},
        "data": {"validation_fraction": 0.0},
        "training": {"device": str(device), "batch_size": scale.batches[0], "epochs": 1000, "quit": "fixed"},
    }
    from_memory = merge(settings, {"data": {"training": [str(lines)]}})
    feeds = {"lines from memory": from_memory}
    try:
        from_lmdb = write_lmdb(lines, folder / "lmdb")
    except DependencyError as error:
        say(f"| lines from LMDB: not measured, {error} | | | |")
    else:
        feeds["lines from LMDB, none kept"] = merge(settings, {"data": {"training": [str(from_lmdb)], "cache": 0}})
    drawn = {"charset": "malayalam", "synthetic": {"count": scale.feed_lines, "line_words": [1, 8]}}
    few = {"validation_count": max(1, scale.feed_lines // 50)}
    feeds["lines drawn afresh in each epoch"] = merge(settings, merge(drawn, {"data": few | {"cache": 0}}))
    for title, table in feeds.items():
        measure_run(title, folder / title.replace(" ", "-").replace(",", ""), table, scale)


def measure_run(title: str, folder: Path, table: dict, scale: Scale) -> None:
    """Train for some seconds, and count lines from the fifth step of the second epoch on, or of the first."""
    watch = Watch()
    begun = time.perf_counter()
    config = from_table(RunConfig, merge(table, {"training": {"minutes": scale.feed_seconds / 60}}))
    train(config, output=folder, observer=watch)
    row(f"ocrkit train, {title}", watch.rate(), watch.waited(), None)
    say(f"| … whose first step came after {watch.first - begun:.1f} s | | | |")


class Watch(Observer):
    """Remembers the steps of a run, and leaves out those before all is warm."""

    def __init__(self) -> None:
        self.first = 0.0
        self._steps: list[StepReport] = []

    def stepped(self, report: StepReport) -> None:
        self.first = self.first or time.perf_counter()
        self._steps.append(report)

    def _warm(self) -> list[StepReport]:
        later = [report for report in self._steps if report.epoch > 0]
        return later if len(later) > 5 else self._steps[len(self._steps) // 2 :]

    def rate(self) -> float:
        """Lines a second, as the run itself tells: without saving, which these short epochs are full of."""
        return statistics.median(report.speed for report in self._warm())

    def waited(self) -> float:
        """The share of the time that the device waited, as the run itself tells."""
        return statistics.median(report.waited for report in self._warm())


def measure_drawing(scale: Scale) -> None:
    """Lines of one to eight words of two charsets, drawn on one core."""
    charset = shipped_charset("malayalam") + shipped_charset("english")
    extra = {"line_words": (1, 8)}
    options = SourceOptions(charset=charset, seed=1, count=10_000, extra=extra)
    samples = open_samples(None, format="synthetic", options=options, registry=default_registry())
    begun, spent, lines, words = time.perf_counter(), time.process_time(), 0, 0
    for sample in samples:
        assert callable(sample.image)
        image = sample.image()
        assert min(image.size) > 0
        lines, words = lines + 1, words + len(sample.text.split())
        if time.perf_counter() - begun > scale.draw_seconds:
            break
    seconds = time.process_time() - spent
    row("lines drawn on one core, by its own time", lines / seconds, None, None)
    row("words drawn on one core, by its own time", words / seconds, None, None)


def row(title: str, rate: float, waited: float | None, ratio: float | None) -> None:
    share = "" if waited is None else f"{waited:.1%}"
    say(f"| {title} | {rate:,.1f} | {share} | {'' if ratio is None else f'{ratio:.2f}'} |")


def say(line: str) -> None:
    print(line, flush=True)


def fresh_network() -> Crnn:
    torch.manual_seed(0)
    return Crnn(Vgg(VggOptions(height=HEIGHT)), HeadOptions(), LABELS)


def mixer_network() -> nn.Module | None:
    """A network with the head that has no recurrence; None where there is none yet."""
    charset = Charset("of-205-labels", ("", *(chr(0x4E00 + label) for label in range(1, LABELS))))
    parts = Architecture(head=HeadOptions(name="mixer"), preprocessing=Preprocessing(height=HEIGHT))
    try:
        return Model.build(charset, parts, registry=default_registry()).network
    except UnknownNameError:
        return None


def batch_of(widths: list[int], device: torch.device) -> Batch:
    """Noise of these widths, with as many labels as the frames hold easily, on the device."""
    rng = np.random.default_rng(len(widths))
    images = [rng.integers(0, 256, (HEIGHT, width), np.uint8) for width in widths]
    labels = [rng.integers(1, LABELS, min(TEXT, max(1, width // 12))) for width in widths]
    batch = make_batch(images, labels)
    return replace(batch, images=batch.images.to(device))


def varied_batches(size: int, width: int, device: torch.device) -> Iterator[Batch]:
    """Eight batches, each of lines of like width, as training makes them."""
    widths = np.sort(np.random.default_rng(0).integers(width // 4, width + 1, 8 * size)).reshape(8, size)
    for part in np.random.default_rng(1).permutation(8):
        yield batch_of(widths[part].tolist(), device)


def write_lines(folder: Path, scale: Scale) -> None:
    """Pictures of strokes with texts that fit them, as PNGs with a table of labels."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    rows = []
    for index in range(scale.feed_lines):
        width = int(rng.integers(scale.width // 4, scale.width + 1))
        picture = np.full((HEIGHT, width), 235, np.uint8) - rng.integers(0, 20, (HEIGHT, width), np.uint8)
        for left in rng.integers(0, width - 4, width // 12).tolist():
            picture[8:32, left : left + 3] = 40
        Image.fromarray(picture).save(folder / f"{index:05}.png", compress_level=1)
        letters = rng.integers(ord("a"), ord("z") + 1, max(1, width // 20))
        rows.append(f"{index:05}.png\t{''.join(map(chr, letters.tolist()))}\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")


def write_lmdb(lines: Path, folder: Path) -> Path:
    """The same lines in an LMDB."""
    samples = open_samples(lines, registry=default_registry())
    assert convert(samples, folder, to="lmdb").written == len(samples)
    return folder


if __name__ == "__main__":
    main()
