"""``ocrkit data split``: labelled lines into parts, seeded, none of a group in two."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli.data import source_options as shared  # noqa: TC001 - Typer evaluates the annotations

if TYPE_CHECKING:
    from ocrkit.data.writers.split import Split

__all__ = ["split"]


def split(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A folder or file of labelled lines.")],
    destination: Annotated[Path, typer.Argument(metavar="DST", help="The folder to write.")],
    parts: Annotated[
        str, typer.Option("--parts", metavar="NAME=SHARE,...", help="The parts and their shares, which sum to 1.")
    ] = "train=0.8,validation=0.1,test=0.1",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Chooses among the splits.")] = 0,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="WHAT",
            help="What stays together: group, folder or none; else group where there are groups.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="Copy the parts in a format that 'ocrkit data convert' writes."),
    ] = None,
    format: shared.Format = None,  # noqa: A002 - the name of the flag
    pattern: shared.Pattern = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what ocrkit wrote at DST before.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="End well even if images cannot be opened.")] = False,
) -> None:
    """Split labelled lines into parts.

    DST gets a folder for each part: a labels.tsv that names the images where they lie, or with --to copies of them.
    Where a line goes depends on the seed and on itself, not on the order of the rows.
    """
    from ocrkit.cli.progress import Stages, say
    from ocrkit.data.splitting import parse_parts
    from ocrkit.data.writers import split as split_samples
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.plugin.specs import SourceOptions

    shares = parse_parts(parts)
    extra = {} if pattern is None else {"pattern": pattern}
    with Stages() as stages:
        options = SourceOptions(extra=extra, progress=stages.progress("listing"))
        samples = open_samples(source, format=format, options=options)
        done = split_samples(
            samples,
            destination,
            shares,
            seed=seed,
            by=by,
            to=to,
            force=force,
            source=source,
            progress=stages.progress("splitting"),
        )
    say(f"{len(samples)} images split by {done.by}, seed {seed}")
    _print_parts(done)
    if any(part.bad for part in done.parts) and not skip_bad:
        raise typer.Exit(1)


def _print_parts(done: Split) -> None:
    """Print what is in each part; name what was left out of it."""
    from ocrkit.cli.data.talk import name_bad_images
    from ocrkit.cli.listing import print_table
    from ocrkit.cli.progress import say

    for part in done.parts:
        name_bad_images(part.bad)
        if not part.samples:
            say(f"note: part {part.name!r} is empty; there is too little to give each part some")
    units = {"group": "groups", "folder": "folders"}.get(done.by, "units")
    print_table(
        ("part", "samples", units, "share"),
        [(part.name, part.samples, part.units, f"{part.share:.4f}") for part in done.parts],
    )
