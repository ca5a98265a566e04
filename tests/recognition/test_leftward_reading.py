"""Reading lines that run from right to left: texts, characters, alternatives, lexicons."""

from __future__ import annotations

import bars
import pytest

from ocrkit.ctc import Lexicon
from ocrkit.data.records import Prediction, Sample
from ocrkit.evaluation import evaluate
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer, decode_posteriors
from ocrkit.text.charset import Charset

HEBREW = Charset("hebrew", ("", *"אבג 12"), direction="rtl")
SEEN = "21 בא"  # from left to right
READ = "אב 21"


def line(text: str | None = None) -> Sample:
    return Sample("line", lambda: bars.picture(SEEN, HEBREW), text=text)


def read(options: DecoderOptions | None = None) -> Prediction:
    recognizer = Recognizer(bars.reader(HEBREW), options=options or DecoderOptions(), device="cpu")
    found = next(recognizer.read([line()]))
    assert isinstance(found, Prediction)
    return found


def test_a_line_is_read_from_its_right_end() -> None:
    assert read().text == READ


def test_characters_come_as_they_are_read_with_the_px_where_they_stand() -> None:
    # Letter k of the picture begins at 8 k px and is 4 px wide.
    expected = [("א", 32), ("ב", 24), (" ", 16), ("2", 0), ("1", 8)]

    assert [(one.text, one.left, one.right) for one in read().characters] == [(t, x, x + 4) for t, x in expected]


def test_alternatives_are_texts_as_they_are_read() -> None:
    found = read(DecoderOptions(n_best=4))

    assert found.text == READ
    assert found.alternatives
    assert all(other.text[:1] in ("א", "ב", " ", "ג", "2") for other in found.alternatives)
    assert READ not in [other.text for other in found.alternatives]


@pytest.mark.parametrize("words", [["אב", "גג"], ["בא", "אב"]])
def test_lexicon_words_are_found(words: list[str]) -> None:
    assert read(DecoderOptions(lexicon=Lexicon.from_words(words, HEBREW))).text == READ


def test_saved_log_probabilities_read_alike() -> None:
    log_probs = bars.log_probs([SEEN], HEBREW, frames=12)

    found = decode_posteriors(log_probs, None, HEBREW, name="saved.npy")

    assert [one.text for one in found] == [READ]


def test_errors_are_counted_in_the_order_of_reading() -> None:
    recognizer = Recognizer(bars.reader(HEBREW), device="cpu")

    result = evaluate(recognizer, [line("אב 23")])

    assert result.count == 1
    assert result.lacking == {"3": 1}
    assert [(one.reference, one.read) for one in result.confusions] == [("3", "1")]


def test_a_model_from_before_reads_as_it_was_trained() -> None:
    logical = Charset("hebrew", HEBREW.symbols, direction="rtl", order="logical")
    model = bars.reader(logical)
    record = model.description()["charset"]
    assert isinstance(record, dict)
    del record["order"]

    assert Charset.from_dict(record) == logical
    recognizer = Recognizer(model, device="cpu")
    found = next(recognizer.read([line()]))
    assert isinstance(found, Prediction)
    assert found.text == SEEN
