"""Which units of a language model a charset's labels are, and what is said where the two do not fit."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.ctc import Lexicon, NgramModel, beam_search, text_search
from ocrkit.ctc.ngram_units import label_units
from ocrkit.errors import LanguageModelError
from ocrkit.text.charset import Charset
from ocrkit.text.normalization import Rewrite

if TYPE_CHECKING:
    from pathlib import Path

AB_SPACE = Charset("ab", ("", "a", "b", " "))
CHILLU = Charset("chillu", ("", "ന", "്", "ൻ"), rewrites=(Rewrite("ന്\u200d", "ൻ"), Rewrite("\u200d", "")))


def arpa(*units: str, log10: float = -0.5) -> bytes:
    """A model in which each unit, and the end, has the same probability."""
    lines = "".join(f"{log10}\t{unit}\n" for unit in (*units, "</s>"))
    return f"\\data\\\nngram 1={len(units) + 1}\n\\1-grams:\n{lines}\\end\\\n".encode()


def model_term(model: NgramModel, charset: Charset, text: str) -> float:
    """What the model adds, at weight 1, to the score of a text that stands in the frames."""
    labels = charset.encode(text)
    log_probs = np.full((1, 2 * len(labels), len(charset.symbols)), -30.0, np.float32)
    log_probs[0, range(0, 2 * len(labels), 2), labels] = 0
    log_probs[0, 1::2, 0] = 0
    [[best]] = beam_search(log_probs, language_model=model, lm_weight=1.0, token_cut=0.0)
    assert best.labels.tolist() == list(labels)
    return best.score - best.acoustic_score


def test_labels_without_a_unit_can_be_asked_for() -> None:
    assert NgramModel(arpa("a"), AB_SPACE).unknown_labels == (2, 3)
    assert NgramModel(arpa("a", "b", "<space>"), AB_SPACE).unknown_labels == ()


@pytest.mark.parametrize("space", ["<space>", "<SPACE>", "<sp>", "▁", "|"])
def test_the_space_goes_by_several_names(space: str) -> None:
    model = NgramModel(arpa("a", "b", space), AB_SPACE)

    assert model.unknown_labels == ()
    assert model_term(model, AB_SPACE, "a b") == pytest.approx(4 * -0.5 * math.log(10), abs=1e-3)


def test_a_bar_that_is_a_label_is_no_space() -> None:
    charset = Charset("bar", ("", "a", " ", "|"))

    assert NgramModel(arpa("a", "|"), charset).unknown_labels == (2,)


def test_a_unit_in_an_old_spelling_is_the_label_that_it_is_respelled_as() -> None:
    model = NgramModel(arpa("ന", "്", "ന്\u200d"), CHILLU)

    assert model.unknown_labels == ()
    assert model_term(model, CHILLU, "ൻ") == pytest.approx(2 * -0.5 * math.log(10), abs=1e-3)


def test_an_old_spelling_may_be_several_units() -> None:
    model = NgramModel(arpa("ന", "്", "\u200d"), CHILLU)

    assert model.unknown_labels == ()
    assert model_term(model, CHILLU, "ൻ") == pytest.approx(4 * -0.5 * math.log(10), abs=1e-3)


def warnings_of(tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, charset: Charset, unit: str) -> str:
    (tmp_path / "m.arpa").write_bytes(content)
    with caplog.at_level(logging.WARNING, logger="ocrkit"):
        NgramModel.read(tmp_path / "m.arpa", charset, unit=unit)  # type: ignore[arg-type]
    return caplog.text


def test_what_a_model_lacks_is_said_the_space_first(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = warnings_of(tmp_path, caplog, arpa("a"), AB_SPACE, "character")

    assert "m.arpa has no unit for 2 of 3 labels, so they are unknown to it: the space, 'b'; without one for" in said


def test_a_model_that_lacks_nothing_is_read_in_silence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert warnings_of(tmp_path, caplog, arpa("a", "b", "|"), AB_SPACE, "character") == ""


def test_words_for_characters_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = warnings_of(tmp_path, caplog, arpa("a", "ab", "ba"), AB_SPACE, "character")

    assert "it is a model of words, it seems, which wants `unit='word'` and a `lexicon`" in said


def test_some_long_units_make_no_model_of_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = warnings_of(tmp_path, caplog, arpa("a", "ab"), AB_SPACE, "character")

    assert "has no unit for 2 of 3 labels" in said
    assert "model of words" not in said


def test_of_two_units_that_are_spelled_alike_the_first_counts() -> None:
    # The blank is none of them; then a, b and the space.
    assert label_units(["▁", "<space>", "a", "b"], AB_SPACE) == [[-1], [2], [3], [0]]


def test_a_joiner_that_is_nothing_by_itself_is_the_unit_that_is_written_so() -> None:
    charset = Charset("joined", ("", "a", "\u200c"), rewrites=(Rewrite("\u200c", "", unless_after="a"),))

    assert label_units(["a", "\u200c"], charset) == [[-1], [0], [1]]


def test_characters_for_words_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = warnings_of(tmp_path, caplog, arpa("a", "b"), AB_SPACE, "word")

    assert "m.arpa is one of characters, it seems, which `unit='character'` reads" in said


def test_a_model_that_knows_no_label_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.arpa").write_bytes(arpa("ab", "ba"))

    with pytest.raises(LanguageModelError, match=r"m\.arpa: none of its 3 units is a label; it is a model of words"):
        NgramModel.read(tmp_path / "m.arpa", AB_SPACE)


def test_a_model_that_knows_no_entry_is_refused() -> None:
    model = NgramModel(arpa("AB", "BA"), AB_SPACE, unit="word")
    lexicon = Lexicon.from_words(["ab", "ba"], AB_SPACE)

    with pytest.raises(LanguageModelError, match="none of the lexicon's 2 entries is among the 3 units"):
        text_search(np.zeros((1, 1, 4), np.float32), lexicon=lexicon, separators=[3], language_model=model)
