"""Golden readings: no later change may alter what a model that has shipped reads."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ocrkit_models.golden import LEAST_MARGIN, margin_of
from ocrkit_models.package import DRAWN, GOLDEN, SOURCES, read_json, read_tables
from ocrkit_models.reading import greedy_reader, ranking_reader

from ocrkit.model_files import load_model

if TYPE_CHECKING:
    from ocrkit.data.records import Prediction

ROOT = Path(__file__).resolve().parents[1]
NAMES = [table["name"] for table in read_tables()["model"]]
ROUNDING = 0.01  # nats


def golden(name: str) -> dict[str, Any]:
    return read_json(ROOT / GOLDEN / f"{name}.json")


@cache
def read(name: str, how: str, form: str = "safetensors") -> list[Prediction]:
    readers = {"greedy": greedy_reader, "ranking": ranking_reader}
    recognizer = readers[how](load_model(SOURCES / f"{name}.{form}"))
    return list(recognizer.read(ROOT / DRAWN / reading["picture"] for reading in golden(name)["readings"]))


@pytest.mark.parametrize("name", NAMES)
def test_there_are_a_dozen_of_the_file_that_ships(name: str) -> None:
    data = (SOURCES / f"{name}.safetensors").read_bytes()

    assert len(golden(name)["readings"]) == 12
    assert golden(name)["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("how", ["greedy", "ranking"])
@pytest.mark.parametrize("name", NAMES)
def test_the_texts_are_the_same(name: str, how: str) -> None:
    assert [line.text for line in read(name, how)] == [reading["text"] for reading in golden(name)["readings"]]


@pytest.mark.parametrize("name", NAMES)
def test_the_scores_are_the_same_but_for_rounding(name: str) -> None:
    scores = [reading["score"] for reading in golden(name)["readings"]]

    assert [line.score for line in read(name, "greedy")] == pytest.approx(scores, abs=ROUNDING)


@pytest.mark.parametrize("name", NAMES)
def test_both_forms_read_alike(name: str) -> None:
    by_torch, by_onnx = read(name, "greedy"), read(name, "greedy", "onnx")

    assert [line.text for line in by_onnx] == [line.text for line in by_torch]
    assert [line.score for line in by_onnx] == pytest.approx([line.score for line in by_torch], abs=ROUNDING)


@pytest.mark.parametrize("name", [*NAMES, "lines"])
def test_the_onnx_form_takes_little_room(name: str) -> None:
    assert (SOURCES / f"{name}.onnx").stat().st_size < 100_000


@pytest.mark.parametrize("name", NAMES)
def test_the_second_reading_is_far_behind(name: str) -> None:
    assert min(map(margin_of, read(name, "ranking"))) > LEAST_MARGIN - 2 * ROUNDING
    assert min(reading["margin"] for reading in golden(name)["readings"]) > LEAST_MARGIN
