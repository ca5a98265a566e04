from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import ocrkit_spelling
import pytest
from ocrkit_spelling.acoustics import frame_gains, labelling_scores
from ocrkit_spelling.corrector import SpellingCorrector, make_corrector
from ocrkit_spelling.options import SpellingOptions

from ocrkit import Change, Charset
from ocrkit.errors import OptionError
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.corrector_specs import LineReading
from ocrkit.plugin.testing import check_corrector

if TYPE_CHECKING:
    from pathlib import Path

Seen = Callable[..., LineReading]

WORDS = {"the": 1000, "cat": 90, "cart": 20, "that": 300, "house": 80, "horse": 40, "sat": 30, "then": 100, "it's": 50}
(SPEC,) = ocrkit_spelling.ocrkit_correctors()


@pytest.fixture
def make(tmp_path: Path, english: Charset) -> Callable[..., SpellingCorrector]:
    def build(words: dict[str, int] = WORDS, charset: Charset = english, **options: object) -> SpellingCorrector:
        (tmp_path / "words.tsv").write_text("".join(f"{word}\t{n}\n" for word, n in words.items()), "utf-8")
        return make_corrector(charset, SpellingOptions(words=str(tmp_path / "words.tsv"), **options))  # type: ignore[arg-type]

    return build


def mended(corrector: SpellingCorrector, reading: LineReading) -> list[tuple[str, str]]:
    return [(change.before, change.after) for change in corrector.correct(reading)]


