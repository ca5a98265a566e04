"""Configurations laid over one another: a recipe, a file, and what the user says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ocrkit.config import merge
from ocrkit.nets.options import HeadOptions
from ocrkit.training.settings import BackboneChoice

if TYPE_CHECKING:
    from ocrkit.config import Table

__all__ = ["lay_over"]

# The tables that choose a thing by name: the name where none is said, and the keys that are that thing's own.
_CHOICES = {"backbone": (BackboneChoice().name, {"options"}), "head": (HeadOptions().name, {"options", "rnn"})}


def lay_over(*tables: Table) -> dict[str, object]:
    """The tables merged, later ones on top, where another backbone or head takes the place of one with its options."""
    laid: dict[str, object] = {}
    for table in tables:
        for part, (standard, own) in _CHOICES.items():
            below, above = laid.get(part), table.get(part)
            if isinstance(below, Mapping) and isinstance(above, Mapping):
                name = below.get("name", standard)
                if above.get("name", name) != name:
                    laid[part] = {key: value for key, value in below.items() if key not in own}
        laid = merge(laid, table)
    return laid
