"""``ocrkit models``: what is installed, and what is in a model file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli import decoding_options as shared

if TYPE_CHECKING:
    from ocrkit.model_description import Description
    from ocrkit.reading_model import ReadingModel
    from ocrkit.text.calibration import Calibration

__all__ = ["app"]

app = typer.Typer(help="List, show and calibrate trained models.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="FILE", help="A model file, a run's folder or an installed model.")]
Data = Annotated[list[str], typer.Argument(metavar="DATA", help="Folders or tables of labelled lines.")]
Format = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="The format of the data; else it is guessed.")
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write the model; else to its own file.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the installed models and the runs below ./runs.

    A damaged file says what is wrong with it.
    """
    from ocrkit.cli.listing import print_json, print_table
    from ocrkit.model_files import models_in, offered_models, task_of

    records = [
        {
            "name": offer.name,
            "distribution": offer.distribution,
            "version": offer.version,
            "summary": offer.summary,
            "task": offer.value.task,
            **_summary(offer.value.path),
            "languages": list(offer.value.languages),
        }
        for offer in offered_models()
    ]
    of_runs = models_in(Path("runs"), "*/model")
    records += [{"name": str(path.parent), "task": task_of(path), **_summary(path)} for path in of_runs]
    if as_json:
        print_json(records)
    else:
        header = ("name", "distribution", "task", "charset", "languages", "backbone", "runtimes", "size", "cer", "file")
        print_table(header, [_row(record, header) for record in records])


