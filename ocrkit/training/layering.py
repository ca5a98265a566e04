"""Configurations laid over one another: a recipe, a file, and what the user says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ocrkit.config import from_table, merge, to_table
from ocrkit.nets.options import HeadOptions
from ocrkit.training.settings import BackboneChoice, RunConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.config import Table

__all__ = ["configured", "lay_over"]

# The tables that choose a thing by name: the name where none is said, and the keys that are that thing's own.
_CHOICES = {"backbone": (BackboneChoice().name, {"options"}), "head": (HeadOptions().name, {"options", "rnn"})}


def configured(*tables: Table, where: str = "", like: RunConfig | None = None) -> RunConfig:
    """The configuration that tables laid over one another spell, which remembers what they say of the network.

    A value that stands anyway counts where it is said: a loaded model has it, or the two disagree.

    Args:
        tables: each laid over those before it.
        where: what an error calls them.
        like: a configuration that one of them is the table of, which says what it says and no more.

    Raises:
        ConfigError, OptionError: as ``ocrkit.config.from_table`` does.
    """
    config = from_table(RunConfig, lay_over(*tables), where=where)
    whole = None if like is None else to_table(like)
    said = set(_said(lay_over(*(table for table in tables if table != whole))))
    object.__setattr__(config, "said", frozenset(said if like is None else said | like.said))
    return config


def _said(table: Table) -> Iterator[str]:
    for part in ("backbone", "head", "preprocessing"):
        keys = table.get(part)
        for key, value in keys.items() if isinstance(keys, Mapping) else ():
            if key == "options" and isinstance(value, Mapping):
                yield from (f"{part}.options.{name}" for name in value)
            else:
                yield f"{part}.{key}"


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
