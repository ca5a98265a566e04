"""The course of a run in one picture: loss, errors on each validation set, learning rate and speed, by step."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ocrkit.files import write_whole
from ocrkit.training.run_log import read_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_metrics", "metrics_figure"]

Records = list[dict[str, object]]

_SMOOTH = 20  # records over which the loss of steps is averaged, the later ones the more; fewer where there are few
_FEW = 25  # points up to which each is marked, as a line through one alone is not seen
_INCHES = (10, 7)


def draw_metrics(path: Path, log: Path) -> str:
    """Draw a run's course from its log; empty, or why that could not be done.

    Raises:
        OSError: the picture cannot be written.
    """
    try:
        figure = metrics_figure(log)
    except ImportError:
        return f"{path.name} is not drawn, since matplotlib is missing: pip install 'ocrkit[plot]'"
    picture = io.BytesIO()
    figure.savefig(picture, dpi=100, format="png")
    write_whole(path, picture.getvalue())
    return ""


def metrics_figure(log: Path) -> Figure:
    """A run's course from its log: axes of losses, errors, learning rate and speed, over the same steps.

    Raises:
        ImportError: matplotlib is missing.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    records = read_log(log)
    steps = [record for record in records if record.get("event") == "step"]
    epochs = [record for record in records if record.get("event") == "epoch"]
    figure = Figure(figsize=_INCHES, layout="constrained")
    FigureCanvasAgg(figure)
    losses, errors, rate, speed = figure.subplots(2, 2, sharex=True).flat
    _draw_losses(losses, steps, epochs)
    _draw_errors(errors, epochs)
    _draw_rate(rate, [*steps, *epochs])
    _draw_speed(speed, steps)
    for axes in (losses, errors, rate, speed):
        axes.set_xlabel("step")
        axes.tick_params(labelbottom=True)
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize="small")
    return figure


def _draw_losses(axes: Axes, steps: Records, epochs: Records) -> None:
    axes.set(title="CTC loss", ylabel="nats a label")
    told, trained, judged = _points(steps, "loss"), _points(epochs, "loss"), _points(epochs, "validation_loss")
    if told[0]:
        axes.plot(*told, color="tab:blue", alpha=0.25, linewidth=0.8)
        axes.plot(told[0], _smoothed(told[1]), _mark(told), color="tab:blue", label="training, steps")
    axes.plot(*trained, ".-", color="tab:cyan", label="training, epochs")
    judge, others = _judge_and_others(epochs)
    axes.plot(*judged, ".-", color="tab:orange", label=f"validation on {judge}" if others else "validation")
    above = [value for _, values in (told, trained, judged) for value in values if value > 0]
    if above:
        axes.set_yscale("log")
        between = max(above) < 10 * min(above)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if between else "")


def _draw_errors(axes: Axes, epochs: Records) -> None:
    """Error rates of the set that chooses the best in full, of the others their CER alone."""
    axes.set(title="Validation errors", ylabel="%")
    judge, others = _judge_and_others(epochs)
    chosen = f" of {judge} (chooses the best)" if others else ""
    axes.plot(*_points(epochs, "cer", 100), marker=".", color="tab:red", label=f"CER{chosen}")
    x, exact = _points(epochs, "exact", 100)
    of_judge = f" of {judge}" if others else ""
    axes.plot(x, [100 - each for each in exact], marker=".", color="tab:grey", label=f"lines{of_judge} with errors")
    for name in others:
        of_set: Records = [{"step": each.get("step"), **_sets(each)[name]} for each in epochs if name in _sets(each)]
        axes.plot(*_points(of_set, "cer", 100), marker=".", linestyle="--", label=f"CER of {name}")
    if x:
        axes.set_ylim(0, max(axes.get_ylim()[1], 1.04 * axes.dataLim.y1))  # so that 100 % is not on the frame


def _draw_rate(axes: Axes, records: Records) -> None:
    axes.set(title="Learning rate")
    rates = _points(sorted(records, key=_step), "rate")
    axes.plot(*rates, _mark(rates), color="tab:purple")
    axes.set_ylim(0, None)


def _draw_speed(axes: Axes, steps: Records) -> None:
    """Lines a second, and the share of the time in which the device waited."""
    axes.set(title="Speed", ylabel="lines a second")
    speeds = _points(steps, "speed")
    axes.plot(*speeds, _mark(speeds), color="tab:green")
    axes.set_ylim(0, None)
    waited = _points(steps, "waited", 100)
    if waited[0]:
        beside = axes.twinx()
        beside.plot(*waited, _mark(waited, ":"), color="tab:brown")
        beside.set_ylabel("% of the time waited (dotted)")
        beside.set_ylim(0, 100)


def _points(records: Sequence[Mapping[str, object]], key: str, scale: float = 1) -> tuple[list[float], list[float]]:
    """The steps of the records that have a number under the key, and those numbers."""
    found = [
        (float(step), scale * float(value))
        for record in records
        if isinstance(step := record.get("step"), int | float) and isinstance(value := record.get(key), int | float)
    ]
    return [step for step, _ in found], [value for _, value in found]


def _mark(points: tuple[list[float], list[float]], line: str = "-") -> str:
    """The format of a curve: its line, and a dot at each point of a few."""
    return f".{line}" if len(points[0]) <= _FEW else line


def _smoothed(values: Sequence[float]) -> list[float]:
    """A trailing mean, over a tenth of what came before: the first losses, far above the rest, are soon forgotten."""
    smooth, found = 0.0, []
    for count, value in enumerate(values):
        smooth += (value - smooth) / min(1 + count // 10, _SMOOTH)
        found.append(smooth)
    return found


def _sets(record: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What validation found in each of several sets, by name."""
    sets = record.get("sets")
    if not isinstance(sets, Mapping):
        return {}
    return {str(name): dict(found) for name, found in sets.items() if isinstance(found, Mapping)}


def _judge_and_others(epochs: Records) -> tuple[str, list[str]]:
    """The name of the set that chooses the best model, and those of the others."""
    judge = next((str(record["judge"]) for record in reversed(epochs) if record.get("judge")), "")
    return judge, sorted({name for record in epochs for name in _sets(record)} - {judge})


def _step(record: Mapping[str, object]) -> float:
    step = record.get("step")
    return float(step) if isinstance(step, int | float) else 0.0
