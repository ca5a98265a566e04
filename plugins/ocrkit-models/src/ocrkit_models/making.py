"""Makes all that ships of a model anew: its file, its evaluation file, its card and its golden readings.

``python -m ocrkit_models.making NAME MODEL [SET=PLACE]...`` in the source tree; see the README.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrkit.errors import ModelError, OcrkitError, OptionError
from ocrkit.evaluation import calibrate_reader
from ocrkit.exporting.export import BATCHES
from ocrkit.model import Model
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit_models.card import card_of
from ocrkit_models.drawing import drawn_sets
from ocrkit_models.golden import readings
from ocrkit_models.measuring import LineSet, figures_of, open_set, read_texts, spread
from ocrkit_models.onnx_form import write_onnx_form
from ocrkit_models.package import GOLDEN, SOURCES, table_of, write_json
from ocrkit_models.reading import greedy_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Wanted", "main", "make", "write_card"]

LARGEST = 16_000_000  # bytes of a model's file
_MOST_DIFFERENT = 0.001  # of the lines, that the file in float16 may read otherwise
_ROOT = SOURCES.parents[1]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is made of which weights.

    Attributes:
        name: of the model, which has a table in ``models.toml``.
        weights: the file to make it from.
        sets: labelled lines to measure it by, beside those that the project draws.
        charset: the labels to cut it down to; None keeps its own.
        calibrate: the names of the sets to learn from what its confidences are worth; none keeps what it has learnt.
        most: lines of a set at most, spread evenly; None for all.
        device: where the sets are read.
        full: keep it in float32, where float16 would read otherwise.
        largest: bytes that its file may have.
        check: ragged batches by which its ONNX form is compared with torch.
    """

    name: str
    weights: Path
    sets: tuple[LineSet, ...] = ()
    charset: str | None = None
    calibrate: tuple[str, ...] = ()
    most: int | None = None
    device: str = "cpu"
    full: bool = False
    largest: int = LARGEST
    check: int = BATCHES


def make(wanted: Wanted, *, root: Path = _ROOT) -> dict[str, Any]:
    """Measure, and write all files, or none where the model cannot ship; what the evaluation file says.

    Raises:
        ModelError: the file is too large, or reads otherwise than the weights that it was made from.
        ExportError: its ONNX form computes something else than torch.
        OcrkitError: whatever is wrong with names, files and options.
    """
    table, full = table_of(wanted.name), _cut(Model.load(wanted.weights), wanted.charset)
    drawn = drawn_sets(root, table["languages"])
    sets = [*wanted.sets, *(LineSet(name, folder) for name, folder in drawn.items())]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{wanted.name}.safetensors"
        shipped = _kept(full, file, wanted)
        _calibrate(shipped, wanted, sets)
        figures, half = _compared(full, shipped, wanted, sets)
        if "cut_from" in shipped.provenance:
            first = {key: figures[0][key] for key in ("cer", "exact")}
            shipped.provenance = {**shipped.provenance, "metrics": {**first, "set": figures[0]["name"]}}
        shipped.save(file, half=not wanted.full)
        data, onnx = file.read_bytes(), write_onnx_form(file, check=wanted.check).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    evaluation = {"model": wanted.name, "sha256": digest, "half": half, "sets": figures}
    golden = {"model": wanted.name, "sha256": digest, "readings": readings(shipped, root, drawn)}
    sources = root / "src" / "ocrkit_models"
    (sources / f"{wanted.name}.safetensors").write_bytes(data)
    (sources / f"{wanted.name}.onnx").write_bytes(onnx)
    write_json(sources / f"{wanted.name}.json", evaluation)
    write_json(root / GOLDEN / f"{wanted.name}.json", golden)
    write_card(wanted.name, root=root)
    return evaluation


