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


def keep_batch(place: Path, parts: Sequence[Batch], samples: Sequence[Sample]) -> None:
    """Write a batch as the network met it: a PNG a line, and ``lines.tsv`` with their texts and where they come from.

    A disk that has no room for it must not hide the trouble itself, so that nothing is raised then.

    Args:
        place: the folder to write to, made where there is none.
        parts: of the batch.
        samples: of all lines of the set.
    """
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        rows = ["image\ttext\tname\twidth\tlabels\n"]
        for batch in parts:
            widths, lengths = batch.widths.tolist(), batch.label_lengths.tolist()
            for picture, line, width, length in zip(_pictures(batch), batch.lines, widths, lengths, strict=True):
                name, sample = f"{len(rows) - 1:03}.png", samples[int(line)]
                Image.fromarray(picture).save(place / name)
                cells = name, _plain(sample.text or ""), _plain(sample.name), str(width), str(length)
                rows.append("\t".join(cells) + "\n")
        with (place / "lines.tsv").open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(rows)


def _pictures(batch: Batch) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Each line of (B, 1, H, W) ink as dark on light, without its padding."""
    ink = batch.images[:, 0].cpu().numpy()
    paper = np.round(255 * (1 - ink.clip(0, 1))).astype(np.uint8)
    return [paper[index, :, : max(1, width)] for index, width in enumerate(batch.widths.tolist())]


def _plain(text: str) -> str:
    return " ".join(text.split())
