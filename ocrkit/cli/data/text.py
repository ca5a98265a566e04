"""``ocrkit data text``: running text out of sayings, a dictionary, or plain texts."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer evaluates the annotations
from typing import Annotated

import typer

__all__ = ["text"]


def text(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SRC...",
            help="A dictionary of dictd, a file or folder of fortune's sayings, or plain text; .gz works.",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The text file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Make one clean text file for drawn lines.

    It has a paragraph a line, each once, in UTF-8. What is markup, pronunciation or origin goes; what is a table, a
    program or a picture of signs is left out.
    """
    from ocrkit.cli.progress import say
    from ocrkit.errors import DataError
    from ocrkit.files import write_whole
    from ocrkit.text.prose import read_paragraphs

    if output.exists() and not force:
        raise DataError("there is something already; name another file, or give --force", output)
    paragraphs = list(read_paragraphs(sources))
    if not paragraphs:
        raise DataError(f"no paragraph of running text in {', '.join(map(str, sources))}; give other files")
    try:
        write_whole(output, ("\n".join(paragraphs) + "\n").encode())
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", output) from error
    say(f"{len(paragraphs)} paragraphs, {sum(paragraph.count(' ') + 1 for paragraph in paragraphs)} words")
    print(output)
