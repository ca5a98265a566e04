"""The data formats that come with ocrkit; each is imported when it is first used."""

from __future__ import annotations

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
    yield SourceSpec(
        name="labels",
        summary="A folder with labels.tsv, .csv or .jsonl, or such a table itself.",
        recognises=_recognises_labels,
        open=_open_labels,
        precedence=1,
    )
    yield SourceSpec(
        name="gt.txt",
        summary="A folder of pairs, line.png and line.gt.txt.",
        recognises=_recognises_gt_txt,
        open=_open_gt_txt,
    )
    yield SourceSpec(
        name="mjsynth",
        summary="MJSynth's folder, or one of its annotation lists; 1_word_123.jpg shows 'word'.",
        recognises=_recognises_mjsynth,
        open=_open_mjsynth,
    )
    yield SourceSpec(
        name="iam",
        summary="The IAM Handwriting Database: lines.txt or words.txt and their folders of images.",
        recognises=_recognises_iam,
        open=_open_iam,
    )
    yield SourceSpec(
        name="page",
        summary="PAGE XML files with the images of their pages; each line is cut out.",
        recognises=_recognises_page,
        open=_open_page,
    )
    yield SourceSpec(
        name="alto",
        summary="ALTO XML files with the images of their pages; each line is cut out.",
        recognises=_recognises_alto,
        open=_open_alto,
    )
    yield SourceSpec(
        name="lmdb",
        summary="An LMDB with num-samples, image-000000001, label-000000001; needs the extra lmdb.",
        recognises=_recognises_lmdb,
        open=_open_lmdb,
    )
    yield SourceSpec(
        name="parquet",
        summary="Parquet files with image bytes and texts; needs the extra parquet.",
        recognises=_recognises_parquet,
        open=_open_parquet,
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


def _never(location: Path) -> bool:
    del location
    return False


def _recognises_labels(location: Path) -> bool:
    from ocrkit.data.sources.labels import recognises_labels

    return recognises_labels(location)


def _open_labels(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.labels import open_labels

    given = _given("labels", "a folder or a table", location, options)
    return open_labels(given, report=options.report, progress=options.progress)


def _recognises_gt_txt(location: Path) -> bool:
    from ocrkit.data.sources.gt_txt import recognises_gt_txt

    return recognises_gt_txt(location)


def _open_gt_txt(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.gt_txt import open_gt_txt

    given = _given("gt.txt", "a folder", location, options)
    return open_gt_txt(given, report=options.report, progress=options.progress)


def _recognises_mjsynth(location: Path) -> bool:
    from ocrkit.data.sources.mjsynth import recognises_mjsynth

    return recognises_mjsynth(location)


def _open_mjsynth(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.mjsynth import open_mjsynth

    given = _given("mjsynth", "a folder or an annotation list", location, options)
    return open_mjsynth(given, report=options.report, progress=options.progress)


def _recognises_iam(location: Path) -> bool:
    from ocrkit.data.sources.iam import recognises_iam

    return recognises_iam(location)


def _open_iam(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.iam import open_iam

    given = _given("iam", "a folder with lines.txt or words.txt", location, options)
    return open_iam(given, report=options.report, progress=options.progress)


def _recognises_page(location: Path) -> bool:
    from ocrkit.data.sources.pages import recognises_pages

    return recognises_pages(location, "page")


def _open_page(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.pages import open_pages

    given = _given("page", "a folder of PAGE XML files, or one of them", location, options)
    return open_pages(given, "page", report=options.report, progress=options.progress)


def _recognises_alto(location: Path) -> bool:
    from ocrkit.data.sources.pages import recognises_pages

    return recognises_pages(location, "alto")


def _open_alto(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.pages import open_pages

    given = _given("alto", "a folder of ALTO XML files, or one of them", location, options)
    return open_pages(given, "alto", report=options.report, progress=options.progress)


def _recognises_lmdb(location: Path) -> bool:
    from ocrkit.data.sources.lmdb_file import is_lmdb

    return is_lmdb(location)


def _open_lmdb(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.lmdb import open_lmdb

    given = _given("lmdb", "a folder with data.mdb", location, options)
    return open_lmdb(given, report=options.report, progress=options.progress)


def _recognises_parquet(location: Path) -> bool:
    from ocrkit.data.sources.parquet import recognises_parquet

    return recognises_parquet(location)


def _open_parquet(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.parquet import open_parquet

    given = _given("parquet", "a .parquet file, or a folder of them", location, options)
    return open_parquet(given, report=options.report, progress=options.progress)


def _open_filename(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.sources.filename import open_filename

    return open_filename(_given("filename", "a folder", location, options))


def _open_synthetic(location: Path | None, options: SourceOptions) -> Sequence[Sample]:
    from ocrkit.data.synthetic import open_synthetic

    return open_synthetic(location, options)


def _given(name: str, what: str, location: Path | None, options: SourceOptions) -> Path:
    """The location, of a format that needs one and that has no settings."""
    if options.extra:
        settings = ", ".join(map(repr, sorted(options.extra)))
        raise ConfigError(f"format {name!r} has no settings, and was given {settings}; leave them out")
    if location is None:
        raise DataError(f"format {name!r} was given no data; it expects {what}")
    return location
