"""``ocrkit demo``: the main job from end to end, on words that ocrkit draws itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ocrkit.demo import Demonstration
    from ocrkit.evaluation import Evaluation

__all__ = ["app"]

app = typer.Typer(help="Train on drawn Malayalam words and read words that were never seen.")

Output = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where model, report and pictures go.")]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting of the demo's recipe.")]


@app.command()
def demo(output: Output = Path("runs/demo"), set_: Sets = None) -> None:
    """Train on drawn Malayalam words and read words that were never seen.

    Half of the 600 words read are drawn in faces that training never saw. They are read twice: greedily, and with a
    lexicon of 1,000 words that holds them.
    """
    from ocrkit.cli.progress import say
    from ocrkit.cli.watching import TrainingProgress
    from ocrkit.config import parse_set

    changes = parse_set(set_ or [])
    say("drawing Malayalam words and training on them, about six minutes on two cores")
    from ocrkit.demo import demonstrate

    with TrainingProgress() as progress:
        result = demonstrate(output, changes=changes, observer=progress)
    _print(result)


def _print(result: Demonstration) -> None:
    print(
        f"{result.greedy.count} words never seen, half of them in faces never seen ({', '.join(result.unseen_faces)}):"
    )
    print(f"  greedy                       {_line(result.greedy)}")
    print(f"  lexicon of {result.lexicon_size:>5,} words       {_line(result.lexicon)}")
    print(f"{result.seconds:.0f} seconds; pictures of what was read:")
    for sheet in result.sheets:
        print(f"  {sheet}")
    print(f"report: {result.folder / 'report.json'}")


def _line(result: Evaluation) -> str:
    return f"CER {result.cer:.4f}, exact {result.exact:.1%}"