def write_card(name: str, *, root: Path = _ROOT) -> Path:
    """Make a model's card anew from the files that are there, after a change of ``models.toml``; its path.

    Raises:
        UnknownNameError: ``models.toml`` has no such model.
        MissingFileError: the model was not made yet.
    """
    sources = root / "src" / "ocrkit_models"
    path = sources / f"{name}.md"
    path.write_text(card_of(name, sources=sources), "utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    given = _parser().parse_args(arguments)
    begun = time.monotonic()
    try:
        if not (_ROOT / "pyproject.toml").is_file():
            raise OptionError(f"{str(_ROOT)!r} is no source tree of ocrkit-models; install it from one: pip install -e")
        if given.model is None:
            print(write_card(given.name))
            return 0
        evaluation = make(_wanted(given))
    except OcrkitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for figures in evaluation["sets"]:
        print(f"{figures['name']}\t{figures['lines']}\t{figures['cer']:.4f}\t{figures['exact']:.4f}")
    print(f"{given.name} is made, in {time.monotonic() - begun:.0f} s{_told(evaluation['half'])}", file=sys.stderr)
    return 0


def _cut(model: Model, charset: str | None) -> Model:
    """The model with the labels of another charset only, which says from what it was cut."""
    if charset is None:
        return model
    labels = resolve_charset(charset)
    lacking = sorted(set(labels.symbols) - set(model.charset.symbols))
    if lacking:
        raise OptionError(
            f"charset {charset!r} has labels that the model was never trained for: {' '.join(lacking[:10])}; "
            "name one whose labels it has, or train it for them"
        )
    cut = model.with_charset(labels)
    kept = {key: value for key, value in model.provenance.items() if key != "metrics"}
    cut.provenance = {**kept, "cut_from": {"charset": model.charset.name, "labels": len(model.charset)}}
    cut.network.eval()
    return cut


def _kept(full: Model, file: Path, wanted: Wanted) -> Model:
    """The model as it comes out of the file that ships."""
    full.save(file, half=not wanted.full)
    if file.stat().st_size > wanted.largest:
        size = f"{file.name} has {file.stat().st_size:,} bytes"
        raise ModelError(f"{size}; expected at most {wanted.largest:,}: train a smaller network")
    return Model.load(file)


def _calibrate(model: Model, wanted: Wanted, sets: Sequence[LineSet]) -> None:
    named = {each.name: each for each in sets}
    unknown = [name for name in wanted.calibrate if name not in named]
    if unknown:
        raise OptionError(f"calibrate names {unknown[0]!r}; expected one of the sets: {', '.join(named)}")
    if wanted.calibrate:
        samples = [each for name in wanted.calibrate for each in spread(open_set(named[name]), wanted.most)]
        reader = greedy_reader(model, device=wanted.device)
        model.calibration = calibrate_reader(reader, samples, data=", ".join(wanted.calibrate))


def _compared(
    full: Model, shipped: Model, wanted: Wanted, sets: Sequence[LineSet]
) -> tuple[list[dict[str, Any]], dict[str, int] | None]:
    """The figures of each set; and of how many lines how many are read otherwise than by the full weights."""
    readers = [greedy_reader(model, device=wanted.device) for model in (shipped, full)]
    found, lines, different = [], 0, 0
    for each in sets:
        begun = time.monotonic()
        figures, texts = figures_of(readers[0], each, most=wanted.most)
        whole = texts if wanted.full else read_texts(readers[1], spread(open_set(each), wanted.most))
        found.append(figures)
        lines += len(whole)
        different += sum(one != other for one, other in zip(texts, whole, strict=True))
        seconds = time.monotonic() - begun
        print(f"{each.name}: {len(whole)} lines in {seconds:.0f} s; {different} differ so far", file=sys.stderr)
    if different > _MOST_DIFFERENT * lines:
        raise ModelError(
            f"in float16 {different} of {lines} lines are read otherwise than in float32; expected "
            f"{_MOST_DIFFERENT:.1%} at most: --full keeps it in float32 where it is small enough, or train it longer"
        )
    return found, None if wanted.full else {"lines": lines, "different": different}


def _told(half: dict[str, int] | None) -> str:
    if half is None:
        return ", in float32"
    return f"; in float16 {half['different']} of {half['lines']} lines are read otherwise than in float32"


def _wanted(given: argparse.Namespace) -> Wanted:
    sets = []
    for each in given.sets:
        name, equals, place = each.partition("=")
        if not equals or not name or not place:
            raise OptionError(f"the set {each!r} has no name or no place; expected NAME=PLACE, such as print=scans/")
        sets.append(LineSet(name, Path(place), ignore_case=name in given.ignore_case))
    unknown = set(given.ignore_case) - {each.name for each in sets}
    if unknown:
        raise OptionError(f"ignore_case names {min(unknown)!r}, which is none of the sets")
    return Wanted(
        given.name,
        given.model,
        tuple(sets),
        given.charset,
        tuple(given.calibrate),
        given.lines,
        given.device,
        given.full,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ocrkit_models.making", description=__doc__)
    parser.add_argument("name", metavar="NAME", help="the model's name, which has a table in models.toml")
    parser.add_argument(
        "model",
        metavar="MODEL",
        type=Path,
        nargs="?",
        help="the model file to make it from; without one, only the card",
    )
    parser.add_argument("sets", metavar="SET=PLACE", nargs="*", help="labelled lines to measure it by, under a name")
    parser.add_argument("--charset", metavar="NAME", help="cut it down to the labels of this charset")
    parser.add_argument(
        "--ignore-case", metavar="SET", action="append", default=[], help="a set in which case does not count"
    )
    parser.add_argument(
        "--calibrate", metavar="SET", action="append", default=[], help="learn its confidences anew from this set"
    )
    parser.add_argument("--lines", metavar="N", type=int, help="lines of a set at most, spread evenly")
    parser.add_argument("--full", action="store_true", help="keep it in float32, where float16 would read otherwise")
    parser.add_argument("--device", metavar="NAME", default="cpu", help="where the sets are read; cpu by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
