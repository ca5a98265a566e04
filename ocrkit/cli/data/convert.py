"""``ocrkit data convert``: labelled lines from any format that is read to any that is written."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer evaluates the annotations
from typing import Annotated

import typer

from ocrkit.cli.data import source_options as shared  # noqa: TC001 - Typer evaluates the annotations

__all__ = ["convert"]


def convert(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A folder or file of labelled lines.")],
    destination: Annotated[Path, typer.Argument(metavar="DST", help="The folder or file to write.")],
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="labels-tsv, labels-csv, labels-jsonl, gt.txt, mjsynth, lmdb or parquet; else DST's ending tells.",
        ),
    ] = None,
    format: shared.Format = None,  # noqa: A002 - the name of the flag
    pattern: shared.Pattern = None,
    charset: Annotated[
        str | None,
        typer.Option(
            "-c", "--charset", metavar="NAME", help="Write texts in its normal form; one it cannot spell is an error."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what ocrkit wrote at DST before.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="End well even if images cannot be opened.")] = False,
) -> None:
    """Write labelled lines in another format.

    Images are copied as they lie, not encoded anew. One that cannot be opened is left out and named; the exit code is
    then 1. DST appears when all of it is written, or not at all.
    """
    from ocrkit.cli.data.talk import name_bad_images
    from ocrkit.cli.progress import Stages, say
    from ocrkit.data.writers import convert as convert_samples
    from ocrkit.data.writers import format_for
    from ocrkit.plugin.charset_expression import resolve_charset
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.plugin.specs import SourceOptions

    chosen = format_for(destination, to)
    wanted = resolve_charset(charset) if charset else None
    extra = {} if pattern is None else {"pattern": pattern}
    with Stages() as stages:
        options = SourceOptions(charset=wanted, extra=extra, progress=stages.progress("listing"))
        samples = open_samples(source, format=format, options=options)
        converted = convert_samples(
            samples,
            destination,
            to=chosen.name,
            force=force,
            charset=wanted,
            source=source,
            progress=stages.progress("writing"),
        )
    name_bad_images(converted.bad)
    say(f"{converted.written} of {len(samples)} images written as {chosen.name}")
    print(destination)
    if converted.bad and not skip_bad:
        raise typer.Exit(1)
