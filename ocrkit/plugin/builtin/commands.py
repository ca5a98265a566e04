"""The commands of ocrkit itself."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import CommandSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

_SUMMARIES = {
    "train": "Train a model on labelled lines, or on lines drawn from a charset.",
    "read": "Read whole pages: scans, photographs and PDFs.",
    "train-segmenter": "Train what finds the lines of pages, on drawn pages and on real ones.",
    "decode": "Read line images, or decode saved log-probabilities.",
    "evaluate": "Measure a model's errors on labelled lines.",
    "align": "Lay the known text of pages on their lines, to train on.",
    "demo": "Read drawn lines with the installed models, and teach one of them another script.",
    "data": "Check, convert, draw and split labelled lines.",
    "charsets": "List, show, check and make charsets.",
    "models": "List, show and calibrate trained models.",
    "export": "Write a model as an ONNX file, for machines without torch.",
    "lm": "Build language models from texts, and score texts by them.",
    "plugins": "List, check and start plugins.",
}


@hookimpl
def ocrkit_commands() -> Iterator[CommandSpec]:
    """One module of ``ocrkit.cli`` a command, imported when the command is invoked."""
    for name, summary in _SUMMARIES.items():
        yield CommandSpec(name, summary, _Application(name))


class _Application:
    """Loads the application of one command: ``ocrkit.cli.NAME.app``, a hyphen being an underscore there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self) -> typer.Typer:
        # By name, since the command line stands floors above the plugins.
        application: typer.Typer = import_module(f"ocrkit.cli.{self._name.replace('-', '_')}").app
        return application
