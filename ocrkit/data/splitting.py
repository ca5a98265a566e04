"""Which part of a split each sample goes to: by its own words and a seed, whatever the order of the rows."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import DataError, OptionError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrkit.data.progress import Progress
    from ocrkit.data.records import Sample

__all__ = ["BY", "assign", "parse_parts", "split_units"]

BY = ("group", "folder", "none")
"""What stays together: samples of one group, images of one folder, or nothing but the same image and text."""


def parse_parts(given: str) -> dict[str, float]:
    """The shares in a text such as ``train=0.8,validation=0.1,test=0.1``, by their names, in its order.

    Raises:
        OptionError: it is malformed, a name stands twice or is none for a folder, or the shares do not sum to 1.
    """
    parts: dict[str, float] = {}
    for item in given.split(","):
        name, equals, share = (piece.strip() for piece in item.partition("="))
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if not (equals and name and 0 < value <= 1):
            raise OptionError(f"parts has {item.strip()!r}; expected NAME=SHARE, a share above 0, such as train=0.8")
        if name in parts or "/" in name or name.startswith("."):
            raise OptionError(f"parts has the name {name!r} twice, or one that is no folder's; expected plain names")
        parts[name] = value
    if abs(sum(parts.values()) - 1) > 1e-6:
        raise OptionError(f"the shares in parts sum to {sum(parts.values()):g}; expected 1")
    return parts


def split_units(
    samples: Sequence[Sample],
    *,
    by: str | None,
    root: Path | None = None,
    progress: Progress | None = None,
) -> tuple[NDArray[np.uint64], str]:
    """A number for each sample, (N,), equal for those that must stay together; and what they were joined by.

    Args:
        samples: any.
        by: one of ``BY``; None for ``group`` where every sample has one, and ``none`` where none has.
        root: what the names of images are taken relative to, so that a set that has moved is split alike.
        progress: told of how many are done, of how many.

    Raises:
        OptionError: ``by`` is none of ``BY``.
        DataError: some of the samples have no group, and it is asked for or left open.
    """
    if by is not None and by not in BY:
        hint = did_you_mean(by, BY, then=f"expected {', '.join(BY)}")
        raise OptionError(f"by is {by!r}; {hint}")
    count = len(samples)
    of_group, alone = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    grouped = 0
    inside = os.path.join(root, "") if root is not None else ""
    for index, sample in enumerate(samples):
        name = sample.name
        if root is not None:
            name = name.removeprefix(inside) if name.startswith(inside) else os.path.relpath(name, root)
        of_group[index] = _digest(sample.group if by != "folder" else os.path.dirname(name))
        alone[index] = _digest(f"{name}\0{sample.text}")
        grouped += bool(sample.group)
        if progress is not None:
            progress(index + 1, count)
    chosen = by or ("group" if grouped else "none")
    if chosen == "group" and grouped < count:
        raise DataError(
            f"{count - grouped} of {count} samples have no group; give each one, or split "
            "with `by='folder'` or `by='none'`"
        )
    return (alone if chosen == "none" else of_group), chosen


def assign(units: NDArray[np.uint64], parts: Mapping[str, float], *, seed: int) -> NDArray[np.int64]:
    """The part of each sample, (N,), as the index of its name in ``parts``: whole units, sizes near the shares.

    Units are taken in an order that depends on the seed and on themselves alone, each to the part that lacks most. A
    part that stays empty is given the smallest unit of the one that has most too much, while there is any to spare.
    """
    ids, place, sizes = np.unique(units, return_inverse=True, return_counts=True)
    order = np.argsort(_shuffled(ids, seed), kind="stable")
    wanted = np.array(list(parts.values())) * len(units)
    have, units_of = np.zeros(len(parts)), np.zeros(len(parts), np.int64)
    part_of = np.zeros(len(ids), np.int64)
    for unit in order.tolist():
        part = int(np.argmax(wanted - have))
        part_of[unit] = part
        have[part] += sizes[unit]
        units_of[part] += 1
    for empty in np.flatnonzero(units_of == 0).tolist():
        spare = np.where(units_of > 1, have - wanted, -np.inf)
        giver = int(np.argmax(spare))
        if units_of[giver] < 2:
            break
        its = order[part_of[order] == giver]
        unit = int(its[np.argmin(sizes[its])])
        part_of[unit] = empty
        have[giver] -= sizes[unit]
        have[empty] += sizes[unit]
        units_of[giver] -= 1
        units_of[empty] += 1
    return part_of[place.reshape(-1)]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _shuffled(ids: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """A number for each unit that depends on it and the seed: splitmix64 (Steele et al. 2014, OOPSLA)."""
    with np.errstate(over="ignore"):
        state = ids + np.uint64(_digest(str(seed)))
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return state ^ (state >> np.uint64(31))
