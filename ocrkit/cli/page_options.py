"""The options that commands about whole pages share: which pages, and what finds their lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.pages.reader import FindLines
    from ocrkit.text.charset import Charset

__all__ = ["Dpi", "Layouts", "Numbers", "Password", "SegmenterModel", "SegmenterName", "finder", "settled"]

SegmenterName = Annotated[
    str | None,
    typer.Option("-s", "--segmenter", metavar="NAME", help="What finds the lines; else the best that is installed."),
]
SegmenterModel = Annotated[
    str | None,
    typer.Option("--segmenter-model", metavar="MODEL", help="Its model: a file, a run's folder or an installed one."),
]
Layouts = Annotated[
    Path | None,
    typer.Option("--layout", metavar="DIR", help="Take the lines that PAGE, ALTO or JSON files there tell."),
]
Numbers = Annotated[
    str | None, typer.Option("--pages", metavar="LIST", help="Which pages of each file, as 1-3,7,10-; else all.")
]
Dpi = Annotated[
    float | None,
    typer.Option("--dpi", metavar="N", help="Pixels an inch to draw PDF pages at, and of images that do not tell."),
]
Password = Annotated[str | None, typer.Option("--password", metavar="TEXT", help="Of PDFs that are locked.")]


def settled(
    name: str | None, weights: str | None, layouts: Path | None, options: Mapping[str, object], runtime: str = "auto"
) -> tuple[str | None, Mapping[str, object]]:
    """What finds the lines, by name, and its options; which one was taken without a name is said on stderr.

    Raises:
        OptionError: lines are told, and something is said of a segmenter too.
    """
    from ocrkit.cli.notes import say
    from ocrkit.pages.finding import settle_segmenter

    if layouts is not None:
        _refuse_both(name, weights, options)
        return None, {}
    chosen, table, why = settle_segmenter(name, weights=weights, options=options, runtime=runtime)
    if why:
        say(f"finding lines with {chosen!r} ({why})")
    return chosen, table


def finder(
    charset: Charset,
    name: str | None,
    weights: str | None,
    layouts: Path | None = None,
    options: Mapping[str, object] | None = None,
    runtime: str = "auto",
) -> tuple[FindLines, str]:
    """What finds the lines of pages, and what it is called; which one was taken without a name is said on stderr."""
    from ocrkit.cli.notes import say

    if layouts is not None:
        from ocrkit.pages.layouts import GivenLayouts

        _refuse_both(name, weights, options)
        return GivenLayouts(layouts), ""
    from ocrkit.pages.finding import Segmenting, choose_segmenter

    chosen = choose_segmenter(name, weights=weights, options=options, runtime=runtime)
    if chosen.why:
        say(f"finding lines with {chosen.name!r} ({chosen.why})")
    return Segmenting(chosen.segmenter, charset), chosen.name


def _refuse_both(name: str | None, weights: str | None, options: Mapping[str, object] | None) -> None:
    from ocrkit.errors import OptionError

    if name is not None or weights is not None or options:
        raise OptionError("lines are either found or told; leave out `layout`, or what is said of the segmenter")
