"""What ocrkit itself offers, through the door that plugins use: each module here is one plugin."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["modules"]


def modules() -> tuple[ModuleType, ...]:
    """Every module beside this one, imported, in order of name."""
    names = sorted(found.name for found in iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)
