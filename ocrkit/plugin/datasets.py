"""From a location on disk to its samples: the format is guessed, or named."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.sources.images import walk
from ocrkit.errors import DataError, MissingFileError
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.offers import Broken
from ocrkit.plugin.registry import default_registry
from ocrkit.plugin.specs import SourceOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample
    from ocrkit.plugin.offers import Offer
    from ocrkit.plugin.registry import Registry
    from ocrkit.plugin.specs import SourceSpec

__all__ = ["guess_format", "open_samples"]

_log = logging.getLogger("ocrkit.plugin")
_NO_OPTIONS = SourceOptions()
_MOST_BELOW = 1000  # folders that are looked into where a folder itself is not recognised
_NAMED = 3  # of them in a message


def open_samples(
    location: str | Path | None,
    *,
    format: str | None = None,  # noqa: A002 - the name of the flag
    options: SourceOptions = _NO_OPTIONS,
    registry: Registry | None = None,
) -> Sequence[Sample]:
    """List the samples at a location, without opening their images.

    Args:
        location: a folder or file; None for a source that makes its samples up, which ``format`` must name.
        format: the name of a source; None to guess it from what lies at the location.
        options: what the source may need besides.
        registry: None for the default one.

    Raises:
        MissingFileError: there is nothing at the location.
        UnknownNameError: no source is called ``format``.
        ConfigError: ``options.extra`` holds a setting that the source does not know.
        DataError: the format cannot be guessed, the data are malformed, or there is not one sample; or the location
            is neither a file nor a folder.
    """
    registry = registry or default_registry()
    path = None if location is None else Path(location)
    if format is not None:
        source = registry.source(format)
    elif path is not None:
        source = guess_format(path, registry=registry)
    else:
        raise DataError("neither data nor a format; give a folder or a table, or a `format` that needs none")
    if path is not None:
        _check_place(path)
    if not options.scripts:
        options = replace(options, scripts=tuple(offer.value for offer in registry.scripts()))
    if options.charsets is None:
        options = replace(options, charsets=partial(resolve_charset, registry=registry))
    samples = source.open(path, options)
    if not samples:
        where = f"{path}: " if path is not None else ""
        raise DataError(f"{where}no samples; format {source.name!r} found nothing in it")
    return samples


def guess_format(location: Path, *, registry: Registry | None = None) -> SourceSpec:
    """The source that recognises a location, of the highest precedence.

    Raises:
        MissingFileError: there is nothing at the location.
        DataError: none recognises it, or two of the same precedence do; it names them and the way out. Or it is neither
            a file nor a folder.
    """
    registry = registry or default_registry()
    _check_place(location)
    offers = registry.sources()
    recognised = [offer for offer in offers if _recognises(offer, location, registry)]
    best = max((offer.value.precedence for offer in recognised), default=0)
    found = [offer for offer in recognised if offer.value.precedence == best]
    if len(found) == 1:
        return found[0].value
    if found:
        names = _names(found)
        raise DataError(
            f"recognised as {' and as '.join(map(repr, names))}; "
            f"say which with {' or '.join(f'`format={name!r}`' for name in names)}",
            location,
        )
    below = _recognised_below(location, offers, registry)
    walking = {offer.name: offer.value for _, offer in below}
    if len(walking) == 1 and below[0][1].value.walks:
        return below[0][1].value
    raise DataError(_unrecognised(location, offers, below))


def _recognised_below(
    location: Path, offers: Sequence[Offer[SourceSpec]], registry: Registry
) -> list[tuple[Path, Offer[SourceSpec]]]:
    """What the folders below are recognised as, each by the highest precedence; of very many the first."""
    found = []
    for folder, _ in islice(walk(location), 1, _MOST_BELOW) if location.is_dir() else ():
        recognised = [offer for offer in offers if _recognises(offer, Path(folder), registry)]
        best = max((offer.value.precedence for offer in recognised), default=0)
        found += [(Path(folder), offer) for offer in recognised if offer.value.precedence == best]
    return found


def _check_place(location: Path) -> None:
    if not os.path.lexists(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    if os.path.exists(location) and not (os.path.isfile(location) or os.path.isdir(location)):
        raise DataError("it is a pipe or a device; expected a folder or a file, so write it to one", location)


def _recognises(offer: Offer[SourceSpec], location: Path, registry: Registry) -> bool:
    """Whether a source recognises the location; one of a plugin that fails is set aside, as its hook would be."""
    try:
        return offer.value.recognises(location)
    except Exception as error:  # a plugin may raise anything
        if offer.distribution == "ocrkit":
            raise
        broken = Broken(offer.origin, f"source {offer.name!r}", f"{type(error).__name__}: {error}")
        registry.set_aside(broken)
        _log.warning("%s", broken)
        return False


def _names(offers: Sequence[Offer[SourceSpec]]) -> list[str]:
    """The offers' names, each with its distribution where another has the same."""
    names = [offer.name for offer in offers]
    return [f"{offer.distribution}:{offer.name}" if names.count(offer.name) > 1 else offer.name for offer in offers]


def _unrecognised(
    location: Path, offers: Sequence[Offer[SourceSpec]], below: Sequence[tuple[Path, Offer[SourceSpec]]]
) -> str:
    if below:
        listed = ", ".join(f"{folder} ({offer.name})" for folder, offer in below[:_NAMED])
        more = f" and {len(below) - _NAMED} more" if len(below) > _NAMED else ""
        return f"{location}: nothing is recognised in it itself; below it are {listed}{more}, so give those"
    known = ", ".join(_names(offers)) or "none is installed"
    if location.is_dir():
        looked_for = (
            "no labels.tsv, .csv or .jsonl at its top level, nor other tool's list, .gt.txt, annotation list, pages, "
            "LMDB, Parquet, IAM, IIIT5K or SVT"
        )
    else:
        looked_for = (
            "no table of labels by its name (.tsv, .csv, .jsonl, .json), no list in whose lines images have texts, "
            "nor any other known file by what is in it"
        )
    return (
        f"{location}: {looked_for}; name its `format` ({known}), "
        "such as `format='filename'` where each image is named by its text"
    )
