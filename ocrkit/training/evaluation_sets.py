"""The names of validation sets, and which of them judges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ocrkit.errors import OptionError, UnknownNameError, unknown_name

__all__ = ["WITHOUT_NAME", "judging_set", "named_places"]

WITHOUT_NAME = "validation"  # the set that is split off, or drawn
_NAMED = re.compile(r"([^=/\\]+)=(.+)", re.DOTALL)
_TABLES = ("labels.tsv", "labels.csv", "labels.jsonl")  # called alike in every folder


def named_places(evaluation: Iterable[str] | Mapping[str, str | tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The locations of each validation set, by its name, in the order in which the names come up.

    Args:
        evaluation: a table of names and their locations; or locations, each alone or as ``name=location``. One alone is
            called as its folder is, or as its file is without the ending. What is called alike is one set.

    Raises:
        OptionError: a name is empty, or has no location.
    """
    if isinstance(evaluation, Mapping):
        pairs = [(name, (places,) if isinstance(places, str) else tuple(places)) for name, places in evaluation.items()]
    else:
        pairs = [(name, (place,)) for name, place in map(_named, evaluation)]
    found: dict[str, tuple[str, ...]] = {}
    for name, places in pairs:
        if not name.strip() or not places or not all(places):
            raise OptionError(
                f"data.evaluation has the set {name!r} with the locations {list(places)!r}; expected a name, and at "
                "least one location for it"
            )
        found[name] = found.get(name, ()) + places
    return found


def judging_set(names: Iterable[str], judge: str) -> str:
    """The set that chooses the best model: ``judge``, or the first one if that is empty; empty without any set.

    Raises:
        UnknownNameError: there is no set of that name; the nearest is named.
    """
    known = list(names)
    if judge and judge not in known:
        raise UnknownNameError(
            unknown_name("validation set", judge, known, way_out="`data.evaluation` names sets, as name=location")
        )
    return judge or next(iter(known), "")


def _named(place: str) -> tuple[str, str]:
    match = _NAMED.fullmatch(place)
    if match and not Path(place).exists():
        return match[1], match[2]
    path = Path(place).expanduser().absolute()
    if path.name in _TABLES:
        path = path.parent
    return (path.resolve().name if path.is_dir() else path.stem) or WITHOUT_NAME, place
