"""``check_decoder`` on decoders that keep the contract, and on ones that break it in one place each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from ocrkit.ctc import Decoded, beam_search, greedy
from ocrkit.errors import OptionError, PluginError
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import DecoderOptions, DecoderSpec
from ocrkit.plugin.testing import check_decoder

if TYPE_CHECKING:
    from torch import Tensor

    from ocrkit.text.charset import Charset

Change = Callable[[Decoded], Decoded]
Decode = Callable[[NDArray[np.float32], NDArray[np.int64]], Decoded]


class Functional:
    def __init__(self, decode: Decode) -> None:
        self.decode = decode


def spec(decode: Decode) -> DecoderSpec:
    def build(charset: Charset, options: DecoderOptions) -> Functional:
        if options.extra:
            raise OptionError("no such option")
        return Functional(decode)

    return DecoderSpec("mine", "For the test.", needs_lexicon=False, build=build)


def changed(change: Change) -> DecoderSpec:
    return spec(lambda log_probs, lengths: change(greedy(log_probs, lengths, rescore=True)))


@pytest.mark.parametrize("name", ["greedy", "beam", "lexicon", "text"])
def test_the_built_ins_keep_the_contract(name: str) -> None:
    report = check_decoder(load_registry("none").decoder(name))

    assert report.lines > 0
    assert not report.path_scores


@pytest.mark.parametrize("name", ["beam", "lexicon"])
def test_searches_are_seen_to_find_the_best(name: str) -> None:
    report = check_decoder(load_registry("none").decoder(name))

    assert report.best == report.lines


def test_greedy_is_seen_to_miss_some() -> None:
    report = check_decoder(load_registry("none").decoder("greedy"))

    assert 0 < report.best < report.lines


def test_scores_of_single_paths_are_told_apart() -> None:
    report = check_decoder(spec(lambda log_probs, lengths: greedy(log_probs, lengths)))

    assert report.path_scores


def test_several_hypotheses_are_checked_too() -> None:
    options = DecoderOptions(n_best=3)

    report = check_decoder(load_registry("none").decoder("beam"), options=options)

    assert report.best == report.lines


def test_other_words_make_another_lexicon() -> None:
    report = check_decoder(load_registry("none").decoder("lexicon"), words=["c"])

    assert report.best == report.proved == report.lines


def emptied(decoded: Decoded) -> Decoded:
    lines = len(decoded)
    return Decoded(
        labels=np.empty(0, np.int32),
        frames=np.empty(0, np.int32),
        confidences=np.empty(0, np.float32),
        label_offsets=np.zeros(1, np.int64),
        scores=np.empty(0, np.float32),
        acoustic_scores=np.empty(0, np.float32),
        entries=np.empty(0, np.int32),
        line_offsets=np.zeros(lines + 1, np.int64),
        proved=np.ones(lines, np.bool_),
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: replace(d, labels=d.labels * 0), "without the blank"),
        (lambda d: replace(d, labels=d.labels + 7), "without the blank"),
        (lambda d: replace(d, frames=d.frames * 0), "ascending"),
        (lambda d: replace(d, frames=d.frames + 5), "ascending"),
        (lambda d: replace(d, confidences=d.confidences + 1), "expected probabilities"),
        (lambda d: replace(d, acoustic_scores=d.acoustic_scores - 0.01), "summed over all its alignments"),
        (lambda d: replace(d, proved=np.ones_like(d.proved)), "is better"),
        (lambda d: replace(d, entries=d.entries * 0), "said to be an entry"),
        (lambda d: replace(d, line_offsets=d.line_offsets[:-1]), "returns 7 lines for 8"),
        (emptied, "proves that nothing can be read"),
    ],
)
def test_a_broken_answer_is_told(change: Change, complaint: str) -> None:
    with pytest.raises(PluginError, match=complaint):
        check_decoder(changed(change))


def test_a_reading_outside_the_lexicon_cannot_be_proved() -> None:
    unbound = changed(lambda decoded: replace(decoded, proved=np.ones_like(decoded.proved)))

    with pytest.raises(PluginError, match="said to be proved the best"):
        check_decoder(unbound, words=["c"])


def test_a_decoder_that_reads_padding_is_told() -> None:
    def ignore_lengths(log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        return greedy(log_probs)

    with pytest.raises(PluginError, match=r"decode raised EmissionsError"):
        check_decoder(spec(ignore_lengths))


def test_a_decoder_that_writes_to_its_input_is_told() -> None:
    def overwrite(log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        decoded = greedy(log_probs, lengths, rescore=True)
        log_probs[:] = 0
        return decoded

    with pytest.raises(PluginError, match="writes to the log-probs"):
        check_decoder(spec(overwrite))


def made_by(build: Callable[[DecoderOptions], Decode], *honours: str) -> DecoderSpec:
    return DecoderSpec(
        "mine", "For the test.", False, lambda _charset, options: Functional(build(options)), frozenset(honours)
    )


def test_a_decoder_that_takes_any_option_of_its_own_is_told() -> None:
    with pytest.raises(PluginError, match="'no-such-option'; expected OptionError"):
        check_decoder(made_by(beam_by, "n_best", "extra"))


def beam_by(options: DecoderOptions) -> Decode:
    return lambda log_probs, lengths: beam_search(log_probs, lengths, n_best=options.n_best)


def test_an_option_that_is_honoured_may_be_named() -> None:
    assert check_decoder(made_by(beam_by, "n_best")).lines > 0


@pytest.mark.parametrize("name", ["out_of_lexicon", "prior_weight", "lm_bonus", "separators", "beam_width"])
def test_an_option_that_is_said_to_be_honoured_and_is_not_is_told(name: str) -> None:
    with pytest.raises(PluginError, match=f"says that it honours '{name}', and never reads it"):
        check_decoder(made_by(beam_by, "n_best", name))


def test_one_hypothesis_where_more_are_asked_for_is_told() -> None:
    def build(options: DecoderOptions) -> Decode:
        assert options.n_best
        return lambda log_probs, lengths: beam_search(log_probs, lengths)

    with pytest.raises(PluginError, match="'n_best', and has one hypothesis where 3 are asked for"):
        check_decoder(made_by(build, "n_best"))


def test_an_option_that_is_honoured_without_a_word_is_told() -> None:
    with pytest.raises(PluginError, match="another answer with 'n_best', which 'honours' does not name"):
        check_decoder(made_by(beam_by))


def test_an_option_that_is_said_to_be_honoured_and_refused_is_told() -> None:
    def build(options: DecoderOptions) -> Decode:
        if options.out_of_lexicon is not None:
            raise OptionError("no out_of_lexicon")
        return beam_by(options)

    with pytest.raises(PluginError, match="honours 'out_of_lexicon'; decoder 'mine': build and decode raised Option"):
        check_decoder(made_by(build, "n_best", "out_of_lexicon"))


def test_a_field_that_is_none_is_told() -> None:
    with pytest.raises(
        PluginError, match="honours 'nbest', which is no field of DecoderOptions; did you mean 'n_best'"
    ):
        check_decoder(made_by(beam_by, "nbest"))


def test_a_summary_of_two_lines_is_told() -> None:
    with pytest.raises(PluginError, match="expected one line"):
        check_decoder(replace(load_registry("none").decoder("greedy"), summary="One.\nTwo."))


class OfTensors(Functional):
    """Reads tensors too, with its own mistakes."""

    def __init__(self, change: Change) -> None:
        super().__init__(lambda log_probs, lengths: greedy(log_probs, lengths, rescore=True))
        self._change = change

    def decode_tensor(self, log_probs: Tensor, lengths: NDArray[np.int64]) -> Decoded:
        return self._change(self.decode(log_probs.numpy(), lengths))


def of_tensors(change: Change) -> DecoderSpec:
    def build(charset: Charset, options: DecoderOptions) -> OfTensors:
        if options.extra:
            raise OptionError("no such option")
        return OfTensors(change)

    return DecoderSpec("mine", "For the test.", needs_lexicon=False, build=build)


def test_a_decoder_may_read_tensors_as_it_reads_arrays() -> None:
    assert check_decoder(of_tensors(lambda decoded: decoded)).lines > 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda d: replace(d, labels=d.labels[::-1]),
            r"decode gives the labels \[.*\], decode_tensor \[.*expected the",
        ),
        (lambda d: replace(d, scores=d.scores - 1), "decode gives the scores .* up to rounding"),
        (lambda d: replace(d, confidences=d.confidences / 2), "decode gives the confidences"),
        (lambda _: 1 / 0, "decode_tensor raised ZeroDivisionError"),
    ],
)
def test_another_answer_for_a_tensor_is_refused(change: Change, complaint: str) -> None:
    with pytest.raises(PluginError, match=complaint):
        check_decoder(of_tensors(change))
