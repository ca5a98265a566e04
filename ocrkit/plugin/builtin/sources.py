"""The data formats that come with ocrkit; each is imported when it is first used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ocrkit.errors import ConfigError, DataError
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import SourceSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ocrkit.data.progress import Progress
    from ocrkit.data.records import Sample
    from ocrkit.data.sources.bad_rows import Report
    from ocrkit.plugin.specs import SourceOptions

__all__ = ["ocrkit_sources"]


@hookimpl
def ocrkit_sources() -> Iterator[SourceSpec]:
    """What is read from disk, and lines that are drawn."""
    for format_ in _ON_DISK:
        yield SourceSpec(
            format_.name,
            format_.summary,
            format_.recognises,
            format_.open,
            precedence=int(format_.name == "labels"),
            walks=format_.name in _WALKING,
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
    """A format that is read from a location.

    Attributes:
        name: what ``--format`` calls it.
        summary: one line for listings.
        expects: what it is given, for messages.
        load: imports its functions.
    """

    name: str
    summary: str
    expects: str
    load: Callable[[], _Functions]

    def recognises(self, location: Path) -> bool:
        """Whether a file or folder is of this format."""
        return self.load().recognises(location)

    def open(self, location: Path | None, options: SourceOptions) -> Sequence[Sample]:
        """List the samples at a location."""
        given = _given(self.name, self.expects, location, options)
        return self.load().open(given, report=options.report, progress=options.progress)


class _Open(Protocol):
    """Lists the samples at a location."""

    def __call__(self, location: Path, /, *, report: Report | None, progress: Progress | None) -> Sequence[Sample]: ...


class _Functions(NamedTuple):
    """What a format's module has."""

    recognises: Callable[[Path], bool]
    open: _Open


def _labels() -> _Functions:
    from ocrkit.data.sources.labels import open_labels, recognises_labels

    return _Functions(recognises_labels, open_labels)


def _gt_txt() -> _Functions:
    from ocrkit.data.sources.gt_txt import open_gt_txt, recognises_gt_txt

    return _Functions(recognises_gt_txt, open_gt_txt)


def _mjsynth() -> _Functions:
    from ocrkit.data.sources.mjsynth import open_mjsynth, recognises_mjsynth

    return _Functions(recognises_mjsynth, open_mjsynth)


def _iam() -> _Functions:
    from ocrkit.data.sources.iam import open_iam, recognises_iam

    return _Functions(recognises_iam, open_iam)


def _pages(kind: str) -> _Functions:
    from ocrkit.data.sources.pages import open_pages, recognises_pages

    return _Functions(partial(recognises_pages, kind=kind), partial(open_pages, kind=kind))


def _lmdb() -> _Functions:
    from ocrkit.data.sources.lmdb import open_lmdb, recognises_lmdb

    return _Functions(recognises_lmdb, open_lmdb)


def _parquet() -> _Functions:
    from ocrkit.data.sources.parquet import open_parquet, recognises_parquet

    return _Functions(recognises_parquet, open_parquet)


def _iiit5k() -> _Functions:
    from ocrkit.data.sources.iiit5k import open_iiit5k, recognises_iiit5k

    return _Functions(recognises_iiit5k, open_iiit5k)


def _tagged_words() -> _Functions:
    from ocrkit.data.sources.tagged_words import open_tagged_words, recognises_tagged_words

    return _Functions(recognises_tagged_words, open_tagged_words)


_ON_DISK = (
    _OnDisk(
        "labels", "A folder with labels.tsv, .csv or .jsonl, or such a table itself.", "a folder or a table", _labels
    ),
    _OnDisk("gt.txt", "A folder of pairs, line.png and line.gt.txt.", "a folder", _gt_txt),
    _OnDisk(
        "mjsynth",
        "MJSynth's folder, or one of its annotation lists; 1_word_123.jpg shows 'word'.",
        "a folder or an annotation list",
        _mjsynth,
    ),
    _OnDisk(
        "iam",
        "The IAM Handwriting Database: lines.txt or words.txt and their folders of images.",
        "a folder with lines.txt or words.txt",
        _iam,
    ),
    _OnDisk(
        "page",
        "PAGE XML files with the images of their pages; each line is cut out.",
        "a folder of PAGE XML files, or one of them",
        partial(_pages, "page"),
    ),
    _OnDisk(
        "alto",
        "ALTO XML files with the images of their pages; each line is cut out.",
        "a folder of ALTO XML files, or one of them",
        partial(_pages, "alto"),
    ),
    _OnDisk(
        "lmdb",
        "An LMDB with num-samples, image-000000001, label-000000001; needs the extra lmdb.",
        "a folder with data.mdb",
        _lmdb,
    ),
    _OnDisk(
        "parquet",
        "Parquet files with image bytes and texts; needs the extra parquet.",
        "a folder of .parquet files, or one of them",
        _parquet,
    ),
    _OnDisk(
        "iiit5k",
        "IIIT 5K-Word's testdata.mat or traindata.mat, with lists of words; needs the extra scipy.",
        "testdata.mat or traindata.mat, or a folder with one of them",
        _iiit5k,
    ),
    _OnDisk(
        "svt",
        "SVT's and ICDAR 2003's XML: words in boxes of photographs, with lists of words where it has some.",
        "an .xml file with the root tagset or imagelist, or a folder with one",
        _tagged_words,
    ),
)


_WALKING = ("gt.txt", "page", "alto", "lmdb", "parquet")


def _never(location: Path) -> bool:
    del location
    return False


def _open_filename(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.filename import open_filename

    given = _given("filename", "a folder", location, options, settings=("pattern",))
    pattern = options.extra.get("pattern", "")
    if not isinstance(pattern, str):
        raise ConfigError(f"pattern is {pattern!r}; expected a string such as '{{text}}_{{}}'")
    return open_filename(given, pattern, report=options.report)


def _open_synthetic(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.drawing.synthetic import open_synthetic

    return open_synthetic(location, options)


def _given(
    name: str, what: str, location: Path | None, options: SourceOptions, *, settings: tuple[str, ...] = ()
) -> Path:
    """The location, of a format that needs one and that has no other settings."""
    if not set(options.extra) <= set(settings):
        others = ", ".join(map(repr, sorted(set(options.extra) - set(settings))))
        but = f" but {', '.join(map(repr, settings))}" if settings else ""
        raise ConfigError(f"format {name!r} has no settings{but}, and was given {others}; leave them out")
    if location is None:
        raise DataError(f"format {name!r} was given no data; it expects {what}")
    return location
