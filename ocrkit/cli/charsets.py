"""``ocrkit charsets``: what is there, what is in it, and whether a text can be spelled with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from ocrkit.text.charset import Charset

__all__ = ["app"]

app = typer.Typer(help="List, show and check charsets.", no_args_is_help=True)

Expression = Annotated[str, typer.Argument(metavar="NAME", help="A name, a .toml file, or several with '+' between.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_charsets(as_json: AsJson = False) -> None:
    """List every charset, with the distribution that gives it."""
    from ocrkit.cli.listing import print_json, print_table
    from ocrkit.plugin.registry import default_registry

    header = ("name", "labels", "script", "languages", "distribution", "version")
    rows = [
        (offer.name, len(offer.value), offer.value.script, offer.value.languages, offer.distribution, offer.version)
        for offer in default_registry().charsets()
    ]
    if as_json:
        print_json([dict(zip(header, row, strict=True)) for row in rows])
    else:
        print_table(header, [(*row[:3], " ".join(row[3]), *row[4:]) for row in rows])


@app.command("show")
def show(name: Expression, as_json: AsJson = False) -> None:
    """Show a charset's labels: symbols, code points, Unicode names."""
    from ocrkit.cli.listing import print_json, print_table
    from ocrkit.plugin.charset_expression import resolve_charset

    charset = resolve_charset(name)
    if as_json:
        print_json(charset.to_dict())
        return
    print(f"{charset.name}: {len(charset)} labels, {charset.script}, {' '.join(charset.languages)}, ", end="")
    print(f"{charset.direction}, {charset.normalization}, {len(charset.rewrites)} rewrites")
    print_table(("label", "symbol", "points", "names"), map(_described, range(len(charset)), charset.symbols))


@app.command("check")
def check(
    name: Expression,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text in UTF-8, '-' for standard input.")],
) -> None:
    """Count what a charset cannot spell in a text; exit 1 if anything."""
    from ocrkit.cli.listing import print_table
    from ocrkit.plugin.charset_expression import resolve_charset

    charset = resolve_charset(name)
    lines = _lines(file)
    missing, unspelled, first = _count(charset, lines)
    if not missing:
        typer.echo(f"charset {charset.name!r} spells all {len(lines)} lines", err=True)
        return
    rows = [(count, _point(symbol), symbol, _name(symbol), first[symbol]) for symbol, count in missing.most_common()]
    print_table(("count", "point", "symbol", "name", "first in line"), rows)
    typer.echo(f"charset {charset.name!r} cannot spell {unspelled} of {len(lines)} lines", err=True)
    raise typer.Exit(1)


def _lines(file: str) -> list[str]:
    import sys
    from pathlib import Path

    from ocrkit.errors import DataError

    data = sys.stdin.buffer.read() if file == "-" else _bytes(Path(file))
    try:
        # Not splitlines, which also cuts at U+2028 and the like: those are characters to be checked.
        return data.decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n").split("\n") if data else []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{file}:{line}: not UTF-8 (byte {error.start}); save the text as UTF-8") from error


def _bytes(path: Path) -> bytes:
    from ocrkit.errors import DataError, MissingFileError

    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MissingFileError(
            f"no file {str(path)!r}; give a text file in UTF-8, or '-' for standard input"
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}; give a text file in UTF-8") from error


def _count(charset: Charset, lines: list[str]) -> tuple[Counter[str], int, dict[str, int]]:
    """How often each character is missing, in how many lines any is, and in which line each stands first."""
    from collections import Counter

    missing: Counter[str] = Counter()
    first: dict[str, int] = {}
    unspelled = 0
    for number, line in enumerate(lines, 1):
        found = charset.unencodable(line)
        unspelled += bool(found)
        for item in found:
            missing[item.character] += 1
            first.setdefault(item.character, number)
    return missing, unspelled, first


def _described(label: int, symbol: str) -> tuple[object, ...]:
    if not symbol:
        return label, "", "", "the blank"
    return label, symbol, " ".join(map(_point, symbol)), ", ".join(map(_name, symbol))


def _point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _name(character: str) -> str:
    import unicodedata

    return unicodedata.name(character, f"({unicodedata.category(character)}, no name)")
