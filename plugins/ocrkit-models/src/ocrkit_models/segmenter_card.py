"""The card of a model that finds lines: made of its file, its evaluation file and ``models.toml`` alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ocrkit.checkpoint import read_metadata, read_shapes
from ocrkit_models.card import bullets, inside, plain, section, table
from ocrkit_models.package import SOURCES, read_json, read_tables, segmenter_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["segmenter_card"]

_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


def segmenter_card(name: str, *, sources: Path = SOURCES) -> str:
    """The card of a model whose file and evaluation file lie in the package."""
    told, path = segmenter_table(name), sources / f"{name}.safetensors"
    metadata, evaluation = read_metadata(path), read_json(sources / f"{name}.json")
    parts = [
        f"# {name}\n\n{told['summary']}",
        table(("", ""), _overview(metadata, path)),
        section("How it was trained", *_training(told, inside(metadata, "provenance"))),
        section("How well it finds lines", *_figures(evaluation)),
        section("Licences", bullets([f"The weights: {told['licence']}.", *told["licences"]])),
        section("Limits", bullets(told["limits"])),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(metadata: Mapping[str, Any], path: Path) -> list[tuple[str, str]]:
    shapes = read_shapes(path)
    weights = sum(math.prod(shape) for key, shape in shapes.items() if key.rsplit(".", 1)[-1] not in _STATISTICS)
    return [
        ("task", "the lines of pages, in any script; for the segmenter `lines`"),
        ("network", f"U-shaped, of convolutions: {plain(metadata['network'])}"),
        ("maps", plain(metadata["maps"])),
        ("working scale", f"small letters {metadata['working_x_height']:g} px high"),
        ("weights", f"{weights:,}, in float16; {path.stat().st_size / 1e6:.1f} MB"),
    ]


def _training(told: Mapping[str, Any], provenance: Mapping[str, Any]) -> Iterator[str]:
    yield "What it was trained on:"
    yield bullets([*told["data"], f"Faces: {told['faces']}"])
    yield "What its file says of the training, the last of those that are told of above:"
    config = inside(provenance, "config")
    rows = {key: provenance.get(key) for key in ("date", "device", "steps", "metrics", "data", "base", "versions")}
    rows |= {f"config.{key}": config.get(key) for key in ("data", "training")}
    yield table(("", ""), [(f"`{key}`", plain(value)) for key, value in rows.items() if value not in (None, "", {})])


def _figures(evaluation: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "By the segmenter `lines` of the ocrkit that made this card. A line is found where the ink of it and of a "
        "found one overlap by 0.5, 0.7 or 0.9 (intersection over union); F is 2 hits / (true + found). Order is the "
        "share of pairs of lines in the true order, and the last column the share of a line's own ink that is in the "
        "found one."
    )
    header = ("set", "pages", "lines", "found", "F .5", "F .7", "F .9", "missed", "false", "order", "own ink")
    yield table(header, [_row(figures) for figures in evaluation["sets"]])
    notes = read_tables().get("set", {})
    named = [figures["name"] for figures in evaluation["sets"] if figures["name"] in notes]
    if named:
        yield bullets([f"`{name}`: {notes[name]}" for name in named])
    yield f"In float16 a value of its maps differs by {evaluation['half']['differs']:.4f} at most from that in float32."


def _row(figures: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (str(figures[key]) for key in ("pages", "truth", "found"))
    rates = (f"{figures[key]:.3f}" for key in ("f50", "f70", "f90"))
    return (
        figures["name"], *counts, *rates, str(figures["missed"]), str(figures["false"]),
        f"{figures['order']:.3f}", f"{figures['own_ink_covered']:.3f}",
    )  # fmt: skip
