"""Trained models that ocrkit finds by name: weights, and what is said of them in ``models.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit import ModelSpec, hookimpl
from ocrkit_models.package import SOURCES, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

__version__ = "0.1.0"


@hookimpl
def ocrkit_models() -> Iterator[ModelSpec]:
    """Every model of ``models.toml``, in its order: those that read, then those that find lines."""
    tables = read_tables()
    for task, kind in (("recognition", "model"), ("segmentation", "segmenter")):
        for table in tables[kind]:
            name = table["name"]
            card = SOURCES / f"{name}.md"
            yield ModelSpec(
                name,
                table["summary"],
                SOURCES / f"{name}.safetensors",
                tuple(table["languages"]),
                table["licence"],
                card if card.is_file() else None,
                task,
            )
