"""Installed plugins: the entry points of the group ``ocrkit``, and which of them the user wants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from ocrkit.errors import did_you_mean
from ocrkit.plugin.offers import Broken, Provider

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ENVIRONMENT", "GROUP", "InstalledPlugin", "canonical", "installed_plugins", "select"]

GROUP = "ocrkit"
ENVIRONMENT = "OCRKIT_PLUGINS"


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """An entry point that is not loaded yet, and the distribution that declares it."""

    origin: Provider
    entry: EntryPoint


def canonical(distribution: str) -> str:
    """A distribution's name in the one spelling by which such names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def installed_plugins() -> tuple[InstalledPlugin, ...]:
    """Every plugin that is installed, in order of distribution name, then of the entry point's own."""
    found = (InstalledPlugin(_origin(entry), entry) for entry in entry_points(group=GROUP))
    return tuple(sorted(found, key=lambda plugin: (canonical(plugin.origin.distribution), plugin.entry.name)))


def select(
    plugins: tuple[InstalledPlugin, ...], selection: str | None
) -> tuple[tuple[InstalledPlugin, ...], tuple[Broken, ...]]:
    """The plugins that ``selection`` asks for, and a ``Broken`` for each name in it that is not installed.

    Args:
        plugins: all that there are.
        selection: ``none``, or distribution names with commas between; None or empty for all.
    """
    if not selection or not selection.strip():
        return plugins, ()
    if selection.strip() == "none":
        return (), ()
    wanted = [name.strip() for name in selection.split(",") if name.strip()]
    chosen = {canonical(name) for name in wanted}
    known = {canonical(plugin.origin.distribution): plugin.origin.distribution for plugin in plugins}
    kept = tuple(plugin for plugin in plugins if canonical(plugin.origin.distribution) in chosen)
    # The built-ins cannot be deselected, so naming their own distribution asks for nothing more.
    missing = [name for name in wanted if canonical(name) not in known and canonical(name) != GROUP]
    return kept, tuple(_not_installed(name, known.values()) for name in missing)


def _not_installed(name: str, known: Iterable[str]) -> Broken:
    names = sorted(known)
    listing = f"installed plugins: {', '.join(names)}" if names else "no plugin is installed"
    hint = did_you_mean(name, names, then=listing)
    return Broken(Provider(name, "(not installed)"), ENVIRONMENT, f"no distribution of that name is a plugin; {hint}")


def _origin(entry: EntryPoint) -> Provider:
    dist = entry.dist
    # Metadata without a name or a version reads as None, whatever the annotations say.
    name = (dist.metadata["Name"] if dist else None) or entry.module
    version = (dist.metadata["Version"] if dist else None) or "(no version)"
    return Provider(name, version)
