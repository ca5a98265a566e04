"""The cards and the figures that they are made of: made anew, they come out the same."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ocrkit_models.card import card_of
from ocrkit_models.drawing import drawn_sets
from ocrkit_models.measuring import LineSet, figures_of
from ocrkit_models.package import SOURCES, read_json, read_tables
from ocrkit_models.reading import greedy_reader

from ocrkit.model import Model
from ocrkit.text.metrics import wilson_interval

ROOT = Path(__file__).resolve().parents[1]
TABLES = read_tables()["model"]
NAMES = [table["name"] for table in TABLES]
COUNTS = (
    "lines",
    "in_all",
    "exact_lines",
    "characters",
    "character_edits",
    "aksharas",
    "akshara_edits",
    "words",
    "word_edits",
)
# Another processor rounds otherwise, which may tip a reading that is as likely as the next.
ROUNDING = {"exact_lines": 1, "character_edits": 2, "akshara_edits": 2, "word_edits": 2}


def evaluation(name: str) -> dict[str, Any]:
    return read_json(SOURCES / f"{name}.json")


@cache
def model(name: str) -> Model:
    return Model.load(SOURCES / f"{name}.safetensors")


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_made_of_the_files_beside_it(name: str) -> None:
    assert card_of(name) == (SOURCES / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_are_those_of_the_file_that_ships(name: str) -> None:
    data = (SOURCES / f"{name}.safetensors").read_bytes()

    assert evaluation(name)["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "figures"),
    [(name, figures) for name in NAMES for figures in evaluation(name)["sets"]],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
def test_every_rate_follows_from_its_counts(name: str, figures: dict[str, Any]) -> None:
    rates = {
        "cer": figures["character_edits"] / figures["characters"],
        "akshara_cer": figures["akshara_edits"] / figures["aksharas"],
        "wer": figures["word_edits"] / figures["words"],
        "exact": figures["exact_lines"] / figures["lines"],
    }

    assert {key: figures[key] for key in rates} == pytest.approx(rates, abs=1e-6)
    assert figures["exact_interval"] == pytest.approx(
        wilson_interval(figures["exact_lines"], figures["lines"]), abs=1e-6
    )
    assert sum(each["count"] for each in figures["confusions"]) <= figures["character_edits"]
    assert sum(each["count"] for each in figures["akshara_confusions"]) <= figures["akshara_edits"]


@pytest.mark.parametrize(
    ("name", "language"),
    [(table["name"], language) for table in TABLES for language in table["languages"]],
)
def test_the_figures_of_the_drawn_lines_come_out_the_same(name: str, language: str) -> None:
    [(key, folder)] = drawn_sets(ROOT, [language]).items()
    [told] = [figures for figures in evaluation(name)["sets"] if figures["name"] == key]

    found, _ = figures_of(greedy_reader(model(name)), LineSet(key, folder))

    for count in COUNTS:
        assert found[count] == pytest.approx(told[count], abs=ROUNDING.get(count, 0)), count


@pytest.mark.parametrize("name", NAMES)
def test_the_precision_that_ships_reads_as_the_full_one(name: str) -> None:
    half = evaluation(name)["half"] or {"lines": 1, "different": 0}

    assert half["different"] <= half["lines"] / 1000
