"""The picture of what leaving out doubtful readings buys: the share that is wrong, by the share that is kept."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.files import write_whole

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from ocrkit.evaluation.error_rates import Evaluation
    from ocrkit.text.calibration import Calibration, CoveragePoint

__all__ = ["draw_coverage"]


def draw_coverage(path: str | os.PathLike[str], result: Evaluation, calibration: Calibration | None = None) -> str:
    """Draw the coverage-error curve as a PNG, beside that of the model's calibration; empty, or why that failed.

    Args:
        path: where.
        result: of the lines whose curve it is.
        calibration: of the model that read them.

    Raises:
        OptionError: the file cannot be written.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return f"{Path(path).name} is not drawn, since matplotlib is missing: pip install 'ocrkit[plot]'"
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    if calibration is not None and calibration.curve:
        _plot(axes, calibration.curve, f"calibration ({calibration.lines} lines)", color="tab:grey", linestyle="--")
    _plot(axes, result.coverage, f"these lines ({result.count})", color="tab:blue", linestyle="-")
    axes.set(
        xlabel="share of readings kept, the surest first",
        ylabel="share of those with an error",
        title=f"Calibration error {result.calibration_error:.4f}, Brier score {result.brier:.4f}",
        xlim=(0, 1),
        ylim=(0, None),
    )
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    picture = io.BytesIO()
    figure.savefig(picture, dpi=120, format="png")
    try:
        write_whole(Path(path), picture.getvalue())
    except OSError as error:
        raise OptionError(
            f"`coverage` {str(path)!r} cannot be written: {error.strerror or error}; expected a file such as curve.png"
        ) from error
    return ""


def _plot(axes: Axes, curve: Sequence[CoveragePoint], label: str, *, color: str, linestyle: str) -> None:
    total = curve[-1].kept if curve else 1
    kept = [point.kept / total for point in curve]
    axes.plot(
        kept, [point.wrong / point.kept for point in curve], label=label, color=color, linestyle=linestyle, marker=""
    )
