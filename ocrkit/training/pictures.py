"""Pictures of a run: lines with what was read in them, and the course of loss and error rate."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.drawing.sheet import SheetRow, draw_sheet, write_sheet
from ocrkit.files import write_whole
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ocrkit.text.charset import Charset
    from ocrkit.training.lines import Lines

__all__ = ["draw_metrics", "draw_readings"]

_ROWS = 20


def draw_readings(path: Path, lines: Lines, readings: Sequence[str], charset: Charset) -> str:
    """Draw the first lines, each with what was read and, where that differs, its text; empty, or why that failed."""
    rows = []
    for index, sample in enumerate(lines.samples[:_ROWS]):
        [image] = lines.fitted([index])
        rows.append(SheetRow(Image.fromarray(image), comparable(sample.text or "", charset), readings[index]))
    return _written(path, lambda: write_sheet(draw_sheet(rows), path))


def draw_metrics(path: Path, log: Path) -> str:
    """Draw loss and error rate by epoch from a run's log; empty, or why it could not be drawn."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return f"{path.name} is not drawn, since matplotlib is missing: pip install 'ocrkit[plot]'"
    epochs = _epochs(log)
    figure = Figure(figsize=(9, 4), layout="constrained")
    FigureCanvasAgg(figure)
    losses, rates = figure.subplots(1, 2)
    steps = [epoch["step"] for epoch in epochs]
    losses.plot(steps, [epoch["loss"] for epoch in epochs], marker=".", label="training")
    losses.set(xlabel="step", ylabel="loss (nats a label)", title="CTC loss")
    judged = [epoch for epoch in epochs if epoch["cer"] is not None]
    if judged:
        steps = [epoch["step"] for epoch in judged]
        losses.plot(steps, [epoch["validation_loss"] for epoch in judged], marker=".", label="validation")
        rates.plot(steps, [epoch["cer"] for epoch in judged], marker=".", color="tab:red", label="CER")
        wrong = [1 - epoch["exact"] for epoch in judged]
        rates.plot(steps, wrong, marker=".", color="tab:grey", label="lines with errors")
        rates.legend()
    if epochs:
        losses.set(yscale="log")
        losses.legend()
    rates.set(xlabel="step", ylabel="share", ylim=(0, None), title="Validation errors")
    picture = io.BytesIO()
    figure.savefig(picture, dpi=100, format="png")
    return _written(path, lambda: write_whole(path, picture.getvalue()))


def _written(path: Path, write: Callable[[], None]) -> str:
    try:
        write()
    except OSError as error:  # a picture is not worth the end of a training
        return f"{path.name} is not drawn, since it cannot be written: {error.strerror or error}"
    return ""


def _epochs(log: Path) -> list[dict[str, float]]:
    """The epochs of a log in order; of one that was trained twice, after a break, the later."""
    found = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # cut by a kill while it was written
            continue
        if entry["event"] == "epoch":
            found[entry["epoch"]] = entry
    return [found[epoch] for epoch in sorted(found)]
