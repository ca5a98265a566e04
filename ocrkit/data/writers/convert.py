"""Writes samples in a format, whole or not at all, and names the images that cannot be opened."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ocrkit.data.records import BadImage, Sample
from ocrkit.data.writers.encoded import encode
from ocrkit.data.writers.formats import format_for
from ocrkit.data.writers.replacing import replacing
from ocrkit.errors import DataError, ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ocrkit.data.progress import Progress
    from ocrkit.data.writers.formats import Writer, WriterSpec
    from ocrkit.text.charset import Charset

__all__ = ["Converted", "convert", "write_all"]


@dataclass(frozen=True, slots=True)
class Converted:
    """What came of writing samples: how many are there, and which images were left out."""

    written: int
    bad: tuple[BadImage, ...]


def convert(
    samples: Sequence[Sample],
    destination: Path,
    *,
    to: str | None = None,
    force: bool = False,
    charset: Charset | None = None,
    source: Path | None = None,
    progress: Progress | None = None,
) -> Converted:
    """Write labelled samples, in their order, in a format; a bad image is left out and named.

    Args:
        samples: each with its text.
        destination: the new folder, or file.
        to: a name of ``FORMATS``; None where the destination's ending tells.
        force: whether to replace what ocrkit wrote there before.
        charset: writes each text in its normal form, and spells it, for a test.
        source: where the samples come from, which is never replaced.
        progress: told of how many are done, of how many.

    Raises:
        DataError: the destination is there already; a sample has no text, or one that the format cannot hold (says
            where it stood); or no image can be opened. Nothing is left then.
        UnencodableText: the charset cannot spell a text.
        UnknownNameError: there is no such format.
        OptionError: no format is given, and the destination does not tell.
        DependencyError: the format needs an extra that is not installed.
    """
    spec = format_for(destination, to)
    with replacing(destination, force=force, source=source, is_file=spec.is_file) as path:
        return write_all(samples, path, spec, count=len(samples), charset=charset, progress=progress)


def write_all(
    samples: Iterable[Sample],
    path: Path,
    spec: WriterSpec,
    *,
    count: int,
    charset: Charset | None = None,
    progress: Progress | None = None,
) -> Converted:
    """Write samples to a path where nothing is yet, as ``convert`` does."""
    bad: list[BadImage] = []
    with closing(spec.open(path, count)) as writer:
        for done, sample in enumerate(samples, 1):
            try:
                _write(writer, sample, charset)
            except ImageError as error:
                bad.append(BadImage(sample.name, error.reason, sample.origin))
            if progress is not None:
                progress(done, count)
        if count and len(bad) == count:
            raise DataError(f"none of the {count} images can be opened; first: {bad[0]}")
        writer.finish()
    return Converted(count - len(bad), tuple(bad))


def _write(writer: Writer, sample: Sample, charset: Charset | None) -> None:
    if charset is not None and sample.text is not None:
        charset.encode(sample.text, where=str(sample.origin or sample.name))
        sample = replace(sample, text=charset.normalize(sample.text))
    writer.add(encode(sample))
