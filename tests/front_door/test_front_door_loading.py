"""The Python interface: models, lexicons and language models by name, and options by keyword."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import bars
import pytest

import ocrkit
from ocrkit.ctc import Lexicon, NgramModel
from ocrkit.errors import (
    MissingFileError,
    OptionError,
    UnknownNameError,
)
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition.asked import DecodingKeywords

if TYPE_CHECKING:
    from pathlib import Path


def test_a_model_is_loaded_by_file_folder_and_itself(model_file: Path) -> None:
    folder = model_file.parent / "run"
    folder.mkdir()
    model_file.rename(folder / "model.safetensors")

    for name in (folder, str(folder), folder / "model.safetensors", bars.reader()):
        [line] = ocrkit.Recognizer.load(name).read([bars.picture("ab")])
        assert line.text == "ab"


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingFileError, match="no model file"):
        ocrkit.Recognizer.load("nowhere/model.safetensors")


def test_a_lexicon_is_a_list_a_file_or_a_lexicon(model_file: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("abc\ncc\n", "utf-8")
    lexicon = Lexicon.from_words(["abc", "cc"], bars.ABC)

    for given in (["abc", "cc"], ("abc", "cc"), tmp_path / "words.txt", str(tmp_path / "words.txt"), lexicon):
        [line] = ocrkit.Recognizer.load(model_file, lexicon=given).read([bars.picture("abb")])
        assert line.text in {"abc", "cc"}


def test_a_language_model_is_a_file_or_a_model(model_file: Path, tmp_path: Path) -> None:
    arpa = "\\data\\\nngram 1=5\n\n\\1-grams:\n-0.7\t<s>\n-0.7\t</s>\n-0.7\ta\n-0.7\tb\n-0.7\tc\n\n\\end\\\n"
    (tmp_path / "abc.arpa").write_text(arpa, "utf-8")
    model = NgramModel.read(tmp_path / "abc.arpa", bars.ABC)

    for given in (tmp_path / "abc.arpa", str(tmp_path / "abc.arpa"), model):
        [line] = ocrkit.Recognizer.load(model_file, language_model=given, lm_weight=0.1).read([bars.picture("ab")])
        assert line.text == "ab"
    with pytest.raises(OptionError, match="language_model is 7; expected an ARPA file"):
        ocrkit.Recognizer.load(model_file, language_model=7)  # type: ignore[arg-type]


def test_options_of_decoders_go_by_their_names(model_file: Path) -> None:
    [line] = ocrkit.Recognizer.load(model_file, beam_width=8, n_best=3).read([bars.picture("ab")])

    assert line.text == "ab"
    assert line.alternatives
    with pytest.raises(UnknownNameError, match="no option 'beamwidth'; did you mean 'beam_width'"):
        ocrkit.Recognizer.load(model_file, beamwidth=8)  # type: ignore[call-arg]


def test_the_keywords_of_decoding_are_the_fields_of_its_options() -> None:
    assert set(DecodingKeywords.__annotations__) == {field.name for field in fields(DecoderOptions)} - {
        "lexicon",
        "language_model",
    }


def test_the_unit_of_a_language_model_and_the_decoder_are_as_asked(model_file: Path, tmp_path: Path) -> None:
    arpa = "\\data\\\nngram 1=3\n\n\\1-grams:\n-0.7\t<s>\n-0.7\t</s>\n-0.7\tabc\n\n\\end\\\n"
    (tmp_path / "words.arpa").write_text(arpa, "utf-8")

    with pytest.raises(OptionError, match="decoder 'beam' has no words"):
        ocrkit.Recognizer.load(model_file, language_model=tmp_path / "words.arpa", lm_unit="word")
    with pytest.raises(OptionError, match="decoder 'lexicon' needs a lexicon"):
        ocrkit.Recognizer.load(model_file, decoder="lexicon")


@pytest.mark.parametrize("separators", ["c", ["c"], [3], {3}])
def test_separators_are_characters_or_labels(model_file: Path, separators: object) -> None:
    reader = ocrkit.Recognizer.load(model_file, lexicon=["a", "b"], decoder="text", separators=separators)  # type: ignore[arg-type]

    assert [line.text for line in reader.read([bars.picture("acb")])] == ["acb"]


@pytest.mark.parametrize("separators", [[9], [-1], [0], [None], 7])
def test_what_is_no_separator_is_told(model_file: Path, separators: object) -> None:
    with pytest.raises(OptionError, match="separators"):
        ocrkit.Recognizer.load(model_file, lexicon=["a"], decoder="text", separators=separators)  # type: ignore[arg-type]


def test_nothing_in_the_place_of_a_language_models_file_is_told() -> None:
    with pytest.raises(OptionError, match="path is None; expected the name of an ARPA file"):
        NgramModel.read(None, ["", "a"])  # type: ignore[arg-type]
