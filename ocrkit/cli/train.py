"""``ocrkit train``: a model from labelled lines, or from lines that ocrkit draws."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.training import EpochReport, Outcome

__all__ = ["app"]

app = typer.Typer(help="Train a model on labelled lines, or on lines drawn from a charset.")

Data = Annotated[
    list[str] | None, typer.Argument(metavar="DATA", help="Folders or tables of labelled lines; none draws lines.")
]
MoreData = Annotated[
    list[str] | None,
    typer.Option("-t", "--training-data", metavar="DATA", help="More training lines; may be given again."),
]
EvaluationData = Annotated[
    list[str] | None,
    typer.Option(
        "-e",
        "--evaluation-data",
        metavar="[NAME=]DATA",
        help="Validation lines, a set of their own; may be given again. Else a share of the training lines.",
    ),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="The run's folder; else runs/CHARSET-N.")
]
CharsetName = Annotated[
    str | None,
    typer.Option(
        "-c", "--charset", metavar="NAME", help="A name, a union such as malayalam+english, a .toml file, or from-data."
    ),
]
Recipe = Annotated[
    str | None,
    typer.Option(
        "--recipe",
        metavar="NAME",
        help="Start from a recipe, such as malayalam-print or fine-tune; docs/recipes.md lists them.",
    ),
]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="A TOML file laid over the recipe.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting of config.toml, such as training.clip=1."),
]
Resume = Annotated[Path | None, typer.Option("--resume", metavar="RUN_DIR", help="Go on with an interrupted run.")]
Load = Annotated[
    str | None,
    typer.Option(
        "-i",
        "--load",
        metavar="MODEL",
        help="Start from the weights of a model: a file, a run's folder or an installed one.",
    ),
]
Resize = Annotated[
    str | None, typer.Option("--resize", metavar="HOW", help="The loaded model's charset differs: fail, union or new.")
]
Freeze = Annotated[
    list[str] | None,
    typer.Option(
        "--freeze",
        metavar="PART",
        help="A part of the loaded model that stays as it is: backbone, head or output; may be given again.",
    ),
]
Backbone = Annotated[str | None, typer.Option("--backbone", metavar="NAME", help="The convolutional network.")]
Pattern = Annotated[
    str | None,
    typer.Option("--pattern", metavar="TEXT", help="Which part of file names is the text, as {text}_{}."),
]
Head = Annotated[str | None, typer.Option("--head", metavar="NAME", help="The network over the backbone's frames.")]
Format = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="The format of the data; else it is guessed.")
]
Words = Annotated[
    Path | None,
    typer.Option("--words", metavar="FILE", help="Draw these words: one a line, or word<TAB>count; .gz works."),
]
Text = Annotated[Path | None, typer.Option("--text", metavar="FILE", help="Draw lines of this text.")]
Fonts = Annotated[
    Path | None, typer.Option("--fonts", metavar="DIR", help="Draw with the faces in a folder; else with the system's.")
]
Epochs = Annotated[int | None, typer.Option("-N", "--epochs", metavar="N", help="Passes over the training lines.")]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps", metavar="N", help="Steps after which the training, and its schedule, end, instead of epochs."
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option("--minutes", metavar="N", help="Minutes after which the training, and its schedule, end."),
]
BatchSize = Annotated[int | None, typer.Option("-B", "--batch-size", metavar="N", help="Lines a step.")]
Rate = Annotated[float | None, typer.Option("-r", "--lrate", metavar="RATE", help="The highest learning rate.")]
Judge = Annotated[
    str | None,
    typer.Option("--judge", metavar="NAME", help="The validation set that chooses the best model; else the first."),
]
Quit = Annotated[
    str | None,
    typer.Option("-q", "--quit", metavar="WHEN", help="early: end when nothing improves; fixed: run all epochs."),
]
Lag = Annotated[int | None, typer.Option("--lag", metavar="N", help="Epochs without improvement before an early end.")]
Device = Annotated[str | None, typer.Option("-d", "--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, …")]
Precision = Annotated[
    str | None, typer.Option("--precision", metavar="NAME", help="auto, float32, bfloat16 or float16.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", help="Processes that load lines and make batches; -1 for one a core, 0 for none."
    ),
]
TensorBoard = Annotated[
    bool | None,
    typer.Option(
        "--tensorboard/--no-tensorboard", help="Write curves and readings for TensorBoard into the run's folder."
    ),
]
Deterministic = Annotated[
    bool | None,
    typer.Option("--deterministic", help="The same weights to the bit from the same run, on CUDA at some cost."),
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="The seed of weights, order, split and drawing.")]
MaxBad = Annotated[
    float | None, typer.Option("--max-bad", metavar="SHARE", help="The share of bad lines above which training stops.")
]
Unencodable = Annotated[
    str | None,
    typer.Option("--unencodable", metavar="HOW", help="Labels that the charset cannot spell: error, or skip."),
]

# The options that are settings of the table `training`, each by its own name.
_OF_TRAINING = [
    "epochs", "steps", "minutes", "batch_size", "lrate", "freeze", "judge", "quit", "lag", "device", "precision",
    "workers", "seed", "tensorboard", "deterministic",
]  # fmt: skip


@app.command()
def train(
    data: Data = None,
    training_data: MoreData = None,
    evaluation_data: EvaluationData = None,
    output: Output = None,
    charset: CharsetName = None,
    recipe: Recipe = None,
    config: ConfigFile = None,
    set_: Sets = None,
    resume: Resume = None,
    load: Load = None,
    resize: Resize = None,
    freeze: Freeze = None,
    backbone: Backbone = None,
    head: Head = None,
    format_: Format = None,
    pattern: Pattern = None,
    words: Words = None,
    text: Text = None,
    fonts: Fonts = None,
    epochs: Epochs = None,
    steps: Steps = None,
    minutes: Minutes = None,
    batch_size: BatchSize = None,
    lrate: Rate = None,
    judge: Judge = None,
    quit_: Quit = None,
    lag: Lag = None,
    device: Device = None,
    precision: Precision = None,
    workers: Workers = None,
    seed: Seed = None,
    tensorboard: TensorBoard = None,
    deterministic: Deterministic = None,
    max_bad: MaxBad = None,
    unencodable: Unencodable = None,
) -> None:
    """Train a model on labelled lines, or on lines drawn from a charset."""
    flags = _table(locals())
    _report(_train(flags, recipe, config, set_ or [], resume, output))


def _table(given: Mapping[str, object]) -> dict[str, object]:
    """What was given by options of their own, in the tables of a configuration."""
    # A parameter ends in an underscore where Python has a word of its field's name.
    said = {name.rstrip("_"): value for name, value in given.items()}

    def chosen(*names: str) -> dict[str, object]:
        return _without_none(**{name: said[name] for name in names})

    return _without_none(
        **chosen("charset", "resize"),
        load=_loaded(said["load"]),
        backbone=_without_none(name=said["backbone"]),
        head=_without_none(name=said["head"]),
        data={
            **_without_none(
                training=_listed(said["data"], said["training_data"]), evaluation=_listed(said["evaluation_data"])
            ),
            **chosen("format", "pattern", "max_bad", "unencodable"),
        },
        synthetic=_without_none(words=_text(said["words"]), text=_text(said["text"]), fonts=_text(said["fonts"])),
        training=chosen(*_OF_TRAINING),
    )


def _train(
    flags: dict[str, object],
    recipe: str | None,
    config: Path | None,
    assignments: list[str],
    resume: Path | None,
    output: Path | None,
) -> Outcome:
    from ocrkit.cli.watching import TrainingProgress
    from ocrkit.config import merge, parse_set, read_toml
    from ocrkit.errors import OptionError
    from ocrkit.training.layering import configured
    from ocrkit.training.recipes import read_recipe

    if resume is not None and (recipe or config or output):
        raise OptionError("--resume goes on with a run as it was set up; --recipe, --config and -o begin one")
    said = merge(parse_set(assignments), flags)
    # Everything that can be wrong with what was said is found before torch is loaded, which takes seconds.
    tables = read_recipe(recipe) if recipe else {}, read_toml(config) if config else {}, said
    settings = configured(*tables, where=str(config or recipe or ""))
    if "synthetic" in flags and not settings.draws_lines:
        raise OptionError("--words, --text and --fonts say how lines are drawn, and none is where DATA names lines")
    import ocrkit.training as training

    with TrainingProgress() as progress:
        if resume is not None:
            return training.resume(resume, changes=said, observer=progress)
        return training.train(settings, output=output, observer=progress)


def _report(outcome: Outcome) -> None:
    from ocrkit.cli.progress import say
    from ocrkit.training import started

    # The first of the processes that trained together tells, by its exit code too: for another one's torchrun would end
    # the first while it still writes.
    if started.rank():
        return
    reasons = {
        "epochs": "all epochs done",
        "steps": "all steps done",
        "time": "time is up",
        "early": "nothing improved any more",
        "interrupted": "interrupted",
    }
    best = outcome.best
    say(f"{reasons[outcome.reason]} after {outcome.steps} steps{_quality(best)}")
    judged = f"the best model, of epoch {best.epoch + 1}" if best is not None else "no epoch was finished"
    say(f"{judged}; the last weights: {outcome.last}")
    typer.echo(str(outcome.model))
    if outcome.reason == "interrupted":
        say(f"ocrkit train --resume {shlex.quote(str(outcome.folder))} goes on")
        raise typer.Exit(128 + outcome.signal)


def _quality(best: EpochReport | None) -> str:
    """What the best model made of the validation lines, of each set where there are several."""
    if best is None or not best.sets:
        return ""
    found = {name: f"CER {each.cer:.4f}, exact {each.exact:.4f}" for name, each in best.sets.items()}
    if len(found) == 1:
        return f"; validation {found[best.judge]}"
    return f"; best by {best.judge}: " + "; ".join(f"{name} {quality}" for name, quality in found.items())


def _loaded(name: object) -> str | None:
    """The file of the model that ``--load`` names."""
    from ocrkit.model_files import find_model

    return None if name is None else str(find_model(str(name), runtime="torch").path)


def _without_none(**values: object) -> dict[str, object]:
    """What was given; an option that was not leaves recipe and defaults alone."""
    return {key: value for key, value in values.items() if value not in (None, {}, [])}


def _listed(*groups: object) -> list[object] | None:
    return [place for group in groups if isinstance(group, list) for place in group] or None


def _text(path: object) -> str | None:
    return None if path is None else str(path)
