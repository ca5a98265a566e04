"""``ocrkit data lexicons``: self-made lists of words for labelled images."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer evaluates the annotations
from typing import Annotated

import typer

from ocrkit.cli.data import source_options as shared  # noqa: TC001 - Typer evaluates the annotations

__all__ = ["lexicons"]


def lexicons(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A folder or file of labelled lines.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The file of lists to write.")],
    words: Annotated[
        Path | None,
        typer.Option("--words", metavar="FILE", help="Words to draw from, one a line; else the texts of SRC."),
    ] = None,
    size: Annotated[
        list[int] | None,
        typer.Option("--size", metavar="N", help="Words of a list, its text included; 50, and may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="Another one draws other words.")] = 0,
    format: shared.Format = None,  # noqa: A002 - the name of the flag
    pattern: shared.Pattern = None,
) -> None:
    """Make a list of words for each image.

    They are for 'ocrkit evaluate --lexicons'.

    A list holds the image's text and other words by lot. Figures with such lists are not comparable with those of a
    set's own lists, and each line of the file says that it is self-made.
    """
    from ocrkit.cli.progress import say
    from ocrkit.data.list_making import make_lists, read_words
    from ocrkit.errors import OptionError
    from ocrkit.files import write_whole
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.plugin.specs import SourceOptions

    extra = {} if pattern is None else {"pattern": pattern}
    samples = open_samples(source, format=format, options=SourceOptions(extra=extra))
    lines = make_lists(
        samples,
        size or [50],
        words=None if words is None else read_words(words),
        seed=seed,
        source="" if words is None else words.name,
        folder=str(source if source.is_dir() else source.parent),
    )
    content = "".join(f"{line}\n" for line in lines).encode()
    try:
        write_whole(output, content)
    except OSError as error:
        raise OptionError(f"`output` {str(output)!r} cannot be written: {error.strerror or error}") from error
    say(f"{len(samples)} lists written, self-made")
    print(output)
