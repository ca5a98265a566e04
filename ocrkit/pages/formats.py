"""Output formats of pages, chosen by name or by a file's ending, with their options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ocrkit.config import from_table
from ocrkit.errors import ConfigError, OptionError, did_you_mean
from ocrkit.pages.writing import PageFormat
from ocrkit.plugin.registry import Registry, default_registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocrkit.config import Table
    from ocrkit.plugin.page_specs import PageRendererSpec

__all__ = ["choose_formats", "format_by_ending"]


def choose_formats(
    names: Sequence[str], settings: Table | None = None, *, registry: Registry | None = None
) -> list[PageFormat]:
    """The formats of these names.

    Args:
        names: each once.
        settings: options by their names, for each format that has them, or in a table of a format's name.
        registry: knows the formats; None for the default one.

    Raises:
        UnknownNameError: there is no such format.
        ConfigError: no format has such an option, or a value is of another type.
    """
    registry = registry or default_registry()
    specs = [registry.page_renderer(name) for name in dict.fromkeys(names)]
    given = dict(settings or {})
    own = {spec.name: given.pop(spec.name) for spec in specs if isinstance(given.get(spec.name), Mapping)}
    known = {spec.name: {field.name for field in fields(spec.options)} for spec in specs}
    for key in given:
        if not any(key in each for each in known.values()):
            options = sorted(set().union(*known.values()))
            then = f"known: {', '.join(options)}" if options else "there are none"
            formats = " and ".join(map(repr, known))
            raise ConfigError(f"no option {key!r} of format {formats}; {did_you_mean(key, options, then=then)}")
    return [_made(spec, {key: given[key] for key in given if key in known[spec.name]}, own) for spec in specs]


def format_by_ending(path: Path, *, registry: Registry | None = None) -> str:
    """The name of the format that files of such an ending are of.

    Raises:
        OptionError: no format has the ending, or several have.
    """
    offers = (registry or default_registry()).page_renderers()
    name = path.name.lower()
    found = [offer.name for offer in offers if name.endswith(offer.value.suffix.lower())]
    longest = max((len(offer.value.suffix) for offer in offers if offer.name in found), default=0)
    found = [offer.name for offer in offers if offer.name in found and len(offer.value.suffix) == longest]
    if len(found) == 1:
        return found[0]
    if found:
        raise OptionError(f"{str(path)!r} may be of format {' or '.join(map(repr, found))}; say which with `to`")
    endings = ", ".join(sorted({offer.value.suffix for offer in offers}))
    raise OptionError(f"no format has the ending of {str(path)!r}; say which it is with `to`, or take one of {endings}")


def _made(spec: PageRendererSpec, settings: Mapping[str, object], own: Mapping[str, object]) -> PageFormat:
    table = own.get(spec.name)
    merged = {**settings, **(table if isinstance(table, Mapping) else {})}
    options: Any = from_table(spec.options, merged, where=f"format {spec.name!r}")
    return PageFormat(spec, options)
