"""Text is laid on lines in the cheapest way of all: against trying every path through every line, and every way."""

from __future__ import annotations

from itertools import groupby, product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.errors import EmissionsError, OptionError
from ocrkit.pages.aligning import BREAKS, Breaks, Costs, LaidText, Passage, lay_text
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CHARSET = Charset("small", ("", "a", "b", " ", "-"))
BLANK, SPACE, HYPHEN = 0, 3, 4
COSTS = Costs(line=1.0, text=0.75, unknown=0.5, inside=0.25)


def _paths(line: NDArray[np.float32]) -> dict[tuple[int, ...], float]:
    """What the cheapest path costs that spells each labelling, beside the likeliest label of each frame."""
    nats = line.astype(np.float64) - line.max(1, keepdims=True)
    inked = np.delete(nats, [BLANK, SPACE], axis=1).max(1) - COSTS.unknown
    nats = np.concatenate([nats, inked[:, None]], axis=1)  # the last column is any ink
    cheapest: dict[tuple[int, ...], float] = {}
    for path in product(range(nats.shape[1]), repeat=len(nats)):
        spelled = tuple(label for label, _ in groupby(path) if label != BLANK)
        cost = -sum(nats[frame, label] for frame, label in enumerate(path))
        cheapest[spelled] = min(cost, cheapest.get(spelled, np.inf))
    return cheapest


def _unread(line: NDArray[np.float32]) -> float:
    """What it costs that a line gets nothing."""
    read = [label for label, _ in groupby(line.argmax(1).tolist()) if label not in (BLANK, SPACE)]
    return min(COSTS.line * len(read), _paths(line)[()])


def _labels(passage: Passage, begin: int, end: int, hyphen: bool) -> tuple[int, ...]:
    labels = [5 if label < 0 else label for label in passage.labels[begin:end]]
    return tuple(labels + [HYPHEN] * hyphen)


def _skipped(passage: Passage, begin: int, end: int) -> float:
    return COSTS.text * sum(word >= 0 for word in passage.word_of[begin:end])


def _cheapest(lines: Sequence[NDArray[np.float32]], passage: Passage, at: int = 0) -> float:
    """The least that laying the text costs, from a boundary on, by trying all."""
    bounds = passage.boundaries
    if not lines:
        return _skipped(passage, bounds[at].begin, len(passage.labels))
    paths = _paths(lines[0])
    ways = [_unread(lines[0]) + _cheapest(lines[1:], passage, at)]
    for first in range(at, len(bounds)):
        for last in range(first + 1, len(bounds)):
            begin, end = bounds[first].begin, bounds[last].end
            plain = bounds[last].inside or not bounds[last].hyphenated
            spelled = [paths.get(_labels(passage, begin, end, hyphen=False), np.inf)] if plain else []
            spelled = [cost + COSTS.inside * bounds[last].inside for cost in spelled]
            if bounds[last].hyphenated:
                spelled.append(paths.get(_labels(passage, begin, end, hyphen=True), np.inf))
            if min(spelled) < np.inf:
                before = _skipped(passage, bounds[at].begin, bounds[first].begin)
                ways.append(before + min(spelled) + _cheapest(lines[1:], passage, last))
    return min(ways)


def _cost_of(laid: LaidText, lines: Sequence[NDArray[np.float32]], passage: Passage) -> float:
    """What a way costs by its parts."""
    cost = sum(_skipped(passage, begin, end) for begin, end, _ in laid.left_over)
    inside = {boundary.end for boundary in passage.boundaries if boundary.inside}
    for got, line in zip(laid.lines, lines, strict=True):
        if got.is_empty:
            cost += _unread(line)
        else:
            cost += _paths(line)[_labels(passage, got.begin, got.end, got.hyphenated)]
            cost += COSTS.inside * (got.end in inside and not got.hyphenated)
    return cost


