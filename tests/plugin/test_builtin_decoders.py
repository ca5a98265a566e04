"""The decoders that come with ocrkit: what each honours, and what it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from oracle import below_zero

from ocrkit.ctc import Lexicon, NgramModel, beam_search, greedy, text_search
from ocrkit.errors import OptionError
from ocrkit.plugin.builtin.decoders import ocrkit_decoders
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import DecoderOptions, DecoderSpec
from ocrkit.plugin.testing import check_decoder
from ocrkit.recognition import make_decoder
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

SPECS = {spec.name: spec for spec in ocrkit_decoders()}
CHARSET = Charset("letters", ("", "a", "b"), script="Latn", languages=("und",))
WORDS = Lexicon([[1], [2], [1, 2]])
COUNTED = Lexicon([[1], [2]], counts=[1, 9])
# b is the likelier of the two by far.
ARPA = b"\\data\\\nngram 1=3\n\\1-grams:\n-4\ta\n-0.1\tb\n-0.1\t</s>\n\\end\\\n"
BY_LABEL = NgramModel(ARPA, CHARSET)
BY_WORD = NgramModel(ARPA, CHARSET, unit="word")
SOFT = DecoderOptions(language_model=BY_LABEL, lexicon=WORDS, separators=frozenset(), out_of_lexicon=5.0)


def batch() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    return below_zero(np.random.default_rng(1).normal(size=(4, 6, 3)).astype(np.float32)), np.array([6, 5, 0, 3])


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_decoder_is_what_its_record_says(spec: DecoderSpec) -> None:
    report = check_decoder(spec)

    assert not report.path_scores
    # Greedy misses some, and what text search reads best may be no single entry.
    assert report.best == report.lines or spec.name in {"greedy", "text"}


def test_greedy_scores_its_labelling_and_not_one_path() -> None:
    log_probs, lengths = batch()

    decoded = SPECS["greedy"].build(CHARSET, DecoderOptions(threads=1)).decode(log_probs, lengths)

    assert decoded.scores.tolist() == greedy(log_probs, lengths, rescore=True).scores.tolist()


def test_beam_honours_its_width_and_the_number_of_readings() -> None:
    log_probs, lengths = batch()

    decoded = SPECS["beam"].build(CHARSET, DecoderOptions(beam_width=3, n_best=2)).decode(log_probs, lengths)

    assert decoded.scores.tolist() == beam_search(log_probs, lengths, beam_width=3, n_best=2).scores.tolist()


def test_beam_widens_by_itself_to_fill_a_long_list() -> None:
    log_probs = np.zeros((1, 6, 3), np.float32)

    decoded = SPECS["beam"].build(CHARSET, DecoderOptions(n_best=40)).decode(log_probs, np.array([6]))

    assert len(decoded[0]) == 40


def test_lexicon_reads_entries_only() -> None:
    log_probs, lengths = batch()

    decoded = SPECS["lexicon"].build(CHARSET, DecoderOptions(lexicon=WORDS, n_best=2)).decode(log_probs, lengths)

    readings = {tuple(one.labels.tolist()) for line in decoded for one in line}
    assert readings <= {(1,), (2,), (1, 2)}
    assert [len(line) for line in decoded] == [2, 2, 0, 2]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("greedy", DecoderOptions(beam_width=5), "'greedy' cannot honour `beam_width`; use `decoder='beam'`, or leave"),
        ("greedy", DecoderOptions(n_best=2), "cannot honour `n_best`; use `decoder='beam'`, or leave"),
        (
            "greedy",
            DecoderOptions(lexicon=WORDS),
            "cannot honour `lexicon`; use `decoder='lexicon'` or `decoder='text'`",
        ),
        (
            "beam",
            DecoderOptions(lexicon=WORDS, beam_width=9),
            "cannot honour `lexicon`; use `decoder='text'`, or leave",
        ),
        (
            "greedy",
            DecoderOptions(prior_weight=1.0),
            "use `decoder='lexicon'` or `decoder='text'` with a `lexicon`, or",
        ),
        ("greedy", DecoderOptions(language_model=BY_LABEL), "cannot honour `language_model`; use `decoder='beam'`, or"),
        ("lexicon", DecoderOptions(lexicon=WORDS, language_model=BY_LABEL), "use `decoder='text'`, or leave it out"),
        ("beam", DecoderOptions(separators=frozenset({1})), "`separators`; use `decoder='text'` with a `lexicon`, or"),
        (
            "lexicon",
            DecoderOptions(lexicon=WORDS, out_of_lexicon=1.0),
            "`out_of_lexicon`; use `decoder='text'`, or leave",
        ),
        ("lexicon", DecoderOptions(lexicon=WORDS, beam_width=5), "'lexicon' cannot honour `beam_width`; use"),
        ("lexicon", DecoderOptions(lexicon=WORDS, lm_weight=0.5), "cannot honour `lm_weight`; use `decoder='text'`"),
        ("beam", DecoderOptions(extra={"alpha": 1}), "'beam' has no option 'alpha'; it takes no options of its own"),
        ("beam", DecoderOptions(lm_weight=1.0), "no language model for `lm_weight` to apply to; give one with `lang"),
        ("text", DecoderOptions(lexicon=WORDS, lm_bonus=0.5), "no language model for `lm_bonus` to apply to"),
        (None, DecoderOptions(lm_bonus=0.5), "no language model for `lm_bonus` to apply to"),
        ("text", DecoderOptions(), "'text' needs a lexicon; give it a word list with `lexicon`"),
        ("lexicon", DecoderOptions(), "'lexicon' needs a lexicon; give it a word list with `lexicon`"),
        (
            "text",
            DecoderOptions(lexicon=WORDS, prior_weight=0.5),
            "has no counts for `prior_weight` to weigh; give it li",
        ),
        ("lexicon", DecoderOptions(lexicon=COUNTED, prior_weight=-1.0), "prior_weight is -1.0; it lies in 0..1e+30"),
        ("text", DecoderOptions(lexicon=COUNTED, prior_weight=float("inf")), "prior_weight is inf"),
        ("beam", DecoderOptions(language_model=object()), "expected an NgramModel, as NgramModel.read gives"),
        ("beam", DecoderOptions(language_model=BY_WORD), "'beam' has no words; give a model with `lm_unit='word'` a"),
        ("beam", DecoderOptions(language_model=BY_LABEL, lm_weight=-1.0), "lm_weight is -1.0; it lies in 0.."),
        ("beam", DecoderOptions(language_model=BY_LABEL, lm_bonus=float("inf")), "lm_bonus is inf"),
        ("text", DecoderOptions(lexicon=WORDS, out_of_lexicon=-1.0), "out_of_lexicon is -1.0; it lies in 0..inf"),
        ("text", DecoderOptions(lexicon=WORDS, beam_width=0), "beam_width is 0"),
        ("beam", DecoderOptions(beam_width=0), "beam_width is 0; it is at least 1"),
        ("beam", DecoderOptions(n_best=0), "n_best is 0; it is at least 1"),
        ("lexicon", DecoderOptions(lexicon=WORDS, n_best=0), "n_best is 0"),
    ],
)
def test_an_option_that_a_decoder_cannot_honour_is_refused(
    name: str | None, options: DecoderOptions, message: str
) -> None:
    with pytest.raises(OptionError, match=re.escape(message)):
        make_decoder(CHARSET, name, options, load_registry("none"))


@pytest.mark.parametrize(
    ("name", "options", "search"),
    [
        ("beam", DecoderOptions(language_model=BY_LABEL), beam_search),
        ("text", SOFT, text_search),
    ],
)
def test_what_is_not_asked_for_is_left_to_the_search(
    name: str, options: DecoderOptions, search: Callable[..., Decoded]
) -> None:
    log_probs, lengths = batch()

    decoded = SPECS[name].build(CHARSET, options).decode(log_probs, lengths)

    assert decoded.scores.tolist() == search(log_probs, lengths, **options.asked).scores.tolist()


def test_text_reads_entries_with_separators_between_them() -> None:
    log_probs, lengths = batch()

    built = SPECS["text"].build(CHARSET, DecoderOptions(lexicon=Lexicon([[1]]), separators=frozenset({2})))

    for line in built.decode(log_probs, lengths):
        assert set(line[0].labels.tolist()) <= {1, 2}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("beam", DecoderOptions(language_model=BY_LABEL)),
        ("text", DecoderOptions(language_model=BY_LABEL, lexicon=WORDS)),
        ("text", DecoderOptions(language_model=BY_WORD, lexicon=WORDS, lm_weight=0.7, lm_bonus=0.1)),
    ],
)
def test_a_language_model_makes_the_likelier_text_win(name: str, options: DecoderOptions) -> None:
    log_probs, lengths = np.log(np.array([[[0.2, 0.41, 0.39]]], np.float32)), np.array([1])

    assert SPECS[name].build(CHARSET, options).decode(log_probs, lengths)[0][0].labels.tolist() == [2]


@pytest.mark.parametrize("name", ["lexicon", "text"])
def test_counts_make_the_commoner_entry_win(name: str) -> None:
    log_probs, lengths = np.log(np.array([[[0.001, 0.5, 0.499]]], np.float32)), np.array([1])
    plain, weighed = DecoderOptions(lexicon=COUNTED), DecoderOptions(lexicon=COUNTED, prior_weight=1.0)

    [[first]] = SPECS[name].build(CHARSET, plain).decode(log_probs, lengths)
    [[best]] = SPECS[name].build(CHARSET, weighed).decode(log_probs, lengths)

    assert (first.labels.tolist(), best.labels.tolist()) == ([1], [2])
    assert best.score == pytest.approx(np.log(0.499 * 0.9), abs=1e-5)


@pytest.mark.parametrize("changed", ["lm_weight", "lm_bonus", "prior_weight", "out_of_lexicon", "beam_width", "n_best"])
def test_every_option_of_text_search_reaches_it(changed: str) -> None:
    log_probs, lengths = batch()
    values = {
        "lm_weight": 2.0,
        "lm_bonus": 1.5,
        "prior_weight": 0.7,
        "out_of_lexicon": 0.3,
        "beam_width": 2,
        "n_best": 3,
    }
    options = {"lexicon": COUNTED, "separators": frozenset[int](), "language_model": BY_LABEL, changed: values[changed]}

    decoded = SPECS["text"].build(CHARSET, DecoderOptions(**options)).decode(log_probs, lengths)  # type: ignore[arg-type]

    expected = text_search(log_probs, lengths, **options)  # type: ignore[arg-type]
    assert decoded.scores.tolist() == expected.scores.tolist()
    assert decoded.labels.tolist() == expected.labels.tolist()
    if changed.startswith("lm_"):
        del options[changed]
        assert decoded.scores.tolist() != text_search(log_probs, lengths, **options).scores.tolist()  # type: ignore[arg-type]
