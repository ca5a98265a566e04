"""The lines that predictions are written as."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator

import pytest

from ocrkit.data.frame import Frame
from ocrkit.data.outputs import render_jsonl, render_text, render_tsv
from ocrkit.data.records import Alternative, CharacterSpan, Prediction
from ocrkit.plugin.registry import load_registry

Render = Callable[[Iterable[Prediction]], Iterator[str]]


def test_tsv_is_name_tab_text_in_the_order_given() -> None:
    predictions = [Prediction("b.png", "കട", -1.0, 0.5), Prediction("a.png", "", -math.inf, 0.0, rejected=True)]

    assert list(render_tsv(predictions)) == ["b.png\tകട\n", "a.png\t\n"]


def test_tsv_keeps_two_columns_whatever_the_name_and_text_hold() -> None:
    prediction = Prediction("a\tb\nc\r.png", "x\ty\\n", -1.0, 0.5)

    assert list(render_tsv([prediction])) == ["a\\tb\\nc\\r.png\tx\\ty\\n\n"]


@pytest.mark.parametrize("render", [render_tsv, render_text, render_jsonl])
def test_a_file_name_that_is_not_utf8_can_be_written_as_utf8(render: Render) -> None:
    prediction = Prediction(b"\xff.png".decode("utf-8", "surrogateescape"), "a", -1.0, 0.5)

    lines = list(render([prediction]))

    assert "".join(lines).encode("utf-8")


def test_json_gives_such_a_name_back() -> None:
    name = b"\xff.png".decode("utf-8", "surrogateescape")

    (line,) = render_jsonl([Prediction(name, "a", -1.0, 0.5)])

    assert json.loads(line)["name"] == name


def test_text_is_one_line_a_prediction() -> None:
    predictions = [Prediction("a", "one", -1.0, 0.5), Prediction("b", "", -1.0, 0.5), Prediction("c", "x\ny", -1, 1)]

    assert list(render_text(predictions)) == ["one\n", "\n", "x y\n"]


def test_jsonl_holds_everything_that_was_read() -> None:
    prediction = Prediction(
        name="a.png",
        text="ക",
        score=-0.25,
        confidence=0.75,
        characters=(CharacterSpan("ക", 3, 11, 0.5),),
        alternatives=(Alternative("ഖ", -2.0),),
        frame=Frame(110, 44, 6),
    )

    (line,) = render_jsonl([prediction])

    assert "ക" in line
    assert json.loads(line) == {
        "name": "a.png",
        "text": "ക",
        "score": -0.25,
        "confidence": 0.75,
        "rejected": False,
        "alternatives": [{"text": "ഖ", "score": -2.0}],
        "characters": [{"text": "ക", "left": 3, "right": 11, "confidence": 0.5}],
        "frame": {"width": 110, "height": 44, "orientation": 6},
    }


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_jsonl_writes_null_for_what_json_cannot_say(number: float) -> None:
    prediction = Prediction(
        "a", "x", number, number, (CharacterSpan("x", 0, 1, number),), (Alternative("y", number),), rejected=True
    )

    (line,) = render_jsonl([prediction])

    record = json.loads(line, parse_constant=pytest.fail)
    assert record["score"] is None
    assert record["confidence"] is None
    assert record["characters"][0]["confidence"] is None
    assert record["alternatives"][0]["score"] is None
    assert record["rejected"] is True


def test_jsonl_takes_numpy_numbers() -> None:
    numpy = pytest.importorskip("numpy")

    (line,) = render_jsonl([Prediction("a", "x", numpy.float32(-0.5), numpy.float32(0.5))])

    assert json.loads(line)["score"] == -0.5


def test_predictions_are_written_as_they_come() -> None:
    def endless() -> Iterator[Prediction]:
        while True:
            yield Prediction("a", "x", -1.0, 0.5)

    assert next(render_tsv(endless())) == "a\tx\n"


def test_the_built_in_formats_are_offered_by_name() -> None:
    registry = load_registry("none")

    assert {offer.name: offer.value.suffix for offer in registry.renderers()} == {
        "tsv": ".tsv",
        "text": ".txt",
        "jsonl": ".jsonl",
    }
