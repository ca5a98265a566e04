"""Labelled lines as a Python program names them: folders, tables, samples, pairs of image and text."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from ocrkit.data.given import GivenImage, as_samples
from ocrkit.data.records import Sample
from ocrkit.data.sources.lazy import ChainedSamples
from ocrkit.errors import DataError
from ocrkit.plugin.datasets import open_samples

if TYPE_CHECKING:
    from ocrkit.plugin.registry import Registry

__all__ = ["LabelledLines", "labelled_samples"]

LabelledLines: TypeAlias = (
    "str | os.PathLike[str] | Sequence[Sample] | Iterable[str | os.PathLike[str]] | Iterable[tuple[GivenImage, str]]"
    " | Mapping[str, str]"
)
"""A folder or table of labelled lines, several of them, samples, or pairs of an image and its text."""

_EXPECTED = "expected a folder or table of labelled lines, a list of those, samples, or pairs of an image and its text"


def labelled_samples(
    lines: LabelledLines,
    *,
    format: str | None = None,  # noqa: A002 - the name of the flag
    registry: Registry | None = None,
) -> Sequence[Sample]:
    """The samples of labelled lines, however they are named.

    Args:
        lines: see ``LabelledLines``.
        format: the name of the source that opens folders and tables; None to guess it.
        registry: where sources are looked up; None for the default one.

    Raises:
        MissingFileError: there is no such folder or table.
        DataError: it is nothing of the kind, or the format cannot be guessed.
    """
    if isinstance(lines, str | os.PathLike):
        return open_samples(os.fspath(lines), format=format, registry=registry)
    if isinstance(lines, Mapping):
        lines = list(lines.items())
    if not isinstance(lines, Iterable):
        raise DataError(f"the lines are {lines!r}; {_EXPECTED}")
    given: Sequence[object] = lines if isinstance(lines, Sequence) else list(lines)
    if given and all(isinstance(line, str | os.PathLike) for line in given):
        return ChainedSamples.of(
            open_samples(os.fspath(line), format=format, registry=registry)
            for line in given
            if isinstance(line, str | os.PathLike)
        )
    if isinstance(given[0] if given else None, Sample):
        return given  # type: ignore[return-value]  # what is not, is told when it is read
    return [_pair(line, number) for number, line in enumerate(given)]


def _pair(line: object, number: int) -> Sample:
    if not (isinstance(line, tuple | list) and len(line) == 2 and isinstance(line[1], str)):
        raise DataError(f"line {number} is {line!r}; {_EXPECTED}")
    [sample] = as_samples([line[0]])
    return replace(sample, name=sample.name if sample.name != "image 0" else f"image {number}", text=line[1])
