"""Drawn samples written to disk: in any number of processes the same files, and after a stop whatever there is."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from typing import TYPE_CHECKING

from ocrkit.data.workers import Workers
from ocrkit.data.writers import encode, format_for, replacing
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample
    from ocrkit.data.writers import EncodedSample
    from ocrkit.text.charset import Charset

__all__ = ["write_drawn"]


def write_drawn(
    samples: Sequence[Sample],
    destination: Path,
    *,
    charset: Charset,
    to: str,
    force: bool = False,
    workers: int = -1,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Draw samples and write them, in their order; how many there are then.

    Args:
        samples: each makes its image when asked for, from its number alone; picklable as a whole.
        destination: the new folder or file, which appears when all of it is written.
        charset: in whose normal form texts are written.
        to: a format that can be written.
        force: whether to replace what ocrkit wrote there before.
        workers: processes that draw; 0 draws in this one, -1 takes a process a core.
        progress: told of how many are done, of how many.
        stopped: asked between samples; once it says yes, what there is becomes the whole.

    Raises:
        DataError: the destination is there already, it cannot be written, or it was stopped before the first sample.
        OcrkitError: the format lacks an extra, or cannot hold a text.
    """
    spec = format_for(destination, to)
    total, written = len(samples), 0
    drawer = _Drawer(samples, charset)
    with (
        replacing(destination, force=force, is_file=spec.is_file) as path,
        closing(spec.open(path, total)) as writer,
        Workers.opened(drawer, count=workers, what="draws lines") as pool,
    ):
        for written, record in enumerate(pool.map(range(total)), 1):
            writer.add(record)
            if progress is not None:
                progress(written, total)
            if stopped():
                break
        if not written:
            raise DataError("there is no sample to write", destination)
        writer.finish()
    return written


class _Drawer:
    """Draws the sample of a number, and encodes it as it is written."""

    def __init__(self, samples: Sequence[Sample], charset: Charset) -> None:
        self._samples = samples
        self._charset = charset

    def __call__(self, index: int) -> EncodedSample:
        sample = self._samples[index]
        return encode(dataclasses.replace(sample, text=self._charset.normalize(sample.text or "")))
