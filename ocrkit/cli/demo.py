"""``ocrkit demo``: the installed models at work, and one of them learning another script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ocrkit.demo import Demonstration, InstalledReading, TaughtReading
    from ocrkit.evaluation import Evaluation

__all__ = ["app"]

app = typer.Typer(help="Read drawn lines with the installed models, and teach one of them another script.")

Output = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where model, report and pictures go.")]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting of the demo's recipe.")]

_SHOWN = 5  # lines and words that are printed; the sheets have more


@app.command()
def demo(output: Output = Path("runs/demo"), set_: Sets = None) -> None:
    """Read drawn lines with the installed models, and teach one of them another script.

    Worn lines of Malayalam and English are read in several faces, with a lexicon and without one. Then a model that
    cannot read Georgian is trained on drawn words for two minutes of one core, and reads words that it never
    saw, half of them in a face that it never saw.
    """
    from ocrkit.cli.progress import say
    from ocrkit.cli.watching import TrainingProgress
    from ocrkit.config import parse_set

    changes = parse_set(set_ or [])
    say("reading drawn lines with the installed models, in less than a minute")
    from ocrkit.demo import demonstrate

    try:
        with TrainingProgress() as progress:
            result = demonstrate(
                output, changes=changes, observer=progress, shown=_print_installed, teaching=_say_what_is_taught
            )
    except KeyboardInterrupt:
        say(f"what was read is in {output}; if training had begun, 'ocrkit train --resume {output}' goes on with it")
        raise
    _print_taught(result.taught)
    _print_files(result)


def _print_installed(reading: InstalledReading) -> None:
    print(f"{reading.greedy.count} worn lines, read by the installed model {reading.model!r}:")
    print(f"  without a lexicon            {_rates(reading.greedy)}")
    print(f"  lexicon of {reading.lexicon_size:>5,} words       {_rates(reading.lexicon)}")
    _print_lines(reading.greedy)
    print(f"  pictures: {reading.sheet}", flush=True)


def _say_what_is_taught() -> None:
    from ocrkit.cli.progress import say

    say("teaching 'malayalam-fast' to read Georgian, two minutes of one core")


def _print_taught(taught: TaughtReading) -> None:
    print(f"{taught.greedy.count} Georgian words never seen, half of them in a face never seen:")
    print(f"  before                       {_rates(taught.before)}")
    print(f"  after                        {_rates(taught.greedy)}")
    print(f"  lexicon of {taught.lexicon_size:>5,} words       {_rates(taught.lexicon)}")
    for before, after in list(zip(taught.before.lines, taught.greedy.lines, strict=True))[:_SHOWN]:
        print(f"    {after.truth}: before {before.prediction.text!r}, after {after.prediction.text!r}")


def _print_files(result: Demonstration) -> None:
    print(f"{result.seconds:.0f} seconds; pictures of what was read:")
    for sheet in (*(reading.sheet for reading in result.installed), *result.taught.sheets):
        print(f"  {sheet}")
    print(f"model that reads Georgian: {result.taught.model}")
    print(f"report: {result.folder / 'report.json'}")


def _print_lines(result: Evaluation) -> None:
    """Some lines, those with errors first, the truth beneath each reading that is wrong."""
    from ocrkit.demo.reading import is_right

    for line in sorted(result.lines, key=is_right)[:_SHOWN]:
        print(f"    {line.prediction.text}")
        if not is_right(line):
            print(f"    {line.truth}  (the truth)")


def _rates(result: Evaluation) -> str:
    return f"CER {result.cer:.4f}, exact {result.exact:.1%}"
