"""The Python interface: training and evaluating by keyword, and symbols in the place of charsets."""

from __future__ import annotations

import io
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest

import ocrkit
from ocrkit.ctc import Lexicon, greedy
from ocrkit.data.records import Sample
from ocrkit.errors import (
    ConfigError,
    DataError,
    LexiconError,
    OptionError,
    UnknownNameError,
)
from ocrkit.training.by_keyword import RunKeywords, config_of
from ocrkit.training.settings import DataSettings, RunConfig, TrainingSettings

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = {
    "charset": "from-data",
    "preprocessing": {"height": 16},
    "backbone": {"options": {"channels": [8, 12], "pools": ["2x2", "2x1"]}},
    "head": {"rnn": [{"size": 12}]},
    "batch_size": 8,
    "device": "cpu",
    "precision": "float32",
    "workers": 0,
}


def test_the_keywords_of_training_are_the_fields_of_a_run() -> None:
    of_tables = {field.name for cls in (DataSettings, TrainingSettings) for field in fields(cls)}

    assert (
        set(RunKeywords.__annotations__) == {field.name for field in fields(RunConfig)} - {"data", "said"} | of_tables
    )


def test_keywords_reach_the_tables_that_they_belong_to() -> None:
    config = config_of(
        [Path("lines"), "more.tsv"],
        settings={
            "charset": "english",
            "epochs": 3,
            "max_bad": 0.5,
            "evaluation": "dev",
            "backbone": "resnet",
            "head": "lean",
        },
    )

    assert config.data.training == ("lines", "more.tsv")
    assert config.data.evaluation == ("dev",)
    assert (config.charset, config.training.epochs, config.data.max_bad) == ("english", 3, 0.5)
    assert (config.backbone.name, config.head.name) == ("resnet", "lean")


def test_keywords_lie_over_the_configuration_and_that_over_the_recipe() -> None:
    table = {"training": {"epochs": 4, "batch_size": 7}}

    config = config_of("lines", config=table, recipe="captcha", settings={"epochs": 3})

    recipe = config_of("lines", recipe="captcha", settings={})
    assert (recipe.training.epochs, recipe.training.batch_size) == (100, 16)
    assert (config.training.epochs, config.training.batch_size) == (3, 7)
    assert config.preprocessing == recipe.preprocessing != RunConfig().preprocessing


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"epoch": 5}, UnknownNameError, "no setting 'epoch'; did you mean 'epochs'"),
        ({"epochs": "5"}, ConfigError, "training: epochs is '5'; expected a whole number"),
        ({"epochs": 0}, OptionError, "epochs is 0; expected at least 1"),
        ({"charset": None}, ConfigError, "charset is None; expected a string"),
    ],
)
def test_a_wrong_setting_is_told(settings: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ocrkit.train("lines", **settings)  # type: ignore[arg-type]


def test_a_configuration_in_the_place_of_data_is_told() -> None:
    with pytest.raises(OptionError, match=r"give it by keyword: train\(config=...\)"):
        ocrkit.train(RunConfig())  # type: ignore[arg-type]


def test_five_lines_train_and_read(labelled: Path, tmp_path: Path) -> None:
    outcome = ocrkit.train(labelled, epochs=1, validation_fraction=0.2, output=tmp_path / "run", **SMALL)  # type: ignore[arg-type]
    reader = ocrkit.Recognizer.load(outcome.folder)

    assert len(list(reader.read(labelled))) == 10
    assert outcome.epochs == 1


def test_a_reader_is_evaluated_on_folders_tables_samples_and_pairs(reader: ocrkit.Recognizer, labelled: Path) -> None:
    images = {str(labelled / "0.png"): "ab", str(labelled / "1.png"): "bb"}
    pairs = [(labelled / "0.png", "ab"), (bars.picture("ba"), "bb")]

    assert ocrkit.evaluate(reader, labelled).cer == 0
    assert ocrkit.evaluate(reader, str(labelled / "labels.tsv")).count == 10
    assert ocrkit.evaluate(reader, [labelled, labelled / "labels.tsv"]).count == 20
    assert ocrkit.evaluate(reader, [Sample("x", labelled / "0.png", "ab")]).exact == 1
    assert ocrkit.evaluate(reader, pairs).cer == pytest.approx(1 / 4)
    assert ocrkit.evaluate(reader, images).cer == pytest.approx(1 / 4)


@pytest.mark.parametrize("lines", [None, 7, [1, 2], [("a.png",)]])
def test_what_is_no_labelled_line_is_refused(reader: ocrkit.Recognizer, lines: object) -> None:
    with pytest.raises(DataError, match="expected a folder or table of labelled lines"):
        ocrkit.evaluate(reader, lines)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["malayalam", None, Path("model.safetensors")])
def test_what_is_no_model_is_refused_with_the_way_out(model: object) -> None:
    with pytest.raises(OptionError, match=r"expected a Model; Recognizer.load\(name\) loads one"):
        ocrkit.Recognizer(model)  # type: ignore[arg-type]


@pytest.mark.parametrize("option", ["batch_size", "workers", "n_best", "threads", "beam_width"])
def test_a_string_for_a_number_is_told_by_name(model_file: Path, option: str) -> None:
    with pytest.raises(OptionError, match=f"{option} is '5'; expected a whole number"):
        ocrkit.Recognizer.load(model_file, **{option: "5"})  # type: ignore[arg-type]


def test_open_files_are_read(reader: ocrkit.Recognizer, labelled: Path) -> None:
    packed = io.BytesIO((labelled / "1.png").read_bytes())
    with (labelled / "0.png").open("rb") as file:
        found = [(line.name, line.text) for line in reader.read([file, packed])]

    assert found == [(str(labelled / "0.png"), "ab"), ("image 1", "ba")]


@pytest.mark.parametrize("call", [ocrkit.Model.load, ocrkit.resolve_charset])
def test_nothing_in_the_place_of_a_name_is_told(call: Callable[[object], object]) -> None:
    with pytest.raises(OptionError, match="is None; expected"):
        call(None)


def test_a_charset_in_the_place_of_its_name_is_told() -> None:
    with pytest.raises(OptionError, match="charset is a Charset; a configuration holds its name"):
        ocrkit.train("lines", charset=bars.ABC)  # type: ignore[arg-type]


def test_a_name_in_the_place_of_a_reader_is_told(labelled: Path) -> None:
    with pytest.raises(OptionError, match="expected a Recognizer"):
        ocrkit.evaluate("malayalam", labelled)  # type: ignore[arg-type]


def test_symbols_serve_where_a_charset_is_asked() -> None:
    symbols = ["", "a", "b"]
    lexicon = Lexicon.from_words(["ab", "ba"], symbols)

    assert lexicon.labels(0).tolist() == [1, 2]
    assert greedy(np.log(np.full((1, 2, 3), 1 / 3, np.float32))).texts(bars.ABC) == [""]


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        ("english", "expected a Charset, or the text of each label.*resolve_charset"),
        (None, "charset is None; expected a Charset"),
        (["a", "b"], "none of the 2 symbols is empty, as the blank's is"),
        (["", 7], "the symbol of label 1 is 7; expected a string"),
    ],
)
def test_what_is_neither_charset_nor_symbols_is_told(symbols: object, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Lexicon.from_words(["a"], symbols)  # type: ignore[arg-type]


def test_words_that_the_symbols_lack_are_told() -> None:
    with pytest.raises(LexiconError, match="cannot be spelled with these symbols: 'abc'"):
        Lexicon.from_words(["abc"], ["", "a", "b"])
