"""``ocrkit export``: a model as an ONNX file, for machines without torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli import decoding_options as shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample
    from ocrkit.exporting import Exported, Int8, Quantised

__all__ = ["app"]

app = typer.Typer(help="Write a model as an ONNX file.")

ModelName = Annotated[
    str | None,
    typer.Argument(
        metavar="MODEL",
        help="A model file, a run's folder or an installed model; else the newest run, or an installed model.",
    ),
]
GivenLines = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LINES",
        help="With --int8: folders or tables of labelled lines, or pages for a model that finds lines; else some are "
        "drawn.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE.onnx",
        help="Where to; else beside a model of yours, and by an installed one's name.",
    ),
]
InInt8 = Annotated[
    bool,
    typer.Option(
        "--int8", help="Compute convolutions in 8 bits; refused where lines are read worse, or others are found."
    ),
]
Portable = Annotated[
    bool, typer.Option("--portable", help="Have LSTMs in the form that OpenVINO and browsers compute rightly too.")
]
Check = Annotated[int, typer.Option("--check", metavar="N", min=1, help="Ragged batches that are compared with torch.")]
Workers = shared.Workers
Format = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="The format of LINES; else it is guessed.")
]


@app.command()
def export(
    model: ModelName = None,
    lines: GivenLines = None,
    output: Output = None,
    int8: InInt8 = False,
    portable: Portable = False,
    check: Check = 24,
    format_: Format = None,
    workers: Workers = -1,
) -> None:
    """Write a model as an ONNX file.

    The file holds all that there is to say of the model, and is read without torch. It is kept only if it computes what
    torch does; with --int8, only if labelled lines are read as well as before, or the same lines are found.
    """
    from ocrkit.cli.progress import Stages
    from ocrkit.errors import OptionError
    from ocrkit.exporting import default_target, export_model
    from ocrkit.model_files import find_model

    if not int8 and (passed_over := "LINES" if lines else "--format" if format_ else ""):
        raise OptionError(f"{passed_over} is of use with --int8 alone; add that, or leave it out")
    found = find_model(model, runtime="torch")
    with Stages() as stages:
        if found.why:
            stages.say(f"exporting {found.path} ({found.why})")
        done = export_model(
            found.path,
            default_target(found, int8=int8) if output is None else output,
            portable=portable,
            check=check,
            int8=_int8(found.path, lines, format_, workers) if int8 else None,
            stages=stages.progress,
        )
    _report(done)
    print(done.path)


def _int8(model: Path, places: list[str] | None, form: str | None, workers: int) -> Int8:
    """By which lines, or pages, a model is quantised."""
    from ocrkit.errors import OptionError
    from ocrkit.exporting import Int8
    from ocrkit.model_files import SEGMENTATION, task_of

    if task_of(model) != SEGMENTATION:
        return Int8(_samples(places, form), workers=workers)
    if form:
        raise OptionError("--format is of labelled lines, and this model is quantised by pages; leave it out")
    if not places:
        return Int8()
    from ocrkit.pages.opening import open_scans

    return Int8(pages=list(open_scans(places)))


def _samples(places: list[str] | None, form: str | None) -> Sequence[Sample] | None:
    """The labelled lines of some places; None where none is given."""
    if not places:
        return None
    from ocrkit.data.sources.lazy import ChainedSamples
    from ocrkit.plugin.datasets import open_samples

    return ChainedSamples.of(open_samples(place, format=form) for place in places)


def _report(done: Exported) -> None:
    from ocrkit.cli.progress import say

    parity = done.parity
    say(f"{parity.batches} batches give what they give in torch: at most {parity.difference:.1g} apart")
    if done.quantised is not None:
        _report_quantised(done.quantised, done)


def _report_quantised(quantised: Quantised, done: Exported) -> None:
    """What 8 bits cost and bring."""
    from ocrkit.cli.progress import say
    from ocrkit.exporting.findings import Findings

    measured = quantised.measured
    if isinstance(measured, Findings):
        count = measured.pages
        told = {
            "lines": f"{measured.lines[1]} in 8 bits, {measured.lines[0]} before, {measured.both} in both",
            "F.7": f"{measured.f:.4f}",
        }
    else:
        count = measured.lines
        told = {
            "CER": f"{measured.cer[1]:.4f} in 8 bits, {measured.cer[0]:.4f} before",
            "exact": f"{measured.exact[1]:.4f} in 8 bits, {measured.exact[0]:.4f} before",
        }
    told["speed"] = f"{measured.gain:.2f} times as fast here, by one thread"
    told["size"] = f"{done.size / 1e6:.1f} MB instead of {done.float_size / 1e6:.1f} MB"
    if quantised.bad:
        say(f"{quantised.bad} images could not be opened and were left out")
    whose = f"drawn {measured.unit}" if quantised.drawn else measured.unit
    say(f"calibrated on {quantised.calibrating} {whose}, measured on {count} others")
    for name, value in told.items():
        say(f"{name:<10} {value}")