def _emissions(seed: int, frames: Sequence[int]) -> list[NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    return [np.log(random.dirichlet(np.full(5, 0.6), count)).astype(np.float32) for count in frames]


@pytest.mark.parametrize("breaks", BREAKS)
@pytest.mark.parametrize("text", ["ab a\nb", "aab ba", "a-b\nbb a", "aXb b", "a"])
@pytest.mark.parametrize("seed", range(4))
def test_no_other_way_costs_less(breaks: Breaks, text: str, seed: int) -> None:
    lines = _emissions(seed, [(3, 4), (4, 2, 3), (2, 3), (1, 4, 0)][seed])
    passage = Passage.of(text, CHARSET, breaks)

    laid = lay_text(lines, passage, COSTS)

    assert laid.cost == pytest.approx(_cheapest(lines, passage), abs=1e-3)
    assert laid.cost == pytest.approx(_cost_of(laid, lines, passage), abs=1e-3)


def _spelling(text: str, charset: Charset = CHARSET) -> NDArray[np.float32]:
    """The log-probabilities of a line that surely reads as the text: a frame a label, and a blank after each."""
    labels = [each for label in charset.encode(text) for each in (label, BLANK)]
    probabilities = np.full((len(labels), len(charset)), 1e-4)
    probabilities[np.arange(len(labels)), labels] = 1.0
    return np.log(probabilities).astype(np.float32)


def _laid(text: str, lines: Sequence[str], breaks: Breaks = "words") -> tuple[list[str], list[str]]:
    """What lines that read as this get, and what is left over."""
    passage = Passage.of(text, CHARSET, breaks)
    laid = lay_text([_spelling(line) for line in lines], passage)
    got = [passage.text(line.begin, line.end) + "-" * line.hyphenated for line in laid.lines]
    return got, [passage.text(begin, end) for begin, end, _ in laid.left_over]


def test_each_line_gets_the_words_that_it_reads_as() -> None:
    assert _laid("ab ba aa bb", ["ab", "ba aa", "bb"]) == (["ab", "ba aa", "bb"], [])


def test_words_that_no_line_has_are_left_over() -> None:
    assert _laid("ab ba aa bb", ["ab", "bb"]) == (["ab", "bb"], ["ba aa"])


def test_a_line_that_the_text_has_not_gets_nothing() -> None:
    assert _laid("ab bb", ["ab", "aaba", "bb"]) == (["ab", "", "bb"], [])


def test_a_line_may_end_after_a_hyphen_of_the_text() -> None:
    assert _laid("aba-bab", ["aba-", "bab"]) == (["aba-", "bab"], [])


def test_a_line_may_show_a_hyphen_that_the_text_has_not() -> None:
    assert _laid("ababab a", ["abab-", "ab a"], "hyphens") == (["abab-", "ab a"], [])


def test_a_word_may_go_on_without_a_hyphen() -> None:
    assert _laid("ababab a", ["abab", "ab a"], "anywhere") == (["abab", "ab a"], [])


def test_lines_of_the_text_stay_whole_where_only_they_may_end() -> None:
    got, left = _laid("ab ba\naa bb", ["ab ba", "aa"], "lines")

    assert got[0] == "ab ba"
    assert (got[1], left) in (("aa bb", []), ("", ["aa bb"]))


def test_a_line_may_hold_two_lines_of_the_text() -> None:
    assert _laid("ab\nba\naa", ["ab ba", "aa"], "lines") == (["ab ba", "aa"], [])


def test_a_character_that_the_charset_lacks_lies_on_whichever_ink() -> None:
    assert _laid("a\u00e9b bb", ["aab", "bb"]) == (["a\u00e9b", "bb"], [])
    assert Passage.of("a\u00e9b", CHARSET).unknown == ("\u00e9",)


def test_without_lines_all_text_is_left_over() -> None:
    assert _laid("ab ba", []) == ([], ["ab ba"])


def test_words_without_a_label_for_space_are_parted_all_the_same() -> None:
    charset = Charset("spaceless", ("", "a", "b"))
    passage = Passage.of("ab ba a", charset)

    laid = lay_text([_spelling("abba", charset), _spelling("a", charset)], passage)

    assert [passage.text(line.begin, line.end) for line in laid.lines] == ["ab ba", "a"]


def test_lines_from_right_to_left_begin_at_their_right() -> None:
    charset = Charset("hebrew", ("", "\u05d0", "\u05d1", " ", "1", "2"), script="Hebr", direction="rtl")
    text = "\u05d0\u05d1 12 \u05d1\u05d1 \u05d0"
    passage = Passage.of(text, charset)

    laid = lay_text([_spelling("\u05d0\u05d1 12", charset), _spelling("\u05d1\u05d1 \u05d0", charset)], passage)

    assert [passage.text(line.begin, line.end) for line in laid.lines] == ["\u05d0\u05d1 12", "\u05d1\u05d1 \u05d0"]
    assert laid.cost < 0.01


@pytest.mark.parametrize(
    "line", [np.zeros((3, 2), np.float32), np.full((3, 5), np.nan, np.float32), np.full((2, 5), -np.inf, np.float32)]
)
def test_log_probabilities_that_are_none_are_refused(line: NDArray[np.float32]) -> None:
    with pytest.raises(EmissionsError, match="line 1 has"):
        lay_text([line], Passage.of("ab ba-", CHARSET))


def test_a_cost_below_nothing_is_refused() -> None:
    with pytest.raises(OptionError, match="text costs -1; expected nats, from 0 to 200"):
        Costs(text=-1)
