"""How the labelled lines of SRC are opened: options that several commands of ``ocrkit data`` have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Format", "Pattern"]

Format = Annotated[str | None, typer.Option("--format", metavar="NAME", help="The format of SRC; else it is guessed.")]
Pattern = Annotated[
    str | None,
    typer.Option("--pattern", metavar="TEXT", help="Which part of file names is the text, as {text}_{}."),
]
