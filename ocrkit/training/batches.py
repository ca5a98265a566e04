"""Batches of an epoch, in an order that depends only on seed and epoch, made ready ahead of the network."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ocrkit.data.batching import LONG_LINE, batches, epoch_rng, pad_batch
from ocrkit.errors import PluginError
from ocrkit.plugin.specs import AugmentationSpec

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from numpy.typing import NDArray

    from ocrkit.plugin.registry import Registry
    from ocrkit.training.lines import Lines

__all__ = ["Augmenter", "Batch", "epoch_order", "make_batch", "stream"]

_AHEAD = 4  # batches
_CHANCE = 0.5  # that a line meets each of the degradations


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines, padded on the right, with their labels end to end.

    Attributes:
        images: (B, 1, H, W) ink, float32.
        widths: (B,) px, int64.
        labels: (sum of label_lengths,) int64.
        label_lengths: (B,) int64.
    """

    images: Tensor
    widths: Tensor
    labels: Tensor
    label_lengths: Tensor

    def __len__(self) -> int:
        return len(self.widths)


@dataclass(frozen=True, slots=True)
class Augmenter:
    """Degrades training lines, each by (seed, epoch, line) alone, so that a resumed run sees what it would have seen.

    Attributes:
        degradations: what is applied, each to half of the lines, with the strength that it has at most.
        seed: of the run.
    """

    degradations: tuple[tuple[AugmentationSpec, float], ...]
    seed: int

    @classmethod
    def named(cls, strengths: Mapping[str, float], *, seed: int, registry: Registry) -> Augmenter:
        """An augmenter with the registry's degradations of these names.

        Raises:
            UnknownNameError: there is no such degradation.
        """
        return cls(tuple((registry.augmentation(name), strength) for name, strength in strengths.items()), seed)

    def __call__(self, image: NDArray[np.uint8], *, epoch: int, line: int) -> NDArray[np.uint8]:
        """A degraded copy of a fitted line, of the same height and width."""
        rng = np.random.default_rng((self.seed, epoch, line))
        for degradation, strength in self.degradations:
            if rng.random() < _CHANCE:
                degraded = degradation.apply(image, rng, float(rng.uniform(0, strength)))
                _check_degraded(degraded, degradation.name)
                image = _resized(degraded, image.shape)
        return image


def epoch_order(lines: Lines, batch_size: int, *, seed: int, epoch: int) -> list[NDArray[np.int64]]:
    """The lines of each batch of an epoch: similar widths together, fewer where very long, batches in random order."""
    return batches(lines.widths, batch_size, epoch_rng(seed, epoch), max_columns=batch_size * LONG_LINE)


def make_batch(images: Sequence[NDArray[np.uint8]], labels: Sequence[NDArray[np.int64]]) -> Batch:
    """Pad fitted images and join their labels."""
    padded, widths = pad_batch(images)
    return Batch(
        images=torch.from_numpy(padded),
        widths=torch.from_numpy(widths),
        labels=torch.from_numpy(np.concatenate(labels) if labels else np.zeros(0, np.int64)),
        label_lengths=torch.tensor([len(label) for label in labels]),
    )


def stream(
    lines: Lines, order: Sequence[NDArray[np.int64]], *, epoch: int = 0, augmenter: Augmenter | None = None
) -> Generator[Batch, None, None]:
    """The batches of ``order``, each made by another thread while the ones before are trained on."""
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
    stopped = threading.Event()

    def produce() -> None:
        try:
            for indices in order:
                _put(ready, _batch_of(lines, indices.tolist(), epoch, augmenter), stopped)
                if stopped.is_set():
                    return
            _put(ready, None, stopped)
        except BaseException as error:  # carried over to the thread that takes the batches
            _put(ready, error, stopped)

    producer = threading.Thread(target=produce, name="ocrkit-batches", daemon=True)
    producer.start()
    try:
        while (batch := ready.get()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield batch
    finally:
        stopped.set()
        producer.join()


def _check_degraded(degraded: object, name: str) -> None:
    """Refuse what a plugin gives in the place of a picture."""
    good = isinstance(degraded, np.ndarray) and degraded.ndim == 2 and degraded.dtype == np.uint8 and degraded.size
    if not good:
        array = isinstance(degraded, np.ndarray)
        given = f"{degraded.dtype} {degraded.shape}" if array else f"a {type(degraded).__name__}"  # type: ignore[attr-defined]
        raise PluginError(f"augmentation {name!r} gave {given}; expected (height, width) uint8, neither of them 0")


def _resized(image: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The image in the size that it was fitted to, which the length check has seen, whatever became of it since."""
    if image.shape == shape:
        return image
    height, width = shape
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC))


def _batch_of(lines: Lines, indices: list[int], epoch: int, augmenter: Augmenter | None) -> Batch:
    images = lines.fitted(indices)
    if augmenter is not None and augmenter.degradations:
        images = [augmenter(image, epoch=epoch, line=i) for image, i in zip(images, indices, strict=True)]
    return make_batch(images, [lines.labels[index] for index in indices])


def _put(
    ready: queue.Queue[Batch | BaseException | None], item: Batch | BaseException | None, stopped: threading.Event
) -> None:
    while not stopped.is_set():
        try:
            ready.put(item, timeout=0.2)
        except queue.Full:
            continue
        return
