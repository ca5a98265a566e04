"""Probabilities of what was read at another temperature, against torch's CTC loss of frames divided by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ocrkit.ctc import Decoded, Lexicon, beam_search, greedy, lexicon_search, temper
from ocrkit.errors import EmissionsError, OptionError


def posteriors(seed: int, shape: tuple[int, ...], scale: float = 3.0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape) * scale).log_softmax(-1).float()


def ctc_score(line: torch.Tensor, labels: list[int]) -> float:
    loss = torch.nn.functional.ctc_loss(
        line[:, None], torch.tensor([labels], dtype=torch.long), [len(line)], [len(labels)], reduction="sum"
    )
    return -float(loss)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_a_reading_has_the_ctc_probability_of_the_divided_frames(temperature: float) -> None:
    log_probs, lengths = posteriors(1, (5, 40, 12)), [40, 31, 7, 1, 0]
    decoded = beam_search(log_probs, lengths, n_best=3)

    tempered = temper(decoded, log_probs, lengths, temperature=temperature)

    divided = (log_probs.double() / temperature).log_softmax(-1)
    for line, (ranked, length) in enumerate(zip(tempered, lengths, strict=True)):
        for hypothesis in ranked:
            labels = hypothesis.labels.tolist()
            expected = ctc_score(divided[line, :length], labels) if length else 0.0
            assert hypothesis.acoustic_score == pytest.approx(expected, abs=1e-4, rel=1e-6)
            at_frames = divided[line, hypothesis.frames.tolist(), labels].exp().numpy()
            assert hypothesis.confidences == pytest.approx(at_frames, abs=1e-5)


def test_what_is_read_and_how_it_is_ranked_stay() -> None:
    log_probs = posteriors(2, (3, 30, 9), scale=1.0)
    decoded = beam_search(log_probs, n_best=5)

    tempered = temper(decoded, log_probs, temperature=4.0)

    for name in ("labels", "frames", "label_offsets", "line_offsets", "scores", "entries", "proved"):
        assert np.array_equal(getattr(tempered, name), getattr(decoded, name))


def test_at_temperature_one_the_probabilities_are_the_decoders() -> None:
    log_probs = posteriors(3, (4, 50, 20))
    decoded = greedy(log_probs, rescore=True)

    tempered = temper(decoded, log_probs, temperature=1)

    assert tempered.acoustic_scores == pytest.approx(decoded.acoustic_scores, abs=1e-4)
    assert tempered.confidences == pytest.approx(decoded.confidences, abs=1e-6)


def test_a_line_without_a_hypothesis_has_none_after() -> None:
    log_probs = posteriors(4, (2, 20, 5))
    lexicon = Lexicon([[1, 2, 3] * 5])
    decoded = lexicon_search(log_probs, [20, 3], lexicon=lexicon)

    assert list(map(len, temper(decoded, log_probs, [20, 3], temperature=2))) == [1, 0]


@pytest.mark.parametrize("temperature", [0.1, 10])
def test_frames_of_minus_60_and_minus_infinity_do_not_break_it(temperature: float) -> None:
    line = np.full((5000, 4), -60.0, np.float32)
    line[np.arange(5000), np.arange(5000) % 4] = 0
    line[:, 3] = np.where(line[:, 3] == 0, 0, -np.inf)
    decoded = greedy(line, rescore=True)

    tempered = temper(decoded, line, temperature=temperature)

    divided = (torch.from_numpy(line).double() / temperature).log_softmax(-1)
    expected = ctc_score(divided, tempered[0][0].labels.tolist())
    assert tempered[0][0].acoustic_score == pytest.approx(expected, rel=1e-5, abs=1e-3)


def test_strided_halves_give_what_floats_give() -> None:
    halves = posteriors(5, (30, 2, 9)).half().numpy().transpose(1, 0, 2)
    decoded = greedy(halves, rescore=True)

    narrow, wide = (temper(decoded, array, temperature=2.0) for array in (halves, halves.astype(np.float32)))

    assert np.array_equal(narrow.acoustic_scores, wide.acoustic_scores)


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf"), 1000, True, "2"])
def test_a_temperature_that_is_none_is_refused(temperature: object) -> None:
    log_probs = posteriors(6, (1, 5, 3))

    with pytest.raises(OptionError, match="temperature is"):
        temper(greedy(log_probs), log_probs, temperature=temperature)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"labels": 7}, {"frames": 99}, {"frames": -1}, {"labels": 0}])
def test_what_was_read_elsewhere_is_refused(change: dict[str, int]) -> None:
    log_probs = posteriors(7, (1, 9, 3))
    decoded = greedy(log_probs)
    [(name, value)] = change.items()
    other: Decoded = replace(decoded, **{name: np.full_like(getattr(decoded, name), value)})

    with pytest.raises(OptionError, match=r"line 0 has label .* at frame"):
        temper(other, log_probs, temperature=2)


def test_other_log_probabilities_are_refused() -> None:
    decoded = greedy(posteriors(8, (2, 9, 3)))

    with pytest.raises(OptionError, match="not those of 1 lines"):
        temper(decoded, posteriors(8, (1, 9, 3)), temperature=2)
    with pytest.raises(EmissionsError, match="natural logarithm"):
        temper(decoded, posteriors(8, (2, 9, 3)) + 5, temperature=2)
