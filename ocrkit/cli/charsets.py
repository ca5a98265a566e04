"""``ocrkit charsets``: what is there, what is in it, whether it spells a text, and a new one from texts."""

from __future__ import annotations

from pathlib import Path  # typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections import Counter

    from ocrkit.text.charset import Charset

__all__ = ["app"]

app = typer.Typer(help="List, show, check and make charsets.", no_args_is_help=True)

Expression = Annotated[str, typer.Argument(metavar="NAME", help="A name, a .toml file, or several with '+' between.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Corpora = Annotated[
    list[str], typer.Argument(metavar="CORPUS", help="Texts in UTF-8, plain or gzip; a line may be text, tab, count.")
]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="FILE.toml", help="The charset file to write.")]
UnitOfLabels = Annotated[
    str, typer.Option("--unit", metavar="UNIT", help="What becomes a label: akshara or codepoint.")
]
MostLabels = Annotated[
    int | None,
    typer.Option(
        "--max",
        metavar="N",
        min=1,
        help="How many units, the commonest, become labels: 500 aksharas, or all code points, unless said otherwise.",
    ),
]
MinCount = Annotated[int, typer.Option("--min-count", metavar="N", min=1, help="Leave out what occurs less often.")]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="The charset's name; else the file's.")]
Script = Annotated[str | None, typer.Option("--script", metavar="CODE", help="ISO 15924; else that of most letters.")]
Base = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="NAME",
        help="Charsets, joined by '+', whose labels and spelling it takes, or none; else those of the script, if any.",
    ),
]
BaseOnly = Annotated[
    bool, typer.Option("--base-only", help="Add aksharas alone: no character that the base does not have.")
]


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
    order = ", labels in the order of the text" if charset.runs_leftward and not charset.reorders else ""
    print(f"{charset.direction}{order}, {charset.normalization}, {len(charset.rewrites)} rewrites")
    print_table(("label", "symbol", "points", "names"), map(_described, range(len(charset)), charset.symbols))


@app.command("check")
def check(
    name: Expression,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A text in UTF-8, plain or gzip; '-' for standard input.")
    ],
) -> None:
    """Count what a charset cannot spell in a text.

    The exit code is 1 if there is anything.
    """
    from collections import Counter

    from ocrkit.cli.listing import print_table
    from ocrkit.plugin.charset_expression import resolve_charset
    from ocrkit.text.invisible import described_invisible

    charset = resolve_charset(name)
    lines = _lines(file)
    missing, unspelled, first = _count(charset, lines)
    invisible = sum(map(charset.invisible, lines), start=Counter[str]())
    if invisible:
        typer.echo(described_invisible(invisible), err=True)
    if not missing:
        typer.echo(f"charset {charset.name!r} spells all {len(lines)} lines", err=True)
        return
    rows = [(count, _point(symbol), symbol, _name(symbol), first[symbol]) for symbol, count in missing.most_common()]
    print_table(("count", "point", "symbol", "name", "first in line"), rows)
    typer.echo(f"charset {charset.name!r} cannot spell {unspelled} of {len(lines)} lines", err=True)
    raise typer.Exit(1)


@app.command("from-text")
def from_text(
    corpora: Corpora,
    output: Output,
    unit: UnitOfLabels = "akshara",
    max_: MostLabels = None,
    min_count: MinCount = 1,
    name: Name = None,
    script: Script = None,
    base: Base = None,
    base_only: BaseOnly = False,
) -> None:
    """Write a charset file from texts.

    Its labels are the commonest aksharas, or the characters, of the texts.
    """
    from ocrkit.cli.charset_from_text import write_charset

    write_charset(
        [Path(corpus) for corpus in corpora],
        output,
        unit=unit,
        limit=max_,
        least=min_count,
        name=name,
        script=script,
        base=base,
        closed=base_only,
    )


def _lines(file: str) -> list[str]:
    import sys

    from ocrkit.errors import DataError

    if file == "-" and sys.stdin is None:
        raise DataError("standard input is closed; name a text file in UTF-8")
    data = sys.stdin.buffer.read() if file == "-" else _bytes(Path(file))
    try:
        # Not splitlines, which also cuts at U+2028 and the like: those are characters to be checked.
        return data.decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n").split("\n") if data else []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"not UTF-8 (byte {error.start}); save the text as UTF-8", file, line) from error


def _bytes(path: Path) -> bytes:
    import gzip
    import zlib

    from ocrkit.errors import DataError, MissingFileError
    from ocrkit.plain_files import read_plain

    try:
        data = read_plain(path, stream=True)
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"a damaged gzip file: {error}; pack it again", path) from error
    except FileNotFoundError as error:
        raise MissingFileError(
            f"no file {str(path)!r}; give a text file in UTF-8, or '-' for standard input"
        ) from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}; give a text file in UTF-8", path) from error


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
