"""Lines that a corrector mends: what becomes of text, characters, confidences, and lines that have no reading."""

from __future__ import annotations

from itertools import product

import bars
import correctors
import numpy as np
import pytest
from correctors import Offering, Told

from ocrkit.correcting import correct_prediction
from ocrkit.correcting.choosing import LineCorrector
from ocrkit.data.changes import Change
from ocrkit.data.records import CharacterSpan, Prediction, Sample
from ocrkit.errors import ConfigError, OptionError, PluginError, UnknownNameError
from ocrkit.plugin.corrector_specs import LineReading
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer, decode_posteriors
from ocrkit.text.calibration import Calibration, CoveragePoint
from ocrkit.text.charset import Charset

PAIRS = Charset("pairs", ("", "a", "b", "c", "bc"))
HEBREW = Charset("hebrew", ("", *"אבג 12"), direction="rtl")


def corrected(text: str, told: Told, *, frames: int = 12, charset: Charset = bars.ABC) -> Prediction:
    log_probs = bars.log_probs([text], charset, frames=frames)
    [found] = decode_posteriors(log_probs, None, charset, name="saved", corrector=told)
    return found


def spans(prediction: Prediction) -> list[tuple[str, int, float]]:
    return [(one.text, one.left, round(one.confidence, 3)) for one in prediction.characters]


def test_the_text_is_the_corrected_one_and_what_was_read_is_kept() -> None:
    found = corrected("abca", Told("bc", "cb"))

    assert found.text == "acba"
    assert found.original == "abca"
    assert found.changes == (Change(1, 3, "bc", "cb", 2.5),)


def test_score_and_confidence_stay_those_of_what_was_read() -> None:
    found, plain = corrected("abca", Told("bc", "cb")), corrected("abca", Told("x", "y"))

    assert (found.score, found.confidence) == (plain.score, plain.confidence)


def test_characters_of_a_changed_word_are_laid_on_its_frames() -> None:
    # Letters stand on frames 0, 2, 4 and 6, each blank between; a second "b" is likeliest where a blank is not.
    found = corrected("abca", Told("bc", "bb"))

    assert spans(found) == [("a", 0, 0.91), ("b", 2, 0.91), ("b", 4, 0.03), ("a", 6, 0.91)]


def best_frames(log_probs: np.ndarray, labels: list[int]) -> float:
    """The nats of the best path that spells labels, of all paths there are."""
    best = -np.inf
    for path in product(range(log_probs.shape[1]), repeat=len(log_probs)):
        runs = [label for at, label in enumerate(path) if (at == 0 or path[at - 1] != label) and label]
        if runs == labels:
            best = max(best, sum(log_probs[at, label] for at, label in enumerate(path)))
    return float(best)


@pytest.mark.parametrize("seed", range(4))
def test_each_character_stands_where_the_best_of_all_paths_has_it(seed: int) -> None:
    drawn = np.random.default_rng(seed).dirichlet(np.ones(4), size=7)
    log_probs = np.log(drawn).astype(np.float32)
    reading = Prediction("line", "b", -1.0, 0.5, (CharacterSpan("b", 3, 4, 0.5),))
    lines = LineCorrector(Told("b", "ca"), bars.ABC)

    found = correct_prediction(reading, lines, frames=(3,), log_probs=log_probs, span=lambda frame: (frame, frame + 1))

    first, second = (one.left for one in found.characters)
    held = log_probs.copy()
    for frame, label in ((first, 3), (second, 1)):  # with those two labels on those two frames for certain
        others = [other for other in range(4) if other != label]
        held[frame, others] = -1e9
    assert best_frames(held, [3, 1]) == pytest.approx(best_frames(log_probs, [3, 1]))
    assert found.characters[0].confidence == pytest.approx(drawn[first, 3], rel=1e-4)


def test_a_word_for_which_there_are_too_few_frames_is_spread_evenly() -> None:
    found = corrected("ab", Told("ab", "abcabcabc"), frames=4)

    assert found.text == "abcabcabc"
    assert "".join(one.text for one in found.characters) == "abcabcabc"
    assert (found.characters[0].left, found.characters[-1].right) == (0, 3)


