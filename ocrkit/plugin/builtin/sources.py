"""The data formats that come with ocrkit; each is imported when it is first used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from ocrkit.errors import ConfigError, DataError
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import SourceSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample
    from ocrkit.plugin.specs import SourceOptions

__all__ = ["ocrkit_sources"]


@hookimpl
def ocrkit_sources() -> Iterator[SourceSpec]:
    """What is read from disk, and lines that are drawn."""
    for format_ in _ON_DISK:
        yield SourceSpec(
            format_.name, format_.summary, format_.recognises, format_.open, precedence=int(format_.name == "labels")
        )
    yield SourceSpec(
        name="filename",
        summary="A folder of images named by their text; never guessed.",
        recognises=_never,
        open=_open_filename,
    )
    yield SourceSpec(
        name="synthetic",
        summary="Lines drawn from a charset in the system's fonts; never guessed.",
        recognises=_never,
        open=_open_synthetic,
    )


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """A format that ``ocrkit.data.sources.MODULE`` knows by its functions ``recognises_MODULE`` and ``open_MODULE``.

    Attributes:
        name: what ``--format`` calls it.
        summary: one line for listings.
        expects: what it is given, for messages.
        module: the module's name.
        kinds: what the functions are told besides the location.
    """

    name: str
    summary: str
    expects: str
    module: str
    kinds: tuple[str, ...] = ()

    def recognises(self, location: Path) -> bool:
        """Whether a file or folder is of this format."""
        found: bool = getattr(self._imported(), f"recognises_{self.module}")(location, *self.kinds)
        return found

    def open(self, location: Path | None, options: SourceOptions) -> Sequence[Sample]:
        """List the samples at a location."""
        given = _given(self.name, self.expects, location, options)
        listed: Sequence[Sample] = getattr(self._imported(), f"open_{self.module}")(
            given, *self.kinds, report=options.report, progress=options.progress
        )
        return listed

    def _imported(self) -> object:
        return import_module(f"ocrkit.data.sources.{self.module}")


_ON_DISK = (
    _OnDisk(
        "labels", "A folder with labels.tsv, .csv or .jsonl, or such a table itself.", "a folder or a table", "labels"
    ),
    _OnDisk("gt.txt", "A folder of pairs, line.png and line.gt.txt.", "a folder", "gt_txt"),
    _OnDisk(
        "mjsynth",
        "MJSynth's folder, or one of its annotation lists; 1_word_123.jpg shows 'word'.",
        "a folder or an annotation list",
        "mjsynth",
    ),
    _OnDisk(
        "iam",
        "The IAM Handwriting Database: lines.txt or words.txt and their folders of images.",
        "a folder with lines.txt or words.txt",
        "iam",
    ),
    _OnDisk(
        "page",
        "PAGE XML files with the images of their pages; each line is cut out.",
        "a folder of PAGE XML files, or one of them",
        "pages",
        ("page",),
    ),
    _OnDisk(
        "alto",
        "ALTO XML files with the images of their pages; each line is cut out.",
        "a folder of ALTO XML files, or one of them",
        "pages",
        ("alto",),
    ),
    _OnDisk(
        "lmdb",
        "An LMDB with num-samples, image-000000001, label-000000001; needs the extra lmdb.",
        "a folder with data.mdb",
        "lmdb",
    ),
    _OnDisk(
        "parquet",
        "Parquet files with image bytes and texts; needs the extra parquet.",
        "a folder of .parquet files, or one of them",
        "parquet",
    ),
)


def _never(location: Path) -> bool:
    del location
    return False


def _open_filename(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.filename import open_filename

    return open_filename(_given("filename", "a folder", location, options))


def _open_synthetic(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.drawing.synthetic import open_synthetic

    return open_synthetic(location, options)


def _given(name: str, what: str, location: Path | None, options: SourceOptions) -> Path:
    """The location, of a format that needs one and that has no settings."""
    if options.extra:
        settings = ", ".join(map(repr, sorted(options.extra)))
        raise ConfigError(f"format {name!r} has no settings, and was given {settings}; leave them out")
    if location is None:
        raise DataError(f"format {name!r} was given no data; it expects {what}")
    return location
