"""From samples to usable lines, and what the user is told of those that are left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ocrkit.text.invisible import described_invisible
from ocrkit.training.lines import Lines, check_usable, encode_labels, prepare_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.loading import LineLoader
    from ocrkit.data.records import Sample
    from ocrkit.model import Model
    from ocrkit.training.observer import Observer
    from ocrkit.training.settings import DataSettings

__all__ = ["usable_lines"]

_MIB = 1 << 20
_NAMED = 5  # bad lines in notes


def usable_lines(
    what: str,
    samples: Sequence[Sample],
    settings: DataSettings,
    *,
    model: Model,
    loader: LineLoader,
    observer: Observer,
) -> Lines:
    """The lines of a set that a model can be trained on, or judged by.

    Args:
        what: ``training`` or ``validation``; a label that is too long for its image makes a training line bad.
        samples: labelled; an empty set gives no lines.
        settings: what becomes of bad lines and unspellable labels, and how much memory images may take.
        model: whose charset spells the labels.
        loader: loads the images.
        observer: told of progress, and of what is left out.

    Raises:
        UnencodableText: the charset cannot spell some label, and such are not to be skipped.
        DataError: a sample has no label, or no line is usable.
    """
    if not samples:
        return Lines.none(loader)
    kept, labels, lacking = encode_labels(samples, model.charset, unencodable=settings.unencodable)
    if len(kept) < len(samples):
        characters = "".join(character for character, _ in lacking.most_common(20))
        observer.note(
            f"left out {len(samples) - len(kept)} of {len(samples)} {what} lines, "
            f"which need characters like {characters}"
        )
    invisible: Counter[str] = Counter()
    for sample in kept:
        invisible.update(model.charset.invisible(sample.text or ""))
    if invisible:
        observer.note(f"in the labels of the {what} lines, {described_invisible(invisible)}")
    lines = prepare_lines(
        kept,
        labels,
        loader=loader,
        frames=model.frames,
        cache=settings.cache * _MIB,
        progress=lambda done, total: observer.preparing(f"reading {what} lines", done, total),
        lengths_matter=what == "training",
    )
    check_usable(lines, what)
    for bad in lines.bad[:_NAMED]:
        observer.note(f"left out {bad}")
    if len(lines.bad) > _NAMED:
        observer.note(f"left out {len(lines.bad)} of {len(kept)} {what} lines in all; log.jsonl names each")
    return lines
