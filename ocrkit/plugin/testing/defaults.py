"""The options that a spec has where nobody chose."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

from ocrkit.plugin.testing.verdict import require, running

__all__ = ["default_options"]


def default_options(what: str, options: Any) -> Any:
    """An instance of a spec's options, made without arguments.

    Raises:
        PluginError: it is no frozen dataclass whose fields all have defaults.
    """
    require(
        isinstance(options, type) and is_dataclass(options) and options.__dataclass_params__.frozen,  # type: ignore[attr-defined]  # which every dataclass has
        f"{what}: options is {options!r}; expected a frozen dataclass",
    )
    with running(f"{what}: making its options, each of which must have a default"):
        return options()
