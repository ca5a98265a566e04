"""A recogniser's convolutions in 8 bits: quantised by lines, judged by others, and refused where they read worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.errors import ExportError
from ocrkit.exporting.lines import drawn_samples, load_lines
from ocrkit.exporting.measuring import compare_readings, line_inputs
from ocrkit.exporting.quantised import Quantised
from ocrkit.exporting.quantising import has_convolutions, quantise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx

    from ocrkit.data.progress import StageProgress
    from ocrkit.data.records import Sample
    from ocrkit.exporting.measuring import Measured
    from ocrkit.layout.scan import Scan
    from ocrkit.model import Model
    from ocrkit.plugin.registry import Registry

__all__ = ["WORST", "Int8", "quantise_model"]

WORST = 0.001
"""How much the character error rate may rise."""

_UNREADABLE = 0.5  # a character error rate above which lines tell nothing of how well others are read


@dataclass(frozen=True, slots=True)
class Int8:
    """How a model is to be quantised.

    Attributes:
        samples: labelled lines of the kind that will be read; None draws some.
        pages: for a model that finds lines, pages of the kind that will be read; None draws some.
        workers: processes that load images; see ``LineLoader``.
    """

    samples: Sequence[Sample] | None = None
    pages: Sequence[Scan] | None = None
    workers: int = 0


def quantise_model(
    graph: onnx.ModelProto, model: Model, wanted: Int8, *, stages: StageProgress, registry: Registry | None = None
) -> Quantised:
    """Quantise a recogniser's graph, and read lines with both.

    Args:
        graph: the float one, right.
        model: whose it is.
        wanted: by which lines.
        stages: told how far each stage is.
        registry: knows the scripts that lines are drawn in; None for the default one.

    Raises:
        ExportError: it reads worse than the float one by more than ``WORST``, has no convolutions, or the lines are
            none that it reads.
        DataError, FontError: there are no lines to quantise by.
        DependencyError: onnxruntime is not installed.
    """
    from ocrkit.nets.exporting.parity import open_session

    if not has_convolutions(graph):
        raise ExportError("the network has no convolutions, which alone are quantised; export it without `int8`")
    drawn = wanted.samples is None
    samples = drawn_samples(model.charset, registry=registry) if wanted.samples is None else wanted.samples
    lines = load_lines(
        samples,
        model.architecture.preprocessing,
        workers=wanted.workers,
        progress=stages("loading lines"),
    )
    made = quantise(graph, [line_inputs([line.pixels]) for line in lines.calibrating], progress=stages("calibrating"))
    measured = compare_readings(
        open_session(graph), open_session(made), lines.measured, model.charset, progress=stages("measuring")
    )
    if not measured.cer[0] <= _UNREADABLE:
        raise ExportError(
            f"the model itself reads {measured.lines} lines at a CER of {measured.cer[0]:.4f}, so they cannot tell "
            "what 8 bits cost; give labelled lines of the kind that it reads, or export without `int8`"
        )
    if measured.cer[1] - measured.cer[0] > WORST:
        raise ExportError(_too_bad(measured, drawn=drawn))
    return Quantised(made, measured, len(lines.calibrating), drawn, lines.bad)


def _too_bad(measured: Measured, *, drawn: bool) -> str:
    before, after = measured.cer
    lines = f"{measured.lines} {'drawn ' if drawn else ''}lines"
    others = "labelled lines of yours" if drawn else "more lines, or such as are more like those to be read"
    return (
        f"in 8 bits {lines} are read at a CER of {after:.4f} instead of {before:.4f}, {100 * (after - before):.2f} "
        f"points more, and {100 * WORST:.1f} are allowed; export without `int8`, or calibrate by {others}"
    )
