"""``ocrkit``: the global options, and the way to every command."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ocrkit.cli.commands import CommandGroup
from ocrkit.cli.notes import show_warnings
from ocrkit.cli.reporting import ending, heeding_termination, set_debug
from ocrkit.cli.streams import standard_streams

__all__ = ["app", "main"]

# Plain help and plain errors: boxes break a message wherever the line happens to end.
app = typer.Typer(
    name="ocrkit",
    cls=CommandGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        from ocrkit import __version__

        typer.echo(f"ocrkit {__version__}")
        raise typer.Exit


@app.callback()
def ocrkit(
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Print the traceback of an error, and what is logged.")
    ] = False,
) -> None:
    """Train, use and measure recognisers of text lines, for any script."""
    set_debug(debug)
    show_warnings(debug=debug)


def main() -> None:
    """Run the command line on ``sys.argv`` and exit: 0 done, 1 an error, 2 wrong usage, 128 + a signal's number."""
    # Threads that spin while they wait cost little on an idle machine, and a factor of ten on one that is shared.
    # OpenMP reads this when torch is loaded, so it cannot be set any later.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # oneDNN keeps what it made for each shape, and lines have hundreds of widths: a GiB and more in training.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    with standard_streams(), ending(), heeding_termination():
        typer.main.get_command(app)(prog_name="ocrkit")
