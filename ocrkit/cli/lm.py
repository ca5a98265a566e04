"""``ocrkit lm``: language models from texts, and what they say of texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ocrkit.text.charset import Charset
    from ocrkit.text.language_model import BuiltLanguageModel
    from ocrkit.text.language_model.units import Unit

__all__ = ["app"]

_FEW = 1000  # units, of which too few are rare to estimate discounts

app = typer.Typer(help="Build language models from texts, and score texts by them.", no_args_is_help=True)

Texts = Annotated[
    list[Path],
    typer.Argument(metavar="TEXT", help="Texts in UTF-8, plain or gzip; a line may be text, tab, count."),
]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model in ARPA format; .gz works.")]
Output = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE.arpa", help="The file to write; gzipped if it ends in .gz.")
]
Order = Annotated[
    int | None, typer.Option("--order", metavar="N", help="Units in the longest n-grams; 6 characters, or 3 words.")
]
UnitName = Annotated[str, typer.Option("--unit", metavar="UNIT", help="What it is a model of: character or word.")]
CharsetName = Annotated[
    str | None, typer.Option("-c", "--charset", metavar="NAME", help="Whose labels are the characters, or spell words.")
]
LineWords = Annotated[
    str | None,
    typer.Option("--line-words", metavar="A-B", help="Cut lines into pieces of A to B words, such as 1-8."),
]
Prune = Annotated[
    str | None,
    typer.Option("--prune", metavar="N,N,…", help="For each order, leave out what occurs N times or less: 0,0,1."),
]
Vocabulary = Annotated[
    Path | None, typer.Option("--vocabulary", metavar="FILE", help="The words that are units; others are <unk>.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("build")
def build(
    texts: Texts,
    output: Output,
    order: Order = None,
    unit: UnitName = "character",
    charset: CharsetName = None,
    line_words: LineWords = None,
    prune: Prune = None,
    vocabulary: Vocabulary = None,
) -> None:
    """Write an n-gram model of texts, for --lm of decode and evaluate.

    It is smoothed by interpolated modified Kneser-Ney. On stdout it prints the file's name.
    """
    from ocrkit.cli.progress import Stages
    from ocrkit.text.language_model import build_language_model

    with Stages() as stages:
        built = build_language_model(
            texts,
            output,
            unit=_unit(unit),
            order=order,
            charset=_charset(charset),
            prune=_counts(prune),
            vocabulary=_words(vocabulary),
            line_words=_range(line_words),
            progress=stages.update,
        )
    _report(built, order)
    print(output)


@app.command("score")
def score(
    model: Model,
    texts: Texts,
    unit: UnitName = "character",
    charset: CharsetName = None,
    line_words: LineWords = None,
    as_json: AsJson = False,
) -> None:
    """Print how well a model foretells texts.

    It is told in bits for each unit, and as perplexity.
    """
    from ocrkit.cli.listing import print_json
    from ocrkit.cli.progress import counting
    from ocrkit.text.language_model import score_texts

    with counting("scoring") as progress:
        found = score_texts(
            model,
            texts,
            unit=_unit(unit),
            charset=_charset(charset),
            line_words=_range(line_words),
            progress=progress,
        )
    record = {
        "lines": found.lines,
        "units": found.units,
        "unknown": found.unknown,
        "log_prob": found.log_prob,
        "bits": found.bits,
        "perplexity": found.perplexity,
    }
    if as_json:
        print_json(record)
        return
    print(f"lines       {found.lines}")
    print(f"units       {found.units}, {found.unknown} of them unknown")
    print(f"bits        {found.bits:.4f} a unit, ends of lines counted")
    print(f"perplexity  {found.perplexity:.4f}")


def _report(built: BuiltLanguageModel, asked: int | None) -> None:
    """What was made, and what could not be done as asked."""
    from ocrkit.cli.progress import say

    counts = ", ".join(f"{count} {order}-grams" for order, count in enumerate(built.ngrams, 1))
    unknown = f", {built.unknown} of them <unk>" if built.unknown else ""
    say(f"{built.units} units in {built.lines} lines{unknown}: {counts}")
    if asked is not None and len(built.ngrams) < asked:
        say(f"note: the order is {len(built.ngrams)} instead of {asked}: no line is longer")
    for order, discounts in enumerate(built.discounts, 1):
        if discounts.reason:
            taken = ", ".join(f"{value:g}" for value in discounts.values)
            few = order == 1 and built.ngrams[0] < _FEW
            cause = "there are few, as there are of characters" if few else "the text is too small, or odd"
            say(f"note: the discounts of {order}-grams are {taken}, not estimated: {discounts.reason}; {cause}")


def _unit(name: str) -> Unit:
    from ocrkit.errors import OptionError

    if name == "character":
        return "character"
    if name == "word":
        return "word"
    raise OptionError(
        f"--unit is {name!r}; expected character or word; aksharas are characters where --charset has labels for them"
    )


def _charset(name: str | None) -> Charset | None:
    from ocrkit.plugin.charset_expression import resolve_charset

    return None if name is None else resolve_charset(name)


def _counts(given: str | None) -> tuple[int, ...]:
    from ocrkit.errors import OptionError

    try:
        return tuple(int(count) for count in (given or "").replace(",", " ").split())
    except ValueError:
        raise OptionError(f"--prune is {given!r}; expected counts with commas between them, such as 0,0,1") from None


def _range(words: str | None) -> tuple[int, int] | None:
    from ocrkit.errors import OptionError

    if words is None:
        return None
    fewest, _, most = words.partition("-")
    try:
        return int(fewest), int(most or fewest)
    except ValueError:
        raise OptionError(f"--line-words {words!r} is no range; expected one such as 1-8, or a number") from None


def _words(path: Path | None) -> list[str] | None:
    """The words of a list; counts after tabs are not needed."""
    from ocrkit.text.corpus import read_corpus

    return None if path is None else list(read_corpus([path]).words)
