"""The group ``ocrkit data``, to which each command is added by one line.

To add a command ``ocrkit data NAME``: write ``ocrkit/cli/data/NAME.py`` with one function that has its options and
its help, import it here, and add it below with ``app.command("NAME")(function)``. Such a module imports ``typer`` at
its top, and what does the work inside the function's body, as every command here does. Then describe it in
``docs/command-line.md`` under a heading with its name: a test asks for every option there.
"""

from __future__ import annotations

import typer

from ocrkit.cli.data.check import check
from ocrkit.cli.data.convert import convert
from ocrkit.cli.data.lexicons import lexicons
from ocrkit.cli.data.split import split
from ocrkit.cli.data.synth import synth
from ocrkit.cli.data.text import text

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def data() -> None:
    """Check, convert, draw and split labelled lines, and make texts to draw and lists of words for them."""


app.command("check")(check)
app.command("convert")(convert)
app.command("lexicons")(lexicons)
app.command("split")(split)
app.command("synth")(synth)
app.command("text")(text)