def test_without_log_probabilities_characters_share_the_room_and_the_least_confidence() -> None:
    characters = tuple(CharacterSpan(letter, 10 * at, 10 * at + 8, 0.9 - at / 10) for at, letter in enumerate("abc"))
    reading = Prediction("line", "abc", -1.0, 0.5, characters)

    found = correct_prediction(reading, LineCorrector(Told("bc", "aaa"), bars.ABC))

    assert [(one.text, one.left, one.right) for one in found.characters[1:]] == [
        ("a", 10, 16),
        ("a", 16, 22),
        ("a", 22, 28),
    ]
    assert {round(one.confidence, 6) for one in found.characters[1:]} == {0.7}


def test_a_change_within_a_label_of_several_characters_concerns_all_of_it() -> None:
    reading = Prediction("line", "abc", -1.0, 0.5, (CharacterSpan("a", 0, 4, 0.9), CharacterSpan("bc", 4, 8, 0.8)))

    found = correct_prediction(reading, LineCorrector(Told("c", "a"), PAIRS))

    assert found.text == "aba"
    assert [one.text for one in found.characters] == ["a", "b", "a"]
    assert found.characters[0] == reading.characters[0]


@pytest.mark.parametrize(("before", "after", "texts"), [("b", "", ["a", "c"]), ("ab", "a", ["a", "c"])])
def test_letters_may_be_taken_away(before: str, after: str, texts: list[str]) -> None:
    found = corrected("abc", Told(before, after))

    assert [one.text for one in found.characters] == texts
    assert found.original == "abc"


def test_letters_may_be_put_in_between_two() -> None:
    class Putting(Told):
        def correct(self, reading: LineReading) -> list[Change]:
            return [Change(1, 1, "", "c", 1.0)]

    found = corrected("ab", Putting("", ""))

    assert found.text == "acb"
    assert [(one.text, one.left) for one in found.characters] == [("a", 0), ("c", 1), ("b", 2)]


def test_a_word_that_runs_from_right_to_left_is_laid_on_paper_the_right_way() -> None:
    found = corrected("21 בא", Told("אב", "אג"), charset=HEBREW)  # read אב 21

    assert found.text == "אג 21"
    # On paper: 2 and 1 on frames 0 and 2, the space on 4, ג where ב stood on 6, א on 8.
    assert [(one.text, one.left) for one in found.characters] == [("א", 8), ("ג", 6), (" ", 4), ("2", 0), ("1", 2)]


def test_probabilities_of_laid_characters_are_tempered_as_all_others() -> None:
    log_probs = bars.log_probs(["abca"], bars.ABC, frames=12)

    [found] = decode_posteriors(
        log_probs,
        None,
        bars.ABC,
        name="saved",
        corrector=Told("bc", "bb"),
        calibration=Calibration(2.0, 1000, "drawn", 0.1, 0.0, (CoveragePoint(0.0, 1000, 300),)),
    )

    shares = np.sqrt([0.91, 0.03, 0.03, 0.03])
    assert found.characters[2].confidence == pytest.approx(shares[1] / shares.sum(), rel=1e-3)
    assert found.characters[1].confidence == pytest.approx(shares[0] / shares.sum(), rel=1e-3)


def test_a_line_without_a_reading_is_left_alone() -> None:
    told = Told("b", "c")
    rejected = Prediction("line", "", -np.inf, 0.0, rejected=True)
    failed = Prediction("line", "", -np.inf, 0.0, error="it is no image")

    for reading in (rejected, failed):
        assert correct_prediction(reading, LineCorrector(told, bars.ABC)) is reading
    assert told.asked == []


def test_a_line_that_is_rejected_for_its_confidence_has_no_changes() -> None:
    found = corrected("ab", Told("b", "c")).unless_below(1.1)

    assert (found.text, found.changes, found.original) == ("", (), "")


