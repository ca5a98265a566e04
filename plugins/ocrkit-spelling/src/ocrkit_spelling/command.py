"""``ocrkit words``: a list of words with their frequencies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Make a list of words with their frequencies from texts.")

Texts = Annotated[
    list[Path],
    typer.Argument(metavar="TEXT", help="Texts in UTF-8, plain or gzip; a line may be text, tab, count."),
]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="FILE.tsv", help="The list to write.")]
Least = Annotated[int, typer.Option("--least", metavar="N", help="Leave out what occurs less often.")]
Known = Annotated[
    list[Path] | None,
    typer.Option(
        "--known", metavar="FILE", help="A list of words that stay in however rare they are; may be repeated."
    ),
]
CharsetName = Annotated[
    str | None, typer.Option("-c", "--charset", metavar="NAME", help="How words are spelled; NFC without it.")
]


@app.command()
def words(texts: Texts, output: Output, least: Least = 3, known: Known = None, charset: CharsetName = None) -> None:
    """Write the words of texts with their frequencies, for --correct spelling and for --lexicon.

    Words are runs of letters, in small letters, without the punctuation around them. On stdout it prints the file's
    name.
    """
    from ocrkit.cli.progress import counting, say
    from ocrkit_spelling.counting import count_words

    _check_output(output)
    with counting("reading") as progress:
        found = count_words(texts, least=least, known=known or (), charset=charset, progress=progress)
    output.write_text("".join(f"{word}\t{count}\n" for word, count in found.items()), encoding="utf-8")
    say(f"{len(found)} words that occur {sum(found.values())} times")
    print(output)


def _check_output(output: Path) -> None:
    """Refuse a name at which nothing can be written, before anything is read."""
    from ocrkit.errors import OptionError

    if output.is_dir():
        raise OptionError(f"--output {output} is a folder; give a file's name, such as words.tsv")
    if not output.parent.is_dir():
        raise OptionError(f"--output {output}: there is no folder {str(output.parent)!r}; make it, or name another")
