"""The labels of a set's lines before any of their images is opened, by worker processes where there are many."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.workers import Workers
from ocrkit.errors import DataError, UnencodableText
from ocrkit.text.naming import described
from ocrkit.training.labels import Labels
from ocrkit.training.sent_samples import Source, sendable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ocrkit.data.progress import Progress
    from ocrkit.data.records import Sample
    from ocrkit.text.charset import Charset

__all__ = ["EncodedLines", "encode_labels"]

_PART = 64  # lines encoded, and hashed, together
_WORTH_WORKERS = 8192  # lines below which starting processes costs more than it saves


@dataclass(slots=True)
class EncodedLines:
    """The lines of a set that a charset can spell.

    Attributes:
        kept: their numbers among the samples.
        labels: what they spell.
        digest: SHA-256 over their names and labels, in order: equal where a run meets the same lines.
        lacking: how often the charset lacked which character, in the labels of the others.
        invisible: how often a character that cannot be seen stands in the labels of those kept.
    """

    kept: array[int]
    labels: Labels
    digest: str
    lacking: Counter[str] = field(default_factory=Counter)
    invisible: Counter[str] = field(default_factory=Counter)


def encode_labels(
    samples: Sequence[Sample],
    charset: Charset,
    *,
    unencodable: str,
    workers: int = 0,
    progress: Progress | None = None,
) -> EncodedLines:
    """Spell the texts of samples in a charset.

    Args:
        samples: labelled samples.
        charset: what spells them.
        unencodable: ``error`` or ``skip``.
        workers: processes, where there are many samples that are made as they are asked for; -1 for one a core.
        progress: told of how many are done, of how many.

    Raises:
        DataError: a sample has no label, or no sample is left.
        UnencodableText: with ``error``, some label cannot be spelled; all such characters are named with counts.
    """
    task = _Encoder(charset, sendable(samples) if len(samples) >= _WORTH_WORKERS and workers else None)
    if task.source is None:
        task, workers = _Encoder(charset, Source(samples)), 0
    found = EncodedLines(array("q"), Labels.of(()), "")
    state, joined, lengths = hashlib.sha256(), [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    first, refused = "", 0
    spans = [(start, min(start + _PART, len(samples))) for start in range(0, len(samples), _PART)]
    with Workers.opened(task, count=workers, what="reads labels") as encoding:
        for (start, stop), part in zip(spans, encoding.map(spans), strict=True):
            if part.unlabelled:
                raise DataError(f"{part.unlabelled} has no label; training and evaluation need one for every image")
            state.update(part.digest)
            joined.append(part.joined)
            lengths.append(part.lengths)
            found.kept.extend((part.kept + start).tolist())
            found.lacking.update(part.lacking)
            found.invisible.update(part.invisible)
            first, refused = first or part.first, refused + stop - start - len(part.kept)
            if progress is not None:
                progress(stop, len(samples))
    if refused and unencodable == "error":
        raise UnencodableText(_unencodable_message(refused, len(samples), found.lacking, charset, first))
    if not found.kept:
        raise DataError(f"charset {charset.name!r} can spell none of the {len(samples)} labels; first: {first}")
    found.labels = Labels(np.concatenate(joined), np.cumsum(np.concatenate(lengths)))
    found.digest = state.hexdigest()
    return found


@dataclass(slots=True)
class _Part:
    """What became of some samples that follow each other."""

    kept: NDArray[np.int64]
    joined: NDArray[np.int32]
    lengths: NDArray[np.int64]
    digest: bytes
    lacking: Counter[str]
    invisible: Counter[str]
    first: str = ""
    unlabelled: str = ""


@dataclass(frozen=True, slots=True)
class _Encoder:
    """Encodes the samples from one number to another."""

    charset: Charset
    source: Source | None

    def __call__(self, span: tuple[int, int]) -> _Part:
        kept, labels, names, texts = [], [], [], []
        lacking, invisible, first = Counter[str](), Counter[str](), ""
        for number, sample in enumerate(self._samples(span)):
            if sample.text is None:
                return _Part(np.zeros(0, np.int64), *_joined([]), b"", lacking, invisible, unlabelled=sample.name)
            try:
                labels.append(self.charset.encode(sample.text, where=str(sample.origin or sample.name)))
            except UnencodableText as error:
                first = first or str(error)
                lacking.update(item.character for item in self.charset.unencodable(sample.text))
                continue
            kept.append(number)
            names.append(sample.name)
            texts.append(sample.text)
            invisible.update(self.charset.invisible(sample.text))
        digest = hashlib.sha256()
        for name, line in zip(names, labels, strict=True):
            digest.update(f"{name}\0{list(line)}\0".encode("utf-8", "surrogateescape"))
        return _Part(np.array(kept, np.int64), *_joined(labels), digest.digest(), lacking, invisible, first)

    def _samples(self, span: tuple[int, int]) -> Iterator[Sample]:
        if self.source is not None:
            for number in range(*span):
                yield self.source.samples[number]


def _joined(labels: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    flat = [label for line in labels for label in line]
    return np.array(flat, np.int32), np.array([len(line) for line in labels], np.int64)


def _unencodable_message(refused: int, total: int, lacking: Counter[str], charset: Charset, first: str) -> str:
    named = ", ".join(f"{described(character)} {count}x" for character, count in lacking.most_common(10))
    more = f" and {len(lacking) - 10} more" if len(lacking) > 10 else ""
    return (
        f"charset {charset.name!r} cannot spell {refused} of {total} labels; it lacks {named}{more}; first: {first}; "
        "choose another `charset` (from-data takes the data's own), or leave such lines out with "
        "`data.unencodable='skip'`"
    )