@app.command("show")
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what a model reads, and how it was trained.

    With that, what it is built of and what its confidences are worth; --json shows all that its file says.
    """
    from ocrkit.checkpoint import read_metadata
    from ocrkit.cli.listing import print_json
    from ocrkit.model_files import find_model

    path = find_model(name).path
    metadata = read_metadata(path)
    if as_json:
        print_json(metadata)
        return
    if metadata.get("kind") == "segmentation":
        _show_segmenter(path, metadata)
        return
    model, weights = _described(path, metadata)
    print(f"file          {path} ({path.stat().st_size:,} bytes)")
    _show_forms(path, metadata)
    print(f"charset       {model.charset.name}, {len(model.charset)} labels with the blank")
    print(f"symbols       {''.join(model.charset.symbols)}")
    print(f"weights       {weights:,}")
    print(f"plugins       {_plain(model.plugins)}")
    print(f"calibration   {'none' if model.calibration is None else _calibration_row(model.calibration)}")
    for key in ("architecture", "provenance"):
        for inner, value in _rows(metadata.get(key)):
            print(f"{inner:13} {_plain(value)}")


@app.command("card")
def card(name: Name) -> None:
    """Print a model's card.

    It says what the model was made of, how well it reads and where it does not, in Markdown, and comes with models that
    a distribution brings.
    """
    from ocrkit.errors import MissingFileError
    from ocrkit.model_files import find_model

    found = find_model(name)
    path = found.path.with_suffix(".md") if found.offer is None else found.offer.value.card
    if path is None or not path.is_file():
        raise MissingFileError(f"the model {name!r} has no card; 'ocrkit models show' tells how it was trained")
    print(path.read_text("utf-8"), end="")


@app.command("calibrate")
def calibrate(
    name: Name,
    data: Data,
    format_: Format = None,
    output: Output = None,
    *,
    device: shared.Device = "auto",
    batch_size: shared.BatchSize = 32,
    workers: shared.Workers = -1,
    runtime: shared.Runtime = "auto",
) -> None:
    """Learn what a model's confidences are worth.

    It is learnt on labelled lines that the model was not trained on, and kept in its file. Training does so on its
    validation lines; this is for other lines, and for models without a calibration.
    """
    from ocrkit.cli.progress import say
    from ocrkit.data.sources.lazy import ChainedSamples
    from ocrkit.errors import OptionError
    from ocrkit.evaluation import calibrate_reader
    from ocrkit.model_files import find_model, load_model
    from ocrkit.model_forms import other_form
    from ocrkit.onnx_file import is_onnx
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.recognition import Recognizer

    found = find_model(name, runtime=runtime)
    if found.offer and not found.is_users and output is None:
        raise OptionError(f"the file of the model {name!r} is that of {found.offer.origin}; give another with `output`")
    path = found.path
    model = load_model(path, runtime=runtime)
    if output is not None and is_onnx(path) != (output.suffix == ".onnx"):
        raise OptionError(f"the output is {str(output)!r}, and the model {path.name!r}; give a name that ends as that")
    target = path if output is None else output
    _check_target(path, target)
    samples = ChainedSamples.of(open_samples(place, format=format_) for place in data)
    recognizer = Recognizer(model, device=device, batch_size=batch_size, workers=workers)
    with shared.progress_beside_results("reading") as progress:
        calibration = calibrate_reader(recognizer, samples, data=", ".join(data), progress=progress)
    model.calibration = calibration
    model.save(target)
    if calibration.note:
        say(f"note: {calibration.note}")
    if other := other_form(target):
        say(f"note: {other} is the same model in another form, and stays as it was")
    say(f"{target} is calibrated")
    print(_calibration_row(calibration))


def _check_target(path: Path, target: Path) -> None:
    """Refuse to write a model where an ONNX file and its weights, which lie beside each other, would not fit."""
    from ocrkit.checkpoint import read_metadata
    from ocrkit.errors import OptionError
    from ocrkit.onnx_file import is_onnx
    from ocrkit.onnx_weights import check_weights, weights_file

    if is_onnx(path):
        check_weights(target, read_metadata(path))
        return
    linked = target.with_suffix(".onnx")
    if linked.exists() and weights_file(linked) == target.name:
        raise OptionError(
            f"{str(linked)!r} has its weights in {str(target)!r}, and would not fit what is written there; give "
            "another name with `output`, or take `runtime` onnx"
        )


def _show_segmenter(path: Path, metadata: Mapping[str, object]) -> None:
    """Show a model that finds lines."""
    from ocrkit.onnx_file import is_onnx
    from ocrkit.segmentation.net import check_file

    if not is_onnx(path):
        check_file(path)
    weights = _weights(path, metadata)
    print(f"file          {path} ({path.stat().st_size:,} bytes)")
    _show_forms(path, metadata)
    print("task          segmentation: finds the lines of pages")
    print(f"weights       {weights:,}")
    print(f"maps          {_plain(metadata.get('maps'))}")
    for key in ("network", "provenance"):
        for inner, value in _rows(metadata.get(key)):
            print(f"{inner:13} {_plain(value)}")


def _described(path: Path, metadata: Mapping[str, object]) -> tuple[Description | ReadingModel, int]:
    """What a file says of a model that reads, and its weights; where it can be computed here, it has been checked."""
    from ocrkit.model_description import read_description
    from ocrkit.model_files import load_model
    from ocrkit.onnx_file import is_onnx
    from ocrkit.torch_extra import has_torch

    if is_onnx(path) or has_torch():
        model = load_model(path)
        return model, model.parameters()
    return read_description(metadata, str(path)), _weights(path, metadata)


def _weights(path: Path, metadata: Mapping[str, object]) -> int:
    """The number of trained weights, by what the file says."""
    import math

    from ocrkit.checkpoint import read_shapes
    from ocrkit.onnx_file import is_onnx

    if is_onnx(path):
        told = _inside(metadata, "onnx", "parameters")
        return told if isinstance(told, int) else 0
    return sum(math.prod(shape) for name, shape in read_shapes(path).items() if not _is_statistic(name))


def _show_forms(path: Path, metadata: Mapping[str, object]) -> None:
    """Show what computes the model, and the same model for what else computes it."""
    from ocrkit.model_forms import other_form

    told = metadata.get("onnx")
    if isinstance(told, Mapping):
        named = ", ".join(f"{key} {told[key]}" for key in ("form", "precision", "opset") if key in told)
        print(f"runtime       onnx ({named})")
    if other := other_form(path):
        print(f"other form    {other}")


def _is_statistic(name: str) -> bool:
    """Whether a tensor is one that is counted rather than learnt."""
    return name.rsplit(".", 1)[-1] in ("running_mean", "running_var", "num_batches_tracked")


def _calibration_row(calibration: Calibration) -> str:
    """In one line: the temperature, learnt from how many lines, and the calibration error with it and without."""
    where = f" of {calibration.data}" if calibration.data else ""
    note = f" ({calibration.note})" if calibration.note else ""
    return (
        f"temperature {calibration.temperature:.3g}, learnt from {calibration.lines} lines{where}; calibration error "
        f"{calibration.error:.4f}, without it {calibration.error_before:.4f}{note}"
    )


def _summary(path: Path) -> dict[str, object]:
    """What a listing says of a model file: its charset, backbone, size and validation CER, or the error."""
    from ocrkit.checkpoint import read_metadata
    from ocrkit.errors import FileError, OcrkitError
    from ocrkit.model_forms import forms_of

    path = next(iter(forms_of(path).values()))
    try:
        metadata = read_metadata(path)
    except FileError as error:
        return {"error": error.reason, "file": str(path)}
    except OcrkitError as error:
        return {"error": str(error), "file": str(path)}
    return {
        "file": str(path),
        "runtimes": list(forms_of(path)),
        "size": path.stat().st_size,
        "languages": _inside(metadata, "charset", "languages"),
        "charset": _inside(metadata, "charset", "name"),
        "backbone": _inside(metadata, "architecture", "backbone"),
        "cer": _inside(metadata, "provenance", "metrics", "cer"),
    }


def _row(record: Mapping[str, object], columns: Sequence[str]) -> list[str]:
    cells = {key: _cell(value) for key, value in record.items() if value is not None}
    if "error" in cells:
        cells["file"] += f" ({cells['error']})"
    return [cells.get(column, "") for column in columns]


def _cell(value: object) -> str:
    """Rates, bytes and lists as they stand in a table."""
    if isinstance(value, int):
        return f"{value / 1e6:.1f} MB"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _inside(table: object, *keys: str) -> object:
    for key in keys:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _rows(table: object) -> list[tuple[str, object]]:
    """A table's rows, without the run's whole configuration, which would fill the screen, and epochs counted from 1."""
    if not isinstance(table, Mapping):
        return []
    rows = {key: value for key, value in table.items() if key != "config"}
    if isinstance(epoch := rows.get("epoch"), int):
        rows["epoch"] = epoch + 1
    return sorted(rows.items())


def _plain(value: object) -> str:
    """A value as a person reads it: ``{"a": [1, 2]}`` is ``a 1 2``, inner tables in brackets."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_inner(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return " ".join(map(_inner, value)) or "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value) if value != "" else "none"


def _inner(value: object) -> str:
    return f"({_plain(value)})" if isinstance(value, Mapping) and value else _plain(value)
