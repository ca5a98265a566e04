"""What the library's messages say of fields becomes the command's own flags."""

from __future__ import annotations

import inspect
import re

import pytest
import typer

from ocrkit import ctc
from ocrkit.cli import flags
from ocrkit.cli.decode import app as decode


@pytest.fixture(autouse=True)
def of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a command with these options were running."""

    def command(
        n_best: int = 1,
        language_model: str = typer.Option("", "--lm"),
        quit_: str = typer.Option("", "-q", "--quit"),
        force: bool = False,
        set_: str = typer.Option("", "--set"),
        lrate: float = 0.1,
        evaluation_data: str = "",
    ) -> None:
        del n_best, language_model, quit_, force, set_, lrate, evaluation_data

    application = typer.Typer(add_completion=False)
    application.command()(command)
    monkeypatch.setattr(flags, "_flags", {})
    flags.learn_flags(typer.main.get_command(application))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("n_best is 0; it is at least 1", "--n-best is 0; it is at least 1"),
        ("give one with `language_model`", "give one with --lm"),
        ("or `quit='fixed'` does", "or --quit fixed does"),
        ("replace it with `force=True`", "replace it with --force"),
        ("a lower `training.lrate` than 1", "a lower --lrate than 1"),
        ("name lines with `data.evaluation`", "name lines with --evaluation-data"),
        ("or `data.validation_fraction=0`", "or --set data.validation_fraction=0"),
        ("`reject_below` is no option here", "`reject_below` is no option here"),
        ("a.png: n_best is of no use", "a.png: n_best is of no use"),
    ],
)
def test_fields_become_flags(message: str, said: str) -> None:
    assert flags.in_flags(message) == said


@pytest.mark.parametrize("field", ["lm_weight", "lm_bonus"])
def test_the_help_names_the_default_that_the_search_has(field: str) -> None:
    [option] = [each for each in typer.main.get_command(decode).params if each.name == field]
    [said] = re.findall(r"([\d.]+) by default", getattr(option, "help", ""))

    for search in (ctc.beam_search, ctc.text_search, ctc.BeamStream):
        assert inspect.signature(search).parameters[field].default == float(said)


def test_the_flags_of_a_command_that_ran_before_are_forgotten() -> None:
    application = typer.Typer(add_completion=False)
    application.command()(lambda: None)

    flags.learn_flags(typer.main.get_command(application))

    assert flags.in_flags("n_best is 0; `force` it") == "n_best is 0; `force` it"
