"""Recipes: configurations that ship with ocrkit, one TOML file a system."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

from ocrkit.errors import UnknownNameError, unknown_name

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["read_recipe", "recipe_names"]


def recipe_names() -> list[str]:
    """The names of all recipes."""
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def read_recipe(name: str) -> dict[str, object]:
    """A recipe's table, to be laid over the defaults.

    Raises:
        UnknownNameError: there is no such recipe; the nearest is named.
    """
    if name not in recipe_names():
        raise UnknownNameError(
            unknown_name("recipe", name, recipe_names(), way_out="`config` reads a file of your own")
        )
    return tomllib.loads((_folder() / f"{name}.toml").read_text(encoding="utf-8"))


def _folder() -> Traversable:
    return files("ocrkit.training") / "recipes"
