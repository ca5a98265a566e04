"""Trained models that ocrkit finds by name: weights, and what is said of them in ``models.toml``."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit import ModelSpec, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

__version__ = "0.1.0"


@hookimpl
def ocrkit_models() -> Iterator[ModelSpec]:
    """Every model of ``models.toml``, in its order."""
    # An installer leaves them as files, and weights are mapped into memory, not read through a loader.
    folder = Path(str(files(__package__)))
    for table in tomllib.loads((folder / "models.toml").read_text("utf-8"))["model"]:
        name = table["name"]
        card = folder / f"{name}.md"
        yield ModelSpec(
            name,
            table["summary"],
            folder / f"{name}.safetensors",
            tuple(table["languages"]),
            table["licence"],
            card if card.is_file() else None,
        )
