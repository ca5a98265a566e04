"""``ocrkit data split``: labelled lines into parts, seeded, none of a group in two."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer evaluates the annotations
from typing import Annotated

import typer

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
    format: Annotated[  # noqa: A002 - the name of the flag
        str | None, typer.Option("--format", metavar="NAME", help="The format of SRC; else it is guessed.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what ocrkit wrote at DST before.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="End well even if images cannot be opened.")] = False,
) -> None:
    """Split labelled lines into parts.

    DST gets a folder for each part: a labels.tsv that names the images where they lie, or with --to copies of them.
    Where a line goes depends on the seed and on itself, not on the order of the rows.
    """
    from ocrkit.cli.data.talk import name_bad_images
    from ocrkit.cli.listing import print_table
    from ocrkit.cli.progress import Stages, say
    from ocrkit.data.splitting import parse_parts
    from ocrkit.data.writers import split as split_samples
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.plugin.specs import SourceOptions

    shares = parse_parts(parts)
    with Stages() as stages:
        options = SourceOptions(progress=lambda done, total: stages.update("listing", done, total))
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
            progress=lambda count, total: stages.update("splitting", count, total),
        )
    for part in done.parts:
        name_bad_images(part.bad)
        if not part.samples:
            say(f"note: part {part.name!r} is empty; there is too little to give each part some")
    say(f"{len(samples)} images split by {done.by}, seed {seed}")
    units = {"group": "groups", "folder": "folders"}.get(done.by, "units")
    print_table(
        ("part", "samples", units, "share"),
        [(part.name, part.samples, part.units, f"{part.share:.4f}") for part in done.parts],
    )
    if any(part.bad for part in done.parts) and not skip_bad:
        raise typer.Exit(1)
