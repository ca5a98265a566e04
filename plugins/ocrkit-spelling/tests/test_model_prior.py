from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ocrkit_spelling.corrector import make_corrector
from ocrkit_spelling.options import SpellingOptions
from ocrkit_spelling.prior import ModelPrior

from ocrkit.ctc import NgramModel
from ocrkit.text.language_model import build_language_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit import Charset
    from ocrkit.plugin.corrector_specs import LineReading

TEXT = "a red house by the sea\nmy horse ran far\nthe house is red\na horse ran by\n" * 20


@pytest.fixture
def arpa(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text(TEXT, "utf-8")
    build_language_model([tmp_path / "text.txt"], tmp_path / "lm.arpa", order=5)
    return tmp_path / "lm.arpa"


def test_a_model_weighs_a_word_in_its_line(
    arpa: Path, tmp_path: Path, english: Charset, seen: Callable[..., LineReading]
) -> None:
    (tmp_path / "words.txt").write_text("house\nhorse\nred\nran\n", "utf-8")
    corrector = make_corrector(english, SpellingOptions(words=str(tmp_path / "words.txt"), lm=str(arpa)))

    red = corrector.correct(seen("a red hovse", {8: ("u", 0.1)}))
    ran = corrector.correct(seen("a hovse ran", {4: ("r", 0.1)}))

    assert [change.after for change in red] == ["house"]
    assert [change.after for change in ran] == ["horse"]


def test_the_gain_is_the_difference_of_the_whole_lines(arpa: Path, english: Charset) -> None:
    model = NgramModel.read(arpa, english)
    prior = ModelPrior.of(model, 0.5)

    (gain,) = prior.gains("a hovse ran", 2, 7, [("horse",)])

    assert "<space>" in model
    horse, hovse = (model.log_prob(["a", "<space>", *word, "<space>", *"ran"]) for word in ("horse", "hovse"))
    assert gain == pytest.approx(0.5 * (horse - hovse))
