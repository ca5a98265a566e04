"""Fingerprints of many images in flat arrays, and which of them are alike: exactly, or perhaps."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Fingerprints"]

_BANDS = 8  # of 16 bits each: outlines that differ in fewer bits than there are bands share one
_NEAR = 20  # bits of 128; outlines of unlike pictures differ in 64 with a standard deviation of 6
_NEIGHBOURS = 32  # that an outline is compared with in each of its groups
_EACH = 3  # candidates kept for one image
_MIXED = np.random.default_rng(0).permutation(128)  # so that each band has bits from all over the outline


class Fingerprints:
    """Up to ``capacity`` images by number: 16 bytes of pixels, 16 of outline and 8 of label each."""

    def __init__(self, capacity: int) -> None:
        self._digests = np.zeros((capacity, 2), np.uint64)
        self._outlines = np.zeros((capacity, 16), np.uint8)
        self._labels = np.zeros(capacity, np.uint64)
        self._known = np.zeros(capacity, bool)

    def add(self, index: int, *, digest: bytes, outline: bytes, label: str) -> None:
        """Remember an image, by the 16 bytes of its pixels and the 16 of its outline, and its label."""
        self._digests[index] = np.frombuffer(digest, np.uint64)
        self._outlines[index] = np.frombuffer(outline, np.uint8)
        hashed = hashlib.blake2b(label.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self._labels[index] = np.frombuffer(hashed, np.uint64)[0]
        self._known[index] = True

    def same_label(self, one: int, other: int) -> bool:
        """Whether two images have the same label."""
        return bool(self._labels[one] == self._labels[other])

    def repeated(self) -> Iterator[tuple[int, int]]:
        """Each image whose pixels are those of an earlier one, with the earliest of those; by the earliest."""
        indices = np.flatnonzero(self._known)
        # The sort is stable, so that equal digests stay in the order of their numbers.
        order = indices[np.lexsort((self._digests[indices, 0], self._digests[indices, 1]))]
        equal = (self._digests[order[1:]] == self._digests[order[:-1]]).all(axis=1)
        starts = np.concatenate(([True], ~equal)) if len(order) else np.zeros(0, bool)
        first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
        later = np.flatnonzero(~starts)
        for place in later[np.argsort(order[later], kind="stable")].tolist():
            yield int(first[place]), int(order[place])

    def forget(self, index: int) -> None:
        """Leave an image out of what follows."""
        self._known[index] = False

    def perhaps_alike(self) -> NDArray[np.int64]:
        """Pairs that may show the same picture: (N, 2), the earlier first, sorted by the later, the likeliest first.

        Images are compared where they have the label in common, or a band of their outlines.
        """
        indices = np.flatnonzero(self._known)
        if len(indices) < 2:
            return np.zeros((0, 2), np.int64)
        outlines = self._outlines[indices]
        bands = _bands(outlines)
        found = [_near_in_groups(self._labels[indices], outlines)]
        found += [_near_in_groups(bands[:, k].astype(np.uint64), outlines) for k in range(_BANDS)]
        pairs = np.unique(np.concatenate(found), axis=0)
        return indices[_likeliest(pairs, outlines)] if len(pairs) else np.zeros((0, 2), np.int64)


def _bands(outlines: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """(N, 16) outlines as (N, _BANDS) numbers of 16 bits."""
    mixed = np.empty_like(outlines)
    for start in range(0, len(outlines), 1 << 16):  # in pieces, since single bits take eight times the room
        part = slice(start, start + (1 << 16))
        mixed[part] = np.packbits(np.unpackbits(outlines[part], axis=1)[:, _MIXED], axis=1)
    return mixed.view(np.uint16)


def _near_in_groups(keys: NDArray[np.uint64], outlines: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Pairs (earlier, later) of equal keys whose outlines are near, each compared with its next neighbours."""
    # Within a group by outline, so that in a large one the neighbours are likely ones.
    order = np.lexsort((outlines.view(np.uint64)[:, 0], keys))
    found = [np.zeros((0, 2), np.int64)]
    places = np.arange(len(order) - 1)
    for step in range(1, _NEIGHBOURS + 1):
        places = places[places + step < len(order)]
        places = places[keys[order[places]] == keys[order[places + step]]]
        if not len(places):
            break
        one, other = order[places], order[places + step]
        near = _distances(outlines[one], outlines[other]) <= _NEAR
        found.append(np.sort(np.stack((one[near], other[near]), axis=1), axis=1))
    return np.concatenate(found)


def _likeliest(pairs: NDArray[np.int64], outlines: NDArray[np.uint8]) -> NDArray[np.int64]:
    """At most ``_EACH`` pairs for each later image, those with the nearest outlines."""
    distances = _distances(outlines[pairs[:, 0]], outlines[pairs[:, 1]])
    pairs = pairs[np.lexsort((pairs[:, 0], distances, pairs[:, 1]))]
    starts = np.concatenate(([True], pairs[1:, 1] != pairs[:-1, 1]))
    rank = np.arange(len(pairs)) - np.maximum.accumulate(np.where(starts, np.arange(len(pairs)), 0))
    return pairs[rank < _EACH]


_ONES = np.array([value.bit_count() for value in range(256)], np.uint8)


def _distances(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The number of bits in which outlines differ, row by row."""
    return np.asarray(_ONES[one ^ other].sum(axis=1, dtype=np.int64))
