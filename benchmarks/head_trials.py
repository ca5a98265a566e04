"""Which head reads best for its cost: small networks trained for the same CPU time on drawn Malayalam, and timed.

``python benchmarks/head_trials.py`` draws lines of one to four words once, then trains each network of ``HEADS`` for
``--seconds`` of CPU time and for each of ``--seeds``, and prints a row for each: weights, lines a second of training
and of reading, and the error rate on lines that no training saw. Everything runs on one thread, and only CPU time
counts, so that a machine with other work gives about the same table. ``--quick`` is a look whether it runs.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from ocrkit.ctc import greedy
from ocrkit.data.image import fit_image, to_network_input
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.registry import default_registry
from ocrkit.text.metrics import count_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ocrkit.text.charset import Charset

HEADS = {
    "blstm 128": HeadOptions((LstmLayer(128),)),
    "mixer 128 x 3": HeadOptions(name="mixer", options={"size": 128, "layers": 3}),
}
LINES, HELD_OUT, BATCH, RATE = 8000, 500, 32, 3e-3


@dataclass(frozen=True)
class Line:
    """A drawn line: grey values (H, W), its text and labels."""

    image: NDArray[np.uint8]
    text: str
    labels: NDArray[np.int64]


Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def main() -> None:
    """Draw, train, time and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=240, help="CPU time of each training")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--heads", nargs="+", choices=HEADS, default=list(HEADS), metavar="NAME", help=", ".join(HEADS))
    parser.add_argument("--lines", type=Path, help="a file that keeps the drawn lines from one call to the next")
    parser.add_argument("--quick", action="store_true", help="a few lines and a moment: only whether it runs")
    options = parser.parse_args()
    torch.set_num_threads(1)
    charset = resolve_charset("malayalam", default_registry())
    count, held_out, seconds = (32, 8, 0.3) if options.quick else (LINES, HELD_OUT, options.seconds)
    lines = drawn(charset, count + held_out, options.lines)
    print("| head | weights | seed | training, lines/s | read, lines/s: fp32 | bf16 | fp32, one by one | loss | CER |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for seed in options.seeds:
        for name in options.heads:
            print(trial(name, charset, lines[:count], lines[count:], seed=seed, seconds=seconds), flush=True)


def drawn(charset: Charset, count: int, path: Path | None) -> list[Line]:
    """The lines, drawn, or as ``path`` keeps them."""
    samples = Synthetic(charset, SyntheticOptions(count=count, line_words=(1, 4), degrade=0.3), seed=11)
    if path is not None and path.exists():
        kept = np.load(path)
        widths = kept["ends"]
        images = np.split(kept["images"], widths[:-1], axis=1)
    else:
        preprocessing = Architecture().preprocessing
        images = [fit_image(samples[index].image(), preprocessing) for index in range(count)]  # type: ignore[operator]
        if path is not None:
            np.savez(path, images=np.concatenate(images, axis=1), ends=np.cumsum([image.shape[1] for image in images]))
    texts = [samples[index].text or "" for index in range(count)]
    return [
        Line(image, text, np.asarray(charset.encode(text), np.int64)) for image, text in zip(images, texts, strict=True)
    ]


def trial(name: str, charset: Charset, lines: list[Line], held_out: list[Line], *, seed: int, seconds: float) -> str:
    """A row of the table: one network, trained and timed."""
    torch.manual_seed(seed)
    parts = Architecture(options={"width_multiplier": 0.25}, head=HEADS[name])
    model = Model.build(charset, parts)
    seen, spent, loss = train(model.network, lines, seed=seed, seconds=seconds)
    model.network.eval()
    cer = error_rate(model, held_out)
    batches = [batch_of(held_out[at : at + BATCH]) for at in range(0, len(held_out), BATCH)]
    single = [batch_of([line]) for line in held_out[:64]]
    speeds = [
        reading_speed(model.network, batches, torch.float32),
        reading_speed(model.network, batches, torch.bfloat16),
        reading_speed(model.network, single, torch.float32),
    ]
    return (
        f"| `{name}` | {model.parameters():,} | {seed} | {seen / spent:.0f} | "
        + " | ".join(f"{speed:.0f}" for speed in speeds)
        + f" | {loss:.3f} | {100 * cer:.2f} % |"
    )


def train(network: nn.Module, lines: list[Line], *, seed: int, seconds: float) -> tuple[int, float, float]:
    """Lines seen, CPU seconds, and the mean loss a label of the last tenth, of a training with AdamW and a cosine."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE)
    seen, losses = 0, []
    network.train()
    begun = time.process_time()
    for batch in endless(lines, seed):
        done = (time.process_time() - begun) / seconds
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(done / 0.03, 1, 0.505 + 0.495 * math.cos(math.pi * done))
        images, widths, labels, counts = batch
        with torch.autocast("cpu", dtype=torch.bfloat16):
            log_probs, lengths = network(images, widths)
        loss = nn.functional.ctc_loss(log_probs.transpose(0, 1), labels, lengths, counts, reduction="sum")
        optimizer.zero_grad()
        (loss / len(widths)).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        seen += len(widths)
        if done > 0.9:
            losses.append(loss.item() / counts.sum().item())
    return seen, time.process_time() - begun, float(np.mean(losses)) if losses else math.nan


def endless(lines: list[Line], seed: int) -> Iterator[Batch]:
    """Batches of lines of like width, pass after pass, in random order."""
    rng = np.random.default_rng(seed)
    while True:
        widths = np.array([line.image.shape[1] for line in lines]) * rng.uniform(0.95, 1.05, len(lines))
        groups = np.array_split(np.argsort(widths), math.ceil(len(lines) / BATCH))
        for place in rng.permutation(len(groups)):
            yield batch_of([lines[index] for index in groups[place]])


def batch_of(lines: list[Line]) -> Batch:
    """Images (B, 1, H, W), widths, all labels in a row, and the labels of each."""
    widths = [line.image.shape[1] for line in lines]
    images = np.zeros((len(lines), 1, lines[0].image.shape[0], max(widths)), np.float32)
    for row, line in enumerate(lines):
        images[row, 0, :, : widths[row]] = to_network_input(line.image)
    labels = torch.from_numpy(np.concatenate([line.labels for line in lines]))
    return torch.from_numpy(images), torch.tensor(widths), labels, torch.tensor([len(line.labels) for line in lines])


def error_rate(model: Model, lines: list[Line]) -> float:
    """The share of characters read wrongly, greedily and in float32."""
    pairs = []
    for line in lines:
        images, widths, _, _ = batch_of([line])
        with torch.inference_mode():
            log_probs, lengths = model.network(images, widths)
        read = greedy(log_probs.numpy(), lengths.numpy())[0]
        pairs.append((line.text, model.charset.decode(read[0].labels) if read else ""))
    return count_errors(pairs, model.charset).cer


def reading_speed(network: nn.Module, batches: list[Batch], dtype: torch.dtype) -> float:
    """Lines a second of CPU time, the best of three passes."""

    def read() -> None:
        for images, widths, _, _ in batches:
            network(images, widths)

    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype != torch.float32):
        read()
        spent = min(cpu_seconds(read) for _ in range(3))
    return sum(len(widths) for _, widths, _, _ in batches) / spent


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of a call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