def test_the_corrected_text_is_no_alternative() -> None:
    log_probs = bars.log_probs(["ab"], bars.ABC, frames=4)

    [found] = decode_posteriors(
        log_probs, None, bars.ABC, name="saved", options=DecoderOptions(n_best=9), corrector=Told("b", "c")
    )

    assert found.text == "ac"
    assert "ac" not in [other.text for other in found.alternatives]


def test_each_line_comes_with_its_own_frames_and_no_padding() -> None:
    told = Told("b", "c")
    recognizer = Recognizer(bars.reader(), corrector=told, device="cpu")
    samples = [Sample(text, lambda text=text: bars.picture(text)) for text in ("abca", "b")]  # type: ignore[misc]

    found = list(recognizer.read(samples))

    assert [one.text for one in found] == ["acca", "c"]
    assert [one.original for one in found] == ["abca", "b"]
    asked = {reading.text: reading for reading in told.asked}
    assert {text: len(reading.log_probs) for text, reading in asked.items() if reading.log_probs is not None} == {
        "abca": 8,
        "b": 2,
    }
    assert asked["abca"].frames == (0, 2, 4, 6)
    # Letter k begins at 8 k px and is 4 px wide.
    assert [(one.left, one.right) for one in found[0].characters] == [(0, 4), (8, 12), (16, 20), (24, 28)]


def test_what_a_corrector_says_must_stand_in_the_line() -> None:
    class Lying(Told):
        def correct(self, reading: LineReading) -> list[Change]:
            return [Change(0, 1, "x", "y", 1.0)]

    with pytest.raises(PluginError, match=r"corrector 'given' on 'ab': .* says 'x' of 'a'"):
        corrected("ab", Lying("", ""))


def test_a_corrector_answers_in_the_spelling_of_the_charset() -> None:
    charset = Charset("accents", ("", "e", "é"))
    lines = LineCorrector(Told("e", "e\u0301"), charset)

    assert [change.after for change in lines.changes(LineReading("e"))] == ["é"]
    assert LineCorrector(Told("é", "e\u0301"), charset).changes(LineReading("é")) == ()


def test_a_corrector_is_taken_by_its_name_with_options() -> None:
    recognizer = Recognizer.load(
        bars.reader(), correct="told", correct_options={"after": "a"}, registry=correctors.registry(), device="cpu"
    )

    [found] = recognizer.read([bars.picture("abc")])

    assert found.text == "aac"


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"correct": "tolt"}, UnknownNameError, "no corrector 'tolt'; did you mean 'told'"),
        ({"correct": "told", "correct_options": {"aftr": "a"}}, ConfigError, "corrector 'told': no option 'aftr'"),
        ({"correct_options": {"after": "a"}}, OptionError, "name one with `correct`"),
    ],
)
def test_what_cannot_be_asked_of_a_corrector_is_told(
    asked: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Recognizer.load(bars.reader(), registry=correctors.registry(), device="cpu", **asked)  # type: ignore[arg-type]


def test_what_is_no_corrector_is_told() -> None:
    with pytest.raises(OptionError, match="corrector is a str; expected a Corrector"):
        Recognizer(bars.reader(), corrector="told")  # type: ignore[arg-type]


def test_proposals_come_with_the_reading_and_change_nothing() -> None:
    recognizer = Recognizer(bars.reader(), proposer=Offering("b", "c"), device="cpu")

    [found] = recognizer.read([bars.picture("abc")])

    assert (found.text, found.changes) == ("abc", ())
    assert found.proposals == (Change(1, 2, "b", "c", 2.5), Change(1, 2, "b", "?", -1.0))


def test_proposals_stand_in_the_corrected_text_where_no_change_does() -> None:
    recognizer = Recognizer(
        bars.reader(), corrector=Told("ab", "caa"), proposer=LineCorrector(Told("b", "c"), bars.ABC), device="cpu"
    )

    [found] = recognizer.read([bars.picture("abcb")])

    assert found.text == "caacb"
    assert found.proposals == (Change(4, 5, "b", "c", 2.5),)
