"""``ocrkit read``: the text of whole pages, in the order of reading, in any format."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli import collection_reading, page_options
from ocrkit.cli import decoding_options as shared

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from ocrkit.cli.page_outputs import PageOutput
    from ocrkit.cli.page_reading import Reading
    from ocrkit.cli.progress import Stages
    from ocrkit.model_files import Found
    from ocrkit.pages.opening import Scans

__all__ = ["app"]

app = typer.Typer(help="Read whole pages: scans, photographs and PDFs.")

Places = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PAGES",
        help="Images, PDFs, folders and globs; book.pdf#12 for one page, - for a file on stdin; else a list on stdin.",
    ),
]
To = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="FORMAT", help="A format to write, text by default; may be repeated with a folder."),
]
Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="OUT", help="A file for all pages, or a folder of files; else stdout."),
]
Per = Annotated[
    str | None,
    typer.Option("--per", metavar="WHAT", help="What a file of the folder holds: page, or document; else by format."),
]
JoinLines = Annotated[
    bool, typer.Option("--join-lines", help="Put each paragraph of text or Markdown on one line, as line_breaks=false.")
]
Dehyphenate = Annotated[
    bool, typer.Option("--dehyphenate", help="Put words together that a line's end cuts, as --set dehyphenate=true.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="An option of the format, segmenter.KEY of the segmenter or engine.KEY of the engine; repeatable.",
    ),
]
Reject = Annotated[
    float | None,
    typer.Option(
        "--reject",
        metavar="P",
        help="Leave lines unread that are not sure enough to keep the share of wrong ones below P, by calibration.",
    ),
]


@app.command()
@shared.with_decoding()
def read(
    pages: Places = None,
    to: To = None,
    output: Output = None,
    per: Per = None,
    model: shared.ModelName = None,
    charset: shared.CharsetName = None,
    segmenter: page_options.SegmenterName = None,
    segmenter_model: page_options.SegmenterModel = None,
    layout: page_options.Layouts = None,
    numbers: page_options.Numbers = None,
    dpi: page_options.Dpi = None,
    password: page_options.Password = None,
    *,
    decoding: shared.Decoding,
    reject: Reject = None,
    join_lines: JoinLines = False,
    dehyphenate: Dehyphenate = False,
    sets: Sets = None,
    device: shared.Device = "auto",
    batch_size: shared.BatchSize = 32,
    precision: shared.Precision = "auto",
    runtime: shared.Runtime = "auto",
    engine: collection_reading.EngineName = None,
    workers: collection_reading.Workers = None,
    shard: collection_reading.ShardOf = None,
    retry_failed: collection_reading.RetryFailed = False,
    max_failures: collection_reading.MaxFailures = None,
    deadline: collection_reading.Deadline = None,
) -> None:
    """Read whole pages: scans, photographs and PDFs.

    The lines of each page are found, put in the order of reading, cut out and read. Results go to stdout, to one file,
    or to files in a folder; pages that cannot be opened are named on stderr, and the exit code is then 1. Into a
    folder, only what is not there yet is read.
    """
    from ocrkit.cli.page_outputs import PageOutput
    from ocrkit.cli.page_reading import Asked, Reading
    from ocrkit.config import parse_set
    from ocrkit.runtime_choice import sooner_runtime

    many = collection_reading.Many(engine, workers, shard, retry_failed, max_failures, deadline)
    settings = parse_set(["line_breaks=false"] * join_lines + ["dehyphenate=true"] * dehyphenate + (sets or []))
    segmenting, engine_options = _taken(settings, "segmenter"), _taken(settings, "engine")
    given = _given(pages)
    writing = PageOutput(to, output, per, settings, given)
    writing.refuse_over(layout)
    asked = Asked(given, numbers, dpi, password, reject)
    collects = writing.collects(given)
    if not collects:
        many.refuse(engine_options)
        _refuse_urls(given)
        scans = asked.scans()
        total = scans.count()
        writing.check_count(total)
    sooner = sooner_runtime(device, precision, lines=1 if not collects and total == 1 else None)
    found, finds = _found(model, charset, runtime, sooner, segmenter_model)
    finding = page_options.settled(segmenter, segmenter_model, layout, segmenting, finds)
    reading = Reading(found.path, found.name, *finding, layout, decoding, device, batch_size, precision, runtime)
    if found.may_change:
        reading = replace(reading, either=True)
    if collects:
        collection_reading.read_collection(reading, writing, asked, many, engine_options)
    else:
        _read_in_turn(reading, writing, scans, total, reject)


def _found(
    model: str | None, charset: str | None, runtime: str, sooner: str, segmenter_model: str | None
) -> tuple[Found, str]:
    """The model to read with, and what is to compute the one that finds the lines."""
    from ocrkit.onnx_file import is_onnx
    from ocrkit.runtime_choice import finder_runtime

    found = shared.find_named_model(model, charset, runtime, sooner)
    return found, finder_runtime(runtime, sooner if is_onnx(found.path) else "torch", named=segmenter_model)


def _read_in_turn(reading: Reading, writing: PageOutput, scans: Scans, total: int | None, reject: float | None) -> None:
    """Read pages to stdout or into files, one after another."""
    from ocrkit.cli.page_talk import PageTalk

    talk = PageTalk(total)
    reader = reading()
    with _stages(writing.on_stdout) as stages, closing(reader.read(scans, reject=reject)) as found:
        writing.write(talk.good(found, stages))
    talk.report(reader, reject)
    if talk.bad:
        raise typer.Exit(1)


def _given(pages: list[str] | None) -> list[str]:
    """What to read: what is named, or listed on stdin."""
    from ocrkit.errors import DataError

    if pages:
        return pages
    way_out = "name images, PDFs, folders or globs"
    if sys.stdin is None or sys.stdin.isatty():
        raise DataError(f"nothing to read: {way_out}, or pipe a list of them in")
    listed = [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
    if not listed:
        raise DataError(f"nothing to read: the list on stdin is empty; {way_out}, or list them there")
    return listed


def _refuse_urls(places: list[str]) -> None:
    from ocrkit.collections.places import is_url
    from ocrkit.errors import OptionError

    if url := next(filter(is_url, places), None):
        raise OptionError(f"{url!r} is a URL, and pages at URLs are read into a folder; name one with `output`")


def _taken(settings: dict[str, object], what: str) -> Mapping[str, object]:
    """The options of the segmenter or the engine, which are taken out of those of formats."""
    from collections.abc import Mapping

    from ocrkit.errors import ConfigError

    options = settings.pop(what, {})
    if not isinstance(options, Mapping):
        raise ConfigError(f"`set` {what}={options!r} names no option; expected {what}.KEY=VALUE")
    return options


def _stages(on_stdout: bool) -> AbstractContextManager[Stages | None]:
    """What shows on stderr how far it is, where stdout is not the same terminal."""
    from ocrkit.cli.progress import Stages

    return nullcontext(None) if on_stdout and sys.stdout.isatty() else Stages()
