"""The batch with which trouble began, kept so that somebody can look at it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.training.folder import TROUBLE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample
    from ocrkit.training.batches import Batch

__all__ = ["keep_batch", "place_of_batch"]


def place_of_batch(folder: Path, step: int) -> Path:
    """Where the batch of a step of the run in ``folder`` is kept."""
    return folder / TROUBLE_FOLDER / f"step-{step}"


def keep_batch(place: Path, batch: Batch, samples: Sequence[Sample]) -> None:
    """Write a batch as the network met it: a PNG a line, and ``lines.tsv`` with their texts and where they come from.

    A disk that has no room for it must not hide the trouble itself, so that nothing is raised then.
    """
    names = [f"{index:03}.png" for index in range(len(samples))]
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        for name, picture in zip(names, _pictures(batch), strict=True):
            Image.fromarray(picture).save(place / name)
        rows = ["image\ttext\tname\twidth\tlabels\n"]
        lengths, widths = batch.label_lengths.tolist(), batch.widths.tolist()
        for name, sample, width, length in zip(names, samples, widths, lengths, strict=True):
            rows.append(
                "\t".join((name, _plain(sample.text or ""), _plain(sample.name), str(width), str(length))) + "\n"
            )
        with (place / "lines.tsv").open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(rows)


def _pictures(batch: Batch) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Each line of (B, 1, H, W) ink as dark on light, without its padding."""
    ink = batch.images[:, 0].cpu().numpy()
    paper = np.round(255 * (1 - ink.clip(0, 1))).astype(np.uint8)
    return [paper[index, :, : max(1, width)] for index, width in enumerate(batch.widths.tolist())]


def _plain(text: str) -> str:
    return " ".join(text.split())