def test_the_corrector_keeps_its_contract(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("the\nquick\nbrown\nfox\njumps\nover\nend\nsaid\nmodern\n", "utf-8")
    options = SpellingOptions(words=str(tmp_path / "words.txt"))

    assert check_corrector(SPEC, options=options) is None
    assert check_corrector(SPEC, options=options, charset=resolve_charset("malayalam+english")) is None


def test_an_unknown_word_becomes_the_known_one_that_was_seen_too(
    make: Callable[..., SpellingCorrector], seen: Seen
) -> None:
    (change,) = make().correct(seen("tbe cat", {1: ("h", 0.2)}))

    assert (change.start, change.end, change.before, change.after) == (0, 3, "tbe", "the")


def test_the_gain_is_what_was_seen_and_how_common_the_words_are(
    make: Callable[..., SpellingCorrector], seen: Seen
) -> None:
    (change,) = make({"the": 3, "cat": 1}).correct(seen("tbe cat", {1: ("h", 0.2)}))

    unknown = -6.2 - 2.0 * 3
    assert change.gain == pytest.approx(math.log(0.2 / 0.8) + math.log(3 / 4) - unknown, abs=1e-3)


def test_a_word_is_left_where_nothing_of_the_other_was_seen(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    assert mended(make(), seen("tbe cat", {0: ("s", 0.1)})) == []


def test_a_word_of_which_all_is_sure_is_left(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    assert mended(make(), seen("tbe cat", {1: ("h", 0.005)})) == []
    assert mended(make(below=1.0), seen("tbe cat", {1: ("h", 0.005)})) == [("tbe", "the")]


def test_a_known_word_is_left_however_doubtful(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    assert mended(make(), seen("the cart", {4: ("s", 0.4), 6: ("t", 0.49)})) == []


def test_of_several_the_one_that_was_seen_wins_over_the_commoner(
    make: Callable[..., SpellingCorrector], seen: Seen
) -> None:
    assert mended(make(), seen("a hovse", {4: ("u", 0.3)})) == [("hovse", "house")]
    assert mended(make(), seen("a hovse", {4: ("r", 0.3)})) == [("hovse", "horse")]


def test_the_margin_decides(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    line = seen("tbe cat", {1: ("h", 0.2)})
    (change,) = make().correct(line)

    assert make(margin=change.gain - 0.1).correct(line)
    assert not make(margin=change.gain + 0.1).correct(line)


def test_capitals_and_apostrophes_are_kept(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    assert mended(make(), seen("Tbe cat", {1: ("h", 0.2)})) == [("Tbe", "The")]
    assert mended(make(), seen("TBE HOUSE", {1: ("H", 0.2)})) == [("TBE", "THE")]
    assert mended(make(), seen("so if\u2019s", {4: ("t", 0.2)})) == [("if\u2019s", "it\u2019s")]


def test_names_are_left_unless_they_are_asked_for(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    line = seen("by Hovse", {5: ("u", 0.3)})

    assert mended(make(), line) == []
    assert mended(make(names=True), line) == [("Hovse", "House")]


def test_plurals_of_known_words_are_known(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    assert mended(make(), seen("a horses", {4: ("u", 0.3)})) == []


def test_in_text_alone_the_counted_confusions_and_the_confidences_decide(
    make: Callable[..., SpellingCorrector], tmp_path: Path
) -> None:
    (tmp_path / "c.tsv").write_text("u\tv\t50\nr\tv\t2\n", "utf-8")
    corrector = make(confusions=str(tmp_path / "c.tsv"))

    assert mended(corrector, LineReading("a hovse")) == [("hovse", "house")]


def test_a_missing_space_between_two_known_words_is_put_in(
    make: Callable[..., SpellingCorrector], english: Charset
) -> None:
    rows = np.full((13, len(english)), 1e-6, dtype=np.float32)
    rows[:, 0] = 1.0
    for place, letter in enumerate("thecat"):
        rows[2 * place + 1, [0, english.symbols.index(letter)]] = 0.03, 0.97
    rows[6, [0, english.symbols.index(" ")]] = 0.7, 0.3
    log_probs = np.log(rows / rows.sum(axis=1, keepdims=True))

    assert mended(make(), LineReading("thecat", log_probs=log_probs)) == [("thecat", "the cat")]


def test_past_ten_letters_a_word_is_no_less_likely(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    (short,) = make({"abcdefghij": 1}).correct(seen("abcdefghix", {9: ("j", 0.3)}))
    (long,) = make({"abcdefghijklm": 1}).correct(seen("abcdefghijklx", {12: ("m", 0.3)}))

    assert short.gain == pytest.approx(long.gain, abs=1e-3)


def test_what_a_charset_cannot_spell_is_no_candidate(seen: Seen, make: Callable[..., SpellingCorrector]) -> None:
    assert (
        mended(make({"café": 900, "cat": 1}, charset=Charset.from_texts(["abcdefght "])), LineReading("a cafe")) == []
    )


def test_a_malayalam_word_is_mended_within_two_aksharas(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    charset = resolve_charset("malayalam")
    corrector = make({"പുസ്തകം": 900, "വായിച്ചു": 400}, charset=charset)
    line = seen("ഞാൻ പുസ്തകം വായിച്ചു", {5: ("ൂ", 0.4)}, charset)
    misread = seen("ഞാൻ പൂസ്തകം വായിച്ചു", {5: ("ു", 0.4)}, charset)

    assert mended(corrector, line) == []
    assert mended(corrector, misread) == [("പൂസ്തകം", "പുസ്തകം")]


def test_a_malayalam_compound_of_known_words_is_left(make: Callable[..., SpellingCorrector], seen: Seen) -> None:
    charset = resolve_charset("malayalam")
    words = {"മഴ": 50, "കാലം": 50, "മഴക്കലം": 500}
    line = seen("ഈ മഴക്കാലം നല്ല", {7: ("ല", 0.4)}, charset)

    assert mended(make({"മഴക്കലം": 500}, charset=charset), line) == [("മഴക്കാലം", "മഴക്കലം")]
    assert mended(make(words, charset=charset), line) == []


def test_words_below_the_margin_are_proposed_the_likelier_first(
    make: Callable[..., SpellingCorrector], seen: Seen
) -> None:
    offers = make(margin=100.0).propose(seen("a hovse", {4: ("u", 0.3)}))
    likely = make(margin=0.0).propose(seen("a hovse", {4: ("u", 0.3)}))

    assert offers == []
    assert [offer.after for offer in likely][:1] == ["house"]
    assert [offer.gain for offer in likely] == sorted((offer.gain for offer in likely), reverse=True)


def test_the_likeliest_of_all_words_is_found(make: Callable[..., SpellingCorrector], english: Charset) -> None:
    """An oracle that tries every listed word in the whole line."""
    rng = np.random.default_rng(5)
    words = {"".join(letters): int(rng.integers(1, 99)) for letters in itertools.product("abc", repeat=3)}
    del words["abc"]
    corrector = make(words, margin=-1e9, edits=3)
    total = sum(words.values())
    for _ in range(5):
        log_probs = np.log(rng.dirichlet(np.full(len(english), 0.05), 12) + 1e-9).astype(np.float32)
        reading = LineReading("aa abc bb", log_probs=log_probs)
        lines = [f"aa {word} bb" for word in ["abc", *words]]
        scores = labelling_scores(log_probs, [english.encode(line) for line in lines])
        gains = scores[1:] - scores[0] + np.log(np.array(list(words.values())) / total) + 6.2 + 2.0 * 3
        best = list(words)[int(np.argmax(gains))]

        (change,) = (one for one in corrector.correct(reading) if one.start == 3)

        assert change == Change(3, 6, "abc", best, pytest.approx(float(gains.max()), abs=1e-3))


def test_a_words_own_frames_tell_what_the_whole_line_tells(english: Charset, seen: Seen) -> None:
    line = seen("one two tbe four five", {9: ("h", 0.3), 2: ("a", 0.2)})
    assert line.log_probs is not None
    whole = LineReading(line.text, log_probs=line.log_probs)

    near = frame_gains(line, line.log_probs, english, 8, 11, ["the", "toe", "tb"])
    far = frame_gains(whole, line.log_probs, english, 8, 11, ["the", "toe", "tb"])

    assert near == pytest.approx(far, abs=1e-3)


def test_a_labelling_scores_the_sum_of_its_alignments(english: Charset) -> None:
    probabilities = np.random.default_rng(1).dirichlet(np.ones(3), 4).astype(np.float32)
    labels = [1, 2]
    expected = 0.0
    for path in itertools.product(range(3), repeat=4):
        collapsed = [label for label, _ in itertools.groupby(path) if label]
        if collapsed == labels:
            expected += math.prod(float(probabilities[frame, label]) for frame, label in enumerate(path))

    (score,) = labelling_scores(np.log(probabilities), [labels])

    assert score == pytest.approx(math.log(expected), abs=1e-4)


@pytest.mark.parametrize("wrong", [{"below": 0.0}, {"edits": 4}, {"margin": math.nan}, {"lm_weight": -1.0}])
def test_an_option_out_of_range_is_refused(make: Callable[..., SpellingCorrector], wrong: dict[str, float]) -> None:
    with pytest.raises(OptionError, match=next(iter(wrong))):
        make(**wrong)
