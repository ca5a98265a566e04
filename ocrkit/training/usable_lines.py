"""From samples to lines that can be spelled, and what the user is told of those that cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.data.sources.lazy import ChainedSamples
from ocrkit.text.invisible import described_invisible
from ocrkit.training.encoding import encode_labels
from ocrkit.training.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample
    from ocrkit.model import Model
    from ocrkit.training.observer import Observer
    from ocrkit.training.settings import DataSettings

__all__ = ["usable_lines"]


def usable_lines(
    what: str,
    samples: Sequence[Sample],
    settings: DataSettings,
    *,
    model: Model,
    workers: int,
    observer: Observer,
) -> Lines:
    """The lines of a set that a model can spell; their images are not opened.

    Args:
        what: the set's name in messages; in ``training``, a label that is too long for its image makes a line bad.
        samples: labelled; an empty set gives no lines.
        settings: what becomes of unspellable labels.
        model: whose charset spells the labels.
        workers: processes, where there are very many lines; -1 for one a core.
        observer: told of progress, and of what is left out.

    Raises:
        UnencodableText: the charset cannot spell some label, and such are not to be skipped.
        DataError: a sample has no label, or none can be spelled.
    """
    if not samples:
        return Lines.none(what)
    encoded = encode_labels(
        samples,
        model.charset,
        unencodable=settings.unencodable,
        workers=workers,
        progress=lambda done, total: observer.preparing(f"reading {what} labels", done, total),
    )
    if len(encoded.kept) < len(samples):
        characters = "".join(character for character, _ in encoded.lacking.most_common(20))
        observer.note(
            f"left out {len(samples) - len(encoded.kept)} of {len(samples)} {what} lines, "
            f"which need characters like {characters}"
        )
        samples = _some(samples, encoded.kept)
    if encoded.invisible:
        observer.note(f"in the labels of the {what} lines, {described_invisible(encoded.invisible)}")
    frames = model.frames if what == "training" else None
    if what != "training":
        samples = list(samples)  # their texts are asked for after each epoch
    return Lines(what, samples, encoded.labels, encoded.digest, frames)


def _some(samples: Sequence[Sample], numbers: Sequence[int]) -> Sequence[Sample]:
    """The samples of these numbers, made as they are asked for where all are."""
    if isinstance(samples, list | tuple):
        return [samples[number] for number in numbers]
    return replace(ChainedSamples.of([samples]), numbers=numbers)
