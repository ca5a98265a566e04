"""Lines ready for training: labels encoded, images fitted and kept, what cannot be used named and counted."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ocrkit.ctc.lengths import frames_needed, length_problem
from ocrkit.data.loading import FittedLine, LineLoader
from ocrkit.data.records import BadImage, Sample
from ocrkit.errors import DataError, UnencodableText
from ocrkit.text.naming import described

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocrkit.data.progress import Progress
    from ocrkit.text.charset import Charset

__all__ = ["Lines", "check_share_of_bad", "check_usable", "encode_labels", "prepare_lines"]

_NAMED = 3  # examples in a message


@dataclass(slots=True)
class Lines:
    """Usable lines of one data set.

    Attributes:
        samples: where each line comes from.
        labels: what each spells, int64.
        widths: (N,) px of the fitted images.
        bad: images that were left out, and lines whose label does not fit their image.
        loader: loads again what is not kept.
        images: (H, W) uint8, or None where memory did not suffice to keep it.
    """

    samples: list[Sample]
    labels: list[NDArray[np.int64]]
    widths: NDArray[np.int64]
    bad: list[BadImage]
    loader: LineLoader
    images: list[NDArray[np.uint8] | None] = field(repr=False)

    @classmethod
    def none(cls, loader: LineLoader) -> Lines:
        """No line."""
        return cls([], [], np.zeros(0, np.int64), [], loader, [])

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def all_kept(self) -> bool:
        """Whether no image will have to be loaded again."""
        return all(image is not None for image in self.images)

    def fitted(self, indices: Sequence[int]) -> list[NDArray[np.uint8]]:
        """The fitted images of the lines at ``indices``."""
        absent = [index for index in indices if self.images[index] is None]
        loaded = dict(zip(absent, self.loader.load([self.samples[index] for index in absent]), strict=True))
        return [_still_good(loaded[i]) if i in loaded else _kept(self.images[i]) for i in indices]

    def digest(self) -> str:
        """SHA-256 over the names, labels and widths of the lines, in order: equal where a run meets the same lines."""
        state = hashlib.sha256()
        for sample, label, width in zip(self.samples, self.labels, self.widths.tolist(), strict=True):
            state.update(f"{sample.name}\0{label.tolist()}\0{width}\0".encode("utf-8", "surrogateescape"))
        return state.hexdigest()


def encode_labels(
    samples: Sequence[Sample], charset: Charset, *, unencodable: str
) -> tuple[list[Sample], list[NDArray[np.int64]], Counter[str]]:
    """The samples that the charset can spell, their labels, and how often it lacked which character.

    Args:
        samples: labelled samples.
        charset: what spells them.
        unencodable: ``error`` or ``skip``.

    Raises:
        DataError: a sample has no label, or no sample is left.
        UnencodableText: with ``error``, some label cannot be spelled; all such characters are named with counts.
    """
    kept, labels, lacking = [], [], Counter[str]()
    first, refused = "", 0
    for sample in samples:
        if sample.text is None:
            raise DataError(f"{sample.name} has no label; training and evaluation need one for every image")
        try:
            encoded = charset.encode(sample.text, where=str(sample.origin or sample.name))
        except UnencodableText as error:
            first = first or str(error)
            refused += 1
            lacking.update(item.character for item in charset.unencodable(sample.text))
            continue
        kept.append(sample)
        labels.append(np.asarray(encoded, dtype=np.int64))
    if refused and unencodable == "error":
        raise UnencodableText(_unencodable_message(refused, len(samples), lacking, charset, first))
    if not kept:
        raise DataError(f"charset {charset.name!r} can spell none of the {len(samples)} labels; first: {first}")
    return kept, labels, lacking


def prepare_lines(
    samples: Sequence[Sample],
    labels: Sequence[NDArray[np.int64]],
    *,
    loader: LineLoader,
    frames: Callable[[int], int],
    cache: int,
    progress: Progress,
    lengths_matter: bool = True,
) -> Lines:
    """Load every line once: what is bad is left out and named, widths are learnt, images are kept.

    Args:
        samples: where the lines come from.
        labels: what they spell.
        loader: loads them.
        frames: the frames of a line, by its width in px.
        cache: bytes of images to keep.
        progress: told of how many are done, of how many.
        lengths_matter: whether a label that needs more frames than its image has makes the line bad, as CTC would
            give it an infinite loss.
    """
    lines = Lines.none(loader)
    widths: list[int] = []
    for done, (sample, label, image) in enumerate(zip(samples, labels, loader.load(samples), strict=True), 1):
        progress(done, len(samples))
        if isinstance(image, BadImage):
            lines.bad.append(image)
            continue
        problem = _problem(sample, label, frames(image.pixels.shape[1])) if lengths_matter else None
        if problem is not None:
            lines.bad.append(problem)
            continue
        lines.samples.append(sample)
        lines.labels.append(label)
        widths.append(image.pixels.shape[1])
        cache -= image.pixels.nbytes
        lines.images.append(image.pixels if cache >= 0 else None)
    lines.widths = np.asarray(widths, dtype=np.int64)
    return lines


def check_usable(lines: Lines, what: str) -> None:
    """Stop when no line of a set is left.

    Raises:
        DataError: names the first of them.
    """
    if not len(lines):
        raise DataError(f"none of the {len(lines.bad)} {what} lines can be used: {_first(lines.bad)}")


def check_share_of_bad(*sets: Lines, max_bad: float) -> None:
    """Stop when too many of the lines of all sets are bad.

    Together, since a seeded share of few lines may hold most of the bad ones.

    Raises:
        DataError: names the first of them and gives the counts.
    """
    bad = [each for lines in sets for each in lines.bad]
    total = sum(map(len, sets)) + len(bad)
    if len(bad) > max_bad * total:
        raise DataError(
            f"{len(bad)} of {total} lines are bad, more than `data.max_bad={max_bad:g}` allows: {_first(bad)}"
        )


def _first(bad: Sequence[BadImage]) -> str:
    return "; ".join(map(str, bad[:_NAMED])) + ("; …" if len(bad) > _NAMED else "")


def _problem(sample: Sample, labels: NDArray[np.int64], frames: int) -> BadImage | None:
    if not len(labels):
        return BadImage(sample.name, "its label is empty", sample.origin)
    reason = length_problem(frames_needed(labels), frames)
    return None if reason is None else BadImage(sample.name, reason, sample.origin)


def _still_good(image: FittedLine | BadImage) -> NDArray[np.uint8]:
    if isinstance(image, BadImage):
        raise DataError(f"was readable when the training began, and is not any more: {image.reason}", image.name)
    return image.pixels


def _kept(image: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    if image is None:
        raise AssertionError("an image that is not kept is among those loaded again")
    return image


def _unencodable_message(refused: int, total: int, lacking: Counter[str], charset: Charset, first: str) -> str:
    named = ", ".join(f"{described(character)} {count}x" for character, count in lacking.most_common(10))
    more = f" and {len(lacking) - 10} more" if len(lacking) > 10 else ""
    return (
        f"charset {charset.name!r} cannot spell {refused} of {total} labels; it lacks {named}{more}; first: {first}; "
        "choose another `charset` (from-data takes the data's own), or leave such lines out with "
        "`data.unencodable='skip'`"
    )
