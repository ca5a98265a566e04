"""Lines that train and validate at once, by which a model looks better than it is."""

from __future__ import annotations

import os
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import Origin

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from ocrkit.data.records import Sample

__all__ = ["shared_samples"]


def shared_samples(training: Iterable[Sample], validation: Mapping[str, Sequence[Sample]]) -> dict[str, list[Sample]]:
    """The samples of each validation set that are among those to train on, for the sets that have some.

    The same are two that lie in the same place, whatever links lead to it, and two files of the same text and the same
    bytes. Files are looked at only where one of the set has the same text or the same name, so that even a million
    training lines cost seconds; copies of a whole container, and pictures that only look alike, are not found.

    Args:
        training: the samples to train on, gone through once.
        validation: samples by the names of their sets.
    """
    sought = [sample for samples in validation.values() for sample in samples]
    texts, names = {sample.text for sample in sought}, {_file_name(sample) for sample in sought}
    labelled_sizes = {(sample.text, _size(sample)) for sample in sought} - {(None, None)}
    found: set[Hashable] = set()
    for sample in training:
        if sample.text in texts or _file_name(sample) in names:
            found.add(_place(sample))
            if (sample.text, _size(sample)) in labelled_sizes:
                found.add(_content(sample))
    found.discard(None)
    shared = {
        name: [sample for sample in samples if _place(sample) in found or _content(sample) in found]
        for name, samples in validation.items()
        if found
    }
    return {name: samples for name, samples in shared.items() if samples}


def _file_name(sample: Sample) -> str:
    return sample.image.name if isinstance(sample.image, Path) else ""


def _place(sample: Sample) -> Hashable:
    """Equal for two samples that lie in the same place; None where that is not there."""
    if isinstance(sample.image, Path):
        try:
            status = sample.image.stat()
        except OSError:  # told of when it is to be loaded
            return None
        return status.st_dev, status.st_ino
    origin = sample.origin or Origin(sample.name)
    container, hash_, key = origin.path.partition("#")
    # An XML file may hold several lines in one of its own.
    return _resolved(container), hash_, key, origin.line, os.path.basename(sample.name).rpartition("#")[2]


def _content(sample: Sample) -> Hashable:
    """Equal for two files of the same text and bytes; None for what is no file of its own."""
    if not isinstance(sample.image, Path):
        return None
    try:
        return sample.text, blake2b(sample.image.read_bytes()).digest()
    except OSError:
        return None


def _size(sample: Sample) -> int | None:
    """Bytes of the sample's own file; None where it has none."""
    try:
        return sample.image.stat().st_size if isinstance(sample.image, Path) else None
    except OSError:
        return None


@cache
def _resolved(container: str) -> str:
    return os.path.realpath(container)
