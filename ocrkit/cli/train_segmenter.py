"""``ocrkit train-segmenter``: what finds the lines of pages, from drawn pages and real ones."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.training.segmenting.run import SegmentingOutcome

__all__ = ["app"]

app = typer.Typer(help="Train what finds the lines of pages, on drawn pages and on real ones.")

Data = Annotated[
    list[str] | None,
    typer.Argument(metavar="PAGES", help="PAGE or ALTO files beside their pictures, or folders; none draws all pages."),
]
Share = Annotated[
    float | None, typer.Option("--share", metavar="X", help="The share of real pages among all; else a third.")
]
Evaluate = Annotated[
    list[str] | None,
    typer.Option("-e", "--evaluate", metavar="PAGES", help="Pages to measure by, not trained on; may be given again."),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="The run's folder; else runs/segmenter-N.")
]
Charsets = Annotated[
    list[str] | None,
    typer.Option(
        "-c", "--charset", metavar="NAME", help="What pages are drawn from; may be given again, each drawn as often."
    ),
]
Fonts = Annotated[
    Path | None, typer.Option("--fonts", metavar="DIR", help="Draw with the faces in a folder; else with the system's.")
]
Text = Annotated[Path | None, typer.Option("--text", metavar="FILE", help="Draw pages of this text.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="A TOML file of settings.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting of config.toml, such as training.crop=384."),
]
Resume = Annotated[Path | None, typer.Option("--resume", metavar="RUN_DIR", help="Go on with an interrupted run.")]
Load = Annotated[
    str | None,
    typer.Option("-i", "--load", metavar="MODEL", help="Start from the weights of a file, a run or an installed one."),
]
Steps = Annotated[int | None, typer.Option("--steps", metavar="N", help="Steps after which the training ends.")]
BatchSize = Annotated[int | None, typer.Option("-B", "--batch-size", metavar="N", help="Crops of pages a step.")]
Rate = Annotated[float | None, typer.Option("-r", "--lrate", metavar="RATE", help="The highest learning rate.")]
Device = Annotated[str | None, typer.Option("-d", "--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, …")]
Precision = Annotated[str | None, typer.Option("--precision", metavar="NAME", help="auto, float32 or bfloat16.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", help="Processes that draw and cut pages; -1 for one a core, 0 for none."),
]
Threads = Annotated[
    int | None, typer.Option("--threads", metavar="N", help="That the network takes on a CPU; 0 for all.")
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="The seed of weights, pages and their order.")]

# The options that are settings of the table `training`, each by its own name.
_OF_TRAINING = ("steps", "batch_size", "lrate", "device", "precision", "workers", "threads", "seed")


@app.command()
def train_segmenter(
    data: Data = None,
    share: Share = None,
    evaluate: Evaluate = None,
    output: Output = None,
    charset: Charsets = None,
    fonts: Fonts = None,
    text: Text = None,
    config: ConfigFile = None,
    set_: Sets = None,
    resume: Resume = None,
    load: Load = None,
    steps: Steps = None,
    batch_size: BatchSize = None,
    lrate: Rate = None,
    device: Device = None,
    precision: Precision = None,
    workers: Workers = None,
    threads: Threads = None,
    seed: Seed = None,
) -> None:
    """Train what finds the lines of pages, on drawn pages and on real ones.

    Ctrl-C leaves a model that can be used, and a run that --resume goes on with.
    """
    given = locals()
    drawn = {
        "charsets": dict.fromkeys(charset, 1.0) if charset else None,
        "fonts": fonts and str(fonts),
        "text": text and str(text),
    }
    flags = _said(
        load=_loaded(load),
        data=_said(training=data, evaluation=evaluate, share=share, drawn=_said(**drawn)),
        training=_said(**{name: given[name] for name in _OF_TRAINING}),
    )
    _report(_train(flags, config, set_ or [], resume, output))


def _train(
    flags: Mapping[str, object],
    config: Path | None,
    assignments: list[str],
    resume: Path | None,
    output: Path | None,
) -> SegmentingOutcome:
    from ocrkit.cli.watching import SegmentingProgress
    from ocrkit.config import from_table, merge, parse_set, read_toml
    from ocrkit.errors import OptionError
    from ocrkit.training.segmenting import SegmentingConfig

    if resume is not None and (config or output):
        raise OptionError("--resume goes on with a run as it was set up; --config and -o begin one")
    said = merge(parse_set(assignments), flags)
    # Everything that can be wrong with what was said is found before torch is loaded, which takes seconds.
    settings = from_table(SegmentingConfig, merge(read_toml(config) if config else {}, said), where=str(config or ""))
    import ocrkit.training.segmenting as segmenting

    with SegmentingProgress() as progress:
        if resume is not None:
            return segmenting.resume_segmenter(resume, changes=said, observer=progress)
        return segmenting.train_segmenter(settings, output=output, observer=progress)


def _report(outcome: SegmentingOutcome) -> None:
    from ocrkit.cli.progress import say

    reasons = {"steps": "all steps done", "interrupted": "interrupted"}
    loss = f"; evaluation loss {outcome.measured['loss']:.4f}" if outcome.measured else ""
    say(f"{reasons[outcome.reason]} after {outcome.steps} steps{loss}")
    typer.echo(str(outcome.model))
    if outcome.reason == "interrupted":
        say(f"ocrkit train-segmenter --resume {shlex.quote(str(outcome.folder))} goes on")
        raise typer.Exit(128 + outcome.signal)


def _loaded(name: str | None) -> str | None:
    """The file of the model that ``--load`` names."""
    from ocrkit.model_files import find_model

    return None if name is None else str(find_model(name, runtime="torch").path)


def _said(**values: object) -> dict[str, object]:
    """What was given."""
    return {key: value for key, value in values.items() if value not in (None, {}, [])}
