"""Lexicon search against torch's CTC loss over every entry, and against what its contract says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from oracle import below_zero

from ocrkit.ctc import Lexicon, greedy, lexicon_search
from ocrkit.errors import EmissionsError, LexiconError, OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

Scores = dict[tuple[int, ...], float]


def exact_scores(log_probs: NDArray[np.floating], entries: list[tuple[int, ...]], blank: int = 0) -> Scores:
    """-ctc_loss of each entry that is possible, in float64."""
    frames = len(log_probs)
    losses = torch.nn.functional.ctc_loss(
        torch.tensor(log_probs, dtype=torch.float64)[:, None].expand(-1, len(entries), -1),
        torch.tensor([label for entry in entries for label in entry]),
        torch.full((len(entries),), frames),
        torch.tensor([len(entry) for entry in entries]),
        blank=blank,
        reduction="none",
    )
    scores = dict(zip(entries, (-losses).tolist(), strict=True))
    return {entry: score for entry, score in scores.items() if score > -math.inf}


def tolerance(score: float) -> float:
    return max(1e-4, 1e-6 * abs(score))


def random_entries(rng: np.random.Generator, count: int, labels: int, longest: int) -> list[tuple[int, ...]]:
    """Few labels and short entries, so that prefixes of each other and doubled labels abound."""
    lengths = rng.integers(1, longest + 1, count)
    return list(dict.fromkeys(tuple(rng.integers(1, labels, length).tolist()) for length in lengths))


def random_line(rng: np.random.Generator, kind: str, frames: int, labels: int) -> NDArray[np.float32]:
    logits = rng.normal(size=(frames, labels))
    if kind == "flat":
        logits *= 0.0
    elif kind == "peaked":
        logits[np.arange(frames), rng.integers(0, labels, frames)] += 8.0
    elif kind == "extreme":
        logits = np.full((frames, labels), -60.0)
        logits[np.arange(frames), rng.integers(0, labels, frames)] = 0.0
    elif kind == "unnormalised":
        return below_zero((logits * 2.0 + rng.normal(size=(frames, 1))).astype(np.float32))
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    if kind == "holed":
        logits[rng.random(logits.shape) < 0.3] = -np.inf
        logits[:, 0] = -1.0
    return logits.astype(np.float32)


KINDS = ("noisy", "flat", "peaked", "extreme", "unnormalised", "holed")


def check_ranking(found: list[tuple[tuple[int, ...], float]], expected: Scores, n_best: int) -> None:
    """The n best of `expected`, each with its own score, in order."""
    best = sorted(expected.values(), reverse=True)[:n_best]
    assert len(found) == len(best)
    assert len({labels for labels, _ in found}) == len(found)
    for (labels, score), optimum in zip(found, best, strict=True):
        assert score == pytest.approx(expected[labels], abs=tolerance(optimum))
        assert score == pytest.approx(optimum, abs=tolerance(optimum))
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)


def ranking(decoded: Decoded, line: int = 0) -> list[tuple[tuple[int, ...], float]]:
    return [(tuple(each.labels.tolist()), each.score) for each in decoded[line]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_the_best_entry_is_that_of_the_least_ctc_loss(kind: str, seed: int) -> None:
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    labels = int(rng.integers(2, 8))
    entries = random_entries(rng, 60, labels, 6)
    frames = rng.integers(0, 14, 50)
    lines = [random_line(rng, kind, int(count), labels) for count in frames]
    batch = np.full((len(lines), 14, labels), np.nan, np.float32)
    for row, line in zip(batch, lines, strict=True):
        row[: len(line)] = line

    decoded = lexicon_search(batch, frames, lexicon=Lexicon(entries), threads=1)

    assert decoded.proved.all()
    for number, line in enumerate(lines):
        expected = exact_scores(line, entries) if len(line) else {}
        check_ranking(ranking(decoded, number), expected, n_best=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_best", [2, 7, 1000])
def test_the_n_best_entries_are_those_of_the_least_ctc_loss(kind: str, n_best: int) -> None:
    rng = np.random.default_rng([n_best, KINDS.index(kind)])
    entries = random_entries(rng, 80, 5, 5)
    lexicon = Lexicon(entries)

    for frames in range(1, 13):
        line = random_line(rng, kind, frames, 5)
        decoded = lexicon_search(line, lexicon=lexicon, n_best=n_best, threads=1)
        assert decoded.proved.all()
        check_ranking(ranking(decoded), exact_scores(line, entries), n_best)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weight", [0.3, 1.0, 4.0])
def test_priors_are_added_by_their_weight(kind: str, weight: float) -> None:
    rng = np.random.default_rng([int(weight * 10), KINDS.index(kind)])
    entries = random_entries(rng, 80, 5, 5)
    counts = rng.integers(0, 1000, len(entries)).astype(float) ** 2
    priors = {entry: math.log(count / counts.sum()) for entry, count in zip(entries, counts, strict=True) if count}
    lexicon = Lexicon(entries, counts=counts)

    for frames in range(1, 11):
        line = random_line(rng, kind, frames, 5)
        acoustic = exact_scores(line, entries)
        expected = {entry: score + weight * priors[entry] for entry, score in acoustic.items() if entry in priors}
        decoded = lexicon_search(line, lexicon=lexicon, n_best=3, prior_weight=weight, threads=1)
        check_ranking(ranking(decoded), expected, 3)
        for each in decoded[0]:
            assert each.acoustic_score == pytest.approx(acoustic[tuple(each.labels.tolist())], abs=1e-3)


def test_without_a_weight_counts_change_nothing() -> None:
    rng = np.random.default_rng(3)
    entries = random_entries(rng, 50, 5, 4)
    line = random_line(rng, "noisy", 9, 5)

    weighed = lexicon_search(line, lexicon=Lexicon(entries, counts=[1.0] + [0.0] * (len(entries) - 1)), n_best=9)

    assert ranking(weighed) == ranking(lexicon_search(line, lexicon=Lexicon(entries), n_best=9))


@pytest.mark.parametrize("distance", [0.0, 0.5, 2.0, 8.0, math.inf])
@pytest.mark.parametrize("weight", [0.0, 1.5])
@pytest.mark.parametrize("n_best", [1, 4])
def test_a_line_is_rejected_when_its_best_entry_is_far_below_greedy(
    distance: float, weight: float, n_best: int
) -> None:
    rng = np.random.default_rng(11)
    entries = random_entries(rng, 40, 6, 5)
    lexicon = Lexicon(entries, counts=rng.integers(1, 500, len(entries)).tolist())
    batch = np.stack([random_line(rng, "peaked" if i % 2 else "noisy", 9, 6) for i in range(60)])
    free = lexicon_search(batch, lexicon=lexicon, prior_weight=weight, n_best=n_best)
    floors = greedy(batch, rescore=True).acoustic_scores - distance

    decoded = lexicon_search(batch, lexicon=lexicon, prior_weight=weight, n_best=n_best, reject_below=distance)

    assert decoded.proved.all()
    for number, floor in enumerate(floors):
        accepted = free[number][0].acoustic_score >= floor
        assert ranking(decoded, number) == (ranking(free, number) if accepted else [])


def test_greedys_own_labelling_is_never_rejected() -> None:
    rng = np.random.default_rng(5)
    lines = [random_line(rng, "noisy", 8, 4) for _ in range(40)]
    batch = np.stack([line for line in lines if len(greedy(line).labels)])
    lexicon = Lexicon([hypotheses[0].labels for hypotheses in greedy(batch)])

    decoded = lexicon_search(batch, lexicon=lexicon, reject_below=0.0)

    assert [len(hypotheses) for hypotheses in decoded] == [1] * len(batch)


@pytest.mark.parametrize("budget", [1, 2, 5, 20, 10_000])
def test_a_budget_may_stop_the_search_but_never_falsifies_a_proof(budget: int) -> None:
    rng = np.random.default_rng(budget)
    entries = random_entries(rng, 300, 5, 7)
    batch = np.stack([random_line(rng, "noisy", 10, 5) for _ in range(40)])

    decoded = lexicon_search(batch, lexicon=Lexicon(entries), budget=budget)

    for number, line in enumerate(batch):
        expected = exact_scores(line, entries)
        if decoded.proved[number]:
            check_ranking(ranking(decoded, number), expected, 1)
        for labels, score in ranking(decoded, number):
            assert score == pytest.approx(expected[labels], abs=1e-4)


def test_a_budget_of_one_node_sees_only_the_entries_of_one_label() -> None:
    # The root is expanded and nothing else: "b" is found, the likelier "bc" below it is not.
    line = np.log(np.array([[0.1, 0.1, 0.7, 0.1], [0.1, 0.1, 0.1, 0.7]], np.float32))

    decoded = lexicon_search(line, lexicon=Lexicon([[2], [2, 3]]), budget=1)

    assert decoded[0][0].labels.tolist() == [2]
    assert not decoded.proved[0]


@pytest.mark.parametrize("threads", [2, 3, 8, 0])
def test_the_number_of_threads_changes_nothing(threads: int) -> None:
    rng = np.random.default_rng(1)
    lexicon = Lexicon(random_entries(rng, 200, 6, 6))
    batch = np.stack([random_line(rng, KINDS[i % 5], 12, 6) for i in range(200)])

    alone = lexicon_search(batch, lexicon=lexicon, n_best=3, threads=1)
    together = lexicon_search(batch, lexicon=lexicon, n_best=3, threads=threads)

    for name in ("labels", "frames", "confidences", "label_offsets", "scores", "acoustic_scores", "entries", "proved"):
        np.testing.assert_array_equal(getattr(together, name), getattr(alone, name))


@pytest.mark.parametrize("blank", range(5))
def test_the_blank_may_be_any_label(blank: int) -> None:
    rng = np.random.default_rng(blank)
    entries = random_entries(rng, 50, 5, 5)
    batch = np.stack([random_line(rng, "noisy", 9, 5) for _ in range(20)])
    moved = np.roll(batch, blank, axis=2)
    moved_lexicon = Lexicon([[(label + blank) % 5 for label in entry] for entry in entries])

    decoded = lexicon_search(moved, lexicon=moved_lexicon, blank=blank)

    np.testing.assert_array_equal(decoded.scores, lexicon_search(batch, lexicon=Lexicon(entries)).scores)


def test_equal_scores_go_to_the_lowest_labels() -> None:
    # Flat frames: all entries of two different labels are equally likely.
    line = np.full((6, 4), -math.log(4), np.float32)
    lexicon = Lexicon([[3, 2], [2, 1], [1, 3], [3, 1], [1, 2], [2, 3]])

    decoded = lexicon_search(line, lexicon=lexicon, n_best=4)

    assert [each.labels.tolist() for each in decoded[0]] == [[1, 2], [1, 3], [2, 1], [2, 3]]


def test_of_two_equals_the_lowest_wins_even_when_it_is_found_last() -> None:
    # p(2) = p(2 2) = 1/4 and p(1 3) = 1/4, one found at the root and the other a level below.
    line = np.full((2, 4), -np.inf, np.float32)
    line[0, [1, 2]] = line[1, [2, 3]] = math.log(0.5)

    decoded = lexicon_search(line, lexicon=Lexicon([[2], [1, 3]]))

    assert decoded[0][0].labels.tolist() == [1, 3]


def test_half_precision_is_read_as_it_stands() -> None:
    rng = np.random.default_rng(8)
    entries = random_entries(rng, 50, 6, 5)
    batch = np.stack([random_line(rng, "noisy", 9, 6) for _ in range(20)]).astype(np.float16)

    decoded = lexicon_search(batch, lexicon=Lexicon(entries))

    for number, line in enumerate(batch):
        check_ranking(ranking(decoded, number), exact_scores(line, entries), 1)


def test_one_line_may_come_without_an_axis_for_lines() -> None:
    line = random_line(np.random.default_rng(0), "noisy", 5, 4)

    assert ranking(lexicon_search(line, lexicon=Lexicon([[1], [2, 3]]))) == ranking(
        lexicon_search(line[None], lexicon=Lexicon([[1], [2, 3]]))
    )


def test_entries_are_given_by_number() -> None:
    rng = np.random.default_rng(2)
    lexicon = Lexicon(random_entries(rng, 50, 5, 4))
    line = random_line(rng, "noisy", 8, 5)

    decoded = lexicon_search(line, lexicon=lexicon, n_best=5)

    for each in decoded[0]:
        np.testing.assert_array_equal(lexicon.labels(each.entry), each.labels)


def test_an_entry_longer_than_its_line_is_impossible() -> None:
    # "aa" needs a blank between, so three frames; "abab" needs four.
    line = np.full((2, 3), -math.log(3), np.float32)

    decoded = lexicon_search(line, lexicon=Lexicon([[1, 1], [1, 2, 1, 2]]))

    assert decoded[0] == []
    assert decoded.proved[0]


def test_a_line_without_frames_has_no_hypothesis() -> None:
    decoded = lexicon_search(np.zeros((2, 3, 4), np.float32), [0, 3], lexicon=Lexicon([[1]]))

    assert [len(hypotheses) for hypotheses in decoded] == [0, 1]
    assert decoded.proved.all()


def test_no_lines_give_nothing() -> None:
    assert len(lexicon_search(np.zeros((0, 3, 4), np.float32), lexicon=Lexicon([[1]]))) == 0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_best": 0}, OptionError, "n_best is 0; it is at least 1"),
        ({"budget": 0}, OptionError, "budget is 0; it is at least 1"),
        ({"prior_weight": -0.5}, OptionError, "prior_weight is -0.5"),
        ({"prior_weight": math.nan}, OptionError, "prior_weight is nan"),
        ({"prior_weight": 1.0}, LexiconError, "the lexicon has no counts; build it with counts"),
        ({"reject_below": -1.0}, OptionError, "reject_below is -1"),
        ({"threads": -1}, OptionError, "threads is -1"),
        ({"blank": 4}, OptionError, r"blank is 4; with 4 labels it is one of 0\.\.3"),
        ({"blank": 1}, LexiconError, "entry 0 holds label 1, which is the blank"),
        ({"lexicon": ["cat"]}, OptionError, "expected a Lexicon"),
        ({"lexicon": Lexicon([[1], [2, 4]])}, LexiconError, r"entry 1 holds label 4, but log_probs has labels 0\.\.3"),
        ({"lengths": [4]}, EmissionsError, r"lengths\[0\] is 4"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, object], error: type[Exception], message: str) -> None:
    arguments = {"lexicon": Lexicon([[1]]), **options}

    with pytest.raises(error, match=message):
        lexicon_search(np.zeros((1, 3, 4), np.float32), **arguments)  # type: ignore[arg-type]


def test_nan_in_a_frame_that_counts_is_refused() -> None:
    batch = np.zeros((2, 3, 4), np.float32)
    batch[1, 2, 3] = np.nan

    with pytest.raises(EmissionsError, match="line 1, frame 2, label 3"):
        lexicon_search(batch, lexicon=Lexicon([[1]]))
