"""Tables and JSON on stdout: fitted to a terminal, whole and unwrapped everywhere else."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from ocrkit.cli.escaping import one_line, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["print_json", "print_table"]


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a header, in columns.

    On a terminal, long cells wrap inside their column. Elsewhere a row is one line, whatever its length, and columns
    stand two spaces or more apart.

    Args:
        header: one word a column.
        rows: as many cells each; a cell's line breaks and runs of space become one space.
    """
    cells = [[" ".join(str(cell).split()) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_fitted(header, cells)
        return
    lines = [[word.upper() for word in header], *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_json(value: object) -> None:
    """Print a value as JSON, readable, in UTF-8."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _print_fitted(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*(word.upper() for word in header), box=None, pad_edge=False, header_style="bold")
    for row in rows:
        # Text, since brackets in a plain string would be read as markup
        table.add_row(*(Text(one_line(cell)) for cell in row))
    Console(file=unescaped(sys.stdout)).print(table)
