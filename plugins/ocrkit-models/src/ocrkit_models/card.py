"""A model's card: Markdown made of the model's file, the evaluation file and ``models.toml``, and of nothing else."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ocrkit.checkpoint import read_metadata, read_shapes
from ocrkit.text.calibration import Calibration
from ocrkit_models.package import SOURCES, read_json, read_tables, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["bullets", "card_of", "inside", "plain", "section", "table"]

_CONFUSIONS = 10
_OF_CONFIG = ("charset", "load", "data", "synthetic", "augmentation", "training")


def card_of(name: str, *, sources: Path = SOURCES) -> str:
    """The card of a model whose file and evaluation file lie in the package."""
    told, path = table_of(name), sources / f"{name}.safetensors"
    metadata, evaluation = read_metadata(path), read_json(sources / f"{name}.json")
    parts = [
        f"# {name}\n\n{told['summary']}",
        table(("", ""), _overview(told, metadata, path, half=bool(evaluation["half"]))),
        section("How it was trained", *_training(told, inside(metadata, "provenance"))),
        section("How well it reads", *_figures(evaluation)),
        section("What it takes for what", *_confusions(evaluation)),
        section("What its confidences are worth", *_confidences(metadata, evaluation)),
        section("Licences", bullets([f"The weights: {told['licence']}.", *told["licences"]])),
        section("Limits", bullets(told["limits"])),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(told: Mapping[str, Any], metadata: Mapping[str, Any], path: Path, *, half: bool) -> list[tuple[str, str]]:
    parts, charset = inside(metadata, "architecture"), inside(metadata, "charset")
    weights = sum(math.prod(shape) for key, shape in read_shapes(path).items() if not _is_statistic(key))
    needs = ", ".join(f"{name} {version}" for name, version in inside(metadata, "plugins").items())
    return [
        ("languages", ", ".join(told["languages"])),
        ("charset", f"`{charset['name']}`, {len(charset['symbols']) + 1} labels with the blank"),
        ("backbone", f"{parts['backbone']}: {plain(parts['options'])}"),
        ("head", plain(parts["head"])),
        ("preprocessing", plain(parts["preprocessing"])),
        ("weights", f"{weights:,}{', large tensors in float16' if half else ''}; {path.stat().st_size / 1e6:.1f} MB"),
        ("made with", needs),
    ]


def _training(told: Mapping[str, Any], provenance: Mapping[str, Any]) -> Iterator[str]:
    config = inside(provenance, "config")
    yield "What it was trained on:"
    yield bullets([*told["data"], f"Faces: {told['faces']}"])
    yield "What its file says of the training, the last of those that are told of above:"
    rows = {key: provenance.get(key) for key in ("date", "device", "steps", "seconds", "metrics", "cut_from", "data")}
    rows["epoch"] = provenance["epoch"] + 1 if isinstance(provenance.get("epoch"), int) else None
    rows |= {f"config.{key}": config.get(key) for key in _OF_CONFIG}
    rows |= {key: provenance.get(key) for key in ("base", "files", "versions")}
    yield table(("", ""), [(f"`{key}`", plain(value)) for key, value in rows.items() if value not in (None, "", {})])


def _figures(evaluation: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "Greedy, without lexicon or language model, one line a picture. Rates are fractions of 1; the interval is that "
        "of the share of lines without an error, by a confidence of 95 % (Wilson). By akshara, a conjunct with its "
        "signs is right or wrong as a whole."
    )
    header = ("set", "lines", "CER", "by akshara", "WER", "exact", "interval")
    yield table(header, [_row(figures) for figures in evaluation["sets"]])
    sets = read_tables().get("set", {})
    notes = [
        f"`{figures['name']}`: {sets[figures['name']]}" for figures in evaluation["sets"] if figures["name"] in sets
    ]
    if notes:
        yield bullets(notes)
    if half := evaluation["half"]:
        alike = half["lines"] - half["different"]
        yield f"The weights in float16 read {alike} of {half['lines']} lines as those in float32 do."


def _row(figures: Mapping[str, Any]) -> tuple[str, ...]:
    case = ", any case" if figures["ignore_case"] else ""
    low, high = figures["exact_interval"]
    rates = (f"{figures[key]:.4f}" for key in ("cer", "akshara_cer", "wer"))
    read, in_all = figures["lines"], figures["in_all"]
    lines = f"{read} of {in_all}" if read < in_all else str(read)
    return (f"{figures['name']}{case}", lines, *rates, f"{figures['exact']:.3f}", f"{low:.3f} to {high:.3f}")


def _confusions(evaluation: Mapping[str, Any]) -> Iterator[str]:
    yield "The commonest of each set, by akshara, with how often it was one:"
    rows = [
        (figures["name"], ", ".join(map(_confusion, figures["akshara_confusions"][:_CONFUSIONS])) or "none")
        for figures in evaluation["sets"]
    ]
    yield table(("set", "text → read"), rows)


def _confusion(confusion: Mapping[str, Any]) -> str:
    return f"{_visible(confusion['reference'])} → {_visible(confusion['read'])} {confusion['count']}"


def _confidences(metadata: Mapping[str, Any], evaluation: Mapping[str, Any]) -> Iterator[str]:
    if "calibration" in metadata:
        own = Calibration.from_dict(metadata["calibration"])
        where = f" of {own.data}" if own.data else ""
        yield (
            f"Temperature {own.temperature:.3g}, learnt from {own.lines} lines{where}: calibration error "
            f"{own.error:.4f} there, {own.error_before:.4f} without it.{f' Note: {own.note}.' if own.note else ''}"
        )
    else:
        yield "Not calibrated: confidences are what the network gives, and `--reject` has nothing to go by."
    rows = [
        (figures["name"], f"{figures['calibration_error']:.4f}", f"{figures['brier']:.4f}")
        for figures in evaluation["sets"]
    ]
    yield table(("set", "calibration error", "Brier score"), rows)


def section(title: str, *parts: str) -> str:
    """A heading with what stands below it."""
    return "\n\n".join((f"## {title}", *parts))


def bullets(lines: Sequence[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(value: object) -> str:
    """A value as a person reads it, inner tables in brackets."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_inner(inner)}" for key, inner in value.items() if inner not in ("", [], {}, None))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(map(_inner, value))
    return f"{value:.6g}" if isinstance(value, float) else str(value) if value != "" else "none"


def _inner(value: object) -> str:
    return f"({plain(value)})" if isinstance(value, Mapping) else plain(value)


def _visible(akshara: str) -> str:
    """What can be seen of it, as code: a lone mark sits on a dotted circle, and what is blank is named."""
    if akshara in ("", " "):
        return "(space)" if akshara else "(nothing)"
    if "`" in akshara:
        return f"`` {akshara} ``"
    return f"`\u25cc{akshara}`" if unicodedata.category(akshara[0])[0] == "M" else f"`{akshara}`"


def _is_statistic(tensor: str) -> bool:
    return tensor.rsplit(".", 1)[-1] in ("running_mean", "running_var", "num_batches_tracked")


def inside(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table within another; an empty one where there is none."""
    inner = record.get(key)
    return inner if isinstance(inner, Mapping) else {}
