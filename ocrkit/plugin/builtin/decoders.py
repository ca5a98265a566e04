"""The decoders that come with ocrkit: greedy, beam, lexicon and text."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import DecoderOptions, DecoderSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ocrkit.ctc import Decoded, Lexicon, NgramModel
    from ocrkit.text.charset import Charset

__all__ = ["default_separators", "ocrkit_decoders"]

# Where an option is honoured by another decoder, the name of that decoder.
_HONOURED_BY = {
    "lexicon": "lexicon or text",
    "prior_weight": "lexicon or text",
    "beam_width": "beam",
    "n_best": "beam",
    "separators": "text",
    "out_of_lexicon": "text",
    "language_model": "beam",
    "lm_weight": "beam",
    "lm_bonus": "beam",
}
_FLAGS = {"language_model": "--lm"}
_LEXICON = ("lexicon", "prior_weight")
_OF_LEXICON = ("prior_weight", "separators", "out_of_lexicon")
_LM = ("language_model", "lm_weight", "lm_bonus")
_LM_WEIGHT = 0.5
_LM_BONUS = 0.0


@hookimpl
def ocrkit_decoders() -> Iterator[DecoderSpec]:
    """The built-in decoders."""
    yield DecoderSpec(
        name="greedy",
        summary="Each frame's likeliest label; fastest.",
        needs_lexicon=False,
        build=_build_greedy,
    )
    yield DecoderSpec(
        name="beam",
        summary="The likeliest labellings, each summed over its alignments.",
        needs_lexicon=False,
        build=_build_beam,
    )
    yield DecoderSpec(
        name="lexicon",
        summary="The lexicon entry that the whole line most likely is, exactly.",
        needs_lexicon=True,
        build=_build_lexicon,
    )
    yield DecoderSpec(
        name="text",
        summary="The likeliest text of lexicon entries with separators between them.",
        needs_lexicon=True,
        build=_build_text,
    )


def default_separators(charset: Charset) -> frozenset[int]:
    """The labels of white space, punctuation, symbols and numbers (Unicode Z, P, S, N), which may part words."""
    return frozenset(
        label
        for label, symbol in enumerate(charset.symbols)
        if symbol and all(unicodedata.category(character)[0] in "ZPSN" for character in symbol)
    )


@dataclass(frozen=True, slots=True)
class _Greedy:
    threads: int

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        from ocrkit.ctc import greedy

        # A line's confidence is that of its labelling, not of its one path.
        return greedy(log_probs, lengths, rescore=True, threads=self.threads)

    def decode_tensor(self, log_probs: Tensor, lengths: NDArray[np.int64]) -> Decoded:
        from ocrkit.plugin.device_decoding import greedy_on_device

        return greedy_on_device(log_probs, lengths)


@dataclass(frozen=True, slots=True)
class _Beam:
    beam_width: int
    n_best: int
    threads: int
    language_model: NgramModel | None
    lm_weight: float
    lm_bonus: float

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        from ocrkit.ctc import beam_search

        return beam_search(
            log_probs,
            lengths,
            beam_width=self.beam_width,
            n_best=self.n_best,
            language_model=self.language_model,
            lm_weight=self.lm_weight,
            lm_bonus=self.lm_bonus,
            threads=self.threads,
        )


@dataclass(frozen=True, slots=True)
class _LexiconSearch:
    lexicon: Lexicon
    prior_weight: float
    n_best: int
    threads: int

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        from ocrkit.ctc import lexicon_search

        return lexicon_search(
            log_probs,
            lengths,
            lexicon=self.lexicon,
            prior_weight=self.prior_weight,
            n_best=self.n_best,
            threads=self.threads,
        )


@dataclass(frozen=True, slots=True)
class _TextSearch:
    lexicon: Lexicon
    prior_weight: float
    separators: frozenset[int]
    beam_width: int
    n_best: int
    out_of_lexicon: float | None
    threads: int
    language_model: NgramModel | None
    lm_weight: float
    lm_bonus: float

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        from ocrkit.ctc import text_search

        return text_search(
            log_probs,
            lengths,
            lexicon=self.lexicon,
            prior_weight=self.prior_weight,
            separators=self.separators,
            beam_width=self.beam_width,
            n_best=self.n_best,
            out_of_lexicon=self.out_of_lexicon,
            language_model=self.language_model,
            lm_weight=self.lm_weight,
            lm_bonus=self.lm_bonus,
            threads=self.threads,
        )


def _build_greedy(_charset: Charset, options: DecoderOptions) -> _Greedy:
    _refuse_others("greedy", options, honoured=())
    return _Greedy(threads=options.threads)


def _build_beam(_charset: Charset, options: DecoderOptions) -> _Beam:
    _refuse_others("beam", options, honoured=("beam_width", "n_best", *_LM))
    # A default beam narrower than the list that is asked for could not fill it.
    width = max(16, options.n_best) if options.beam_width is None else options.beam_width
    for name, value in (("beam_width", width), ("n_best", options.n_best)):
        _check_count(name, value)
    model, weight, bonus = _language_model("beam", options)
    if model is not None and model.unit == "word":
        raise OptionError("decoder 'beam' has no words; give --lm-unit word a --lexicon too, for decoder 'text'")
    return _Beam(
        beam_width=width,
        n_best=options.n_best,
        threads=options.threads,
        language_model=model,
        lm_weight=weight,
        lm_bonus=bonus,
    )


def _build_lexicon(_charset: Charset, options: DecoderOptions) -> _LexiconSearch:
    _refuse_others("lexicon", options, honoured=(*_LEXICON, "n_best"))
    _check_count("n_best", options.n_best)
    lexicon, prior_weight = _entries("lexicon", options)
    return _LexiconSearch(lexicon, prior_weight=prior_weight, n_best=options.n_best, threads=options.threads)


def _build_text(charset: Charset, options: DecoderOptions) -> _TextSearch:
    honoured = (*_LEXICON, "separators", "out_of_lexicon", "beam_width", "n_best", *_LM)
    _refuse_others("text", options, honoured=honoured)
    width = max(32, options.n_best) if options.beam_width is None else options.beam_width
    for name, value in (("beam_width", width), ("n_best", options.n_best)):
        _check_count(name, value)
    lexicon, prior_weight = _entries("text", options)
    if options.out_of_lexicon is not None and not options.out_of_lexicon >= 0:
        raise OptionError(f"out_of_lexicon is {options.out_of_lexicon}; it is 0 nats or more")
    model, weight, bonus = _language_model("text", options)
    return _TextSearch(
        lexicon=lexicon,
        prior_weight=prior_weight,
        separators=default_separators(charset) if options.separators is None else options.separators,
        beam_width=width,
        n_best=options.n_best,
        out_of_lexicon=options.out_of_lexicon,
        threads=options.threads,
        language_model=model,
        lm_weight=weight,
        lm_bonus=bonus,
    )


def _entries(decoder: str, options: DecoderOptions) -> tuple[Lexicon, float]:
    """The lexicon with the weight of its priors."""
    lexicon, weight = options.lexicon, options.prior_weight
    if lexicon is None:
        raise OptionError(f"decoder {decoder!r} has no lexicon; give it a word list with --lexicon")
    if weight is None:
        return lexicon, 0.0
    if not (math.isfinite(weight) and weight >= 0):
        raise OptionError(f"prior_weight is {weight}; it is finite and 0 or more")
    if not lexicon.has_priors:
        raise OptionError(
            "the lexicon has no counts for --prior-weight to weigh; give it lines of word<TAB>count, or leave it out"
        )
    return lexicon, weight


def _language_model(decoder: str, options: DecoderOptions) -> tuple[NgramModel | None, float, float]:
    """The model with its weight and bonus, defaults filled in."""
    from ocrkit.ctc import NgramModel

    weight = _LM_WEIGHT if options.lm_weight is None else options.lm_weight
    bonus = _LM_BONUS if options.lm_bonus is None else options.lm_bonus
    model = options.language_model
    if model is None:
        if options.lm_weight is not None or options.lm_bonus is not None:
            raise OptionError(f"decoder {decoder!r} has no language model to weigh; give it one with --lm")
        return None, weight, bonus
    if not isinstance(model, NgramModel):
        raise OptionError(f"decoder {decoder!r} takes an NgramModel, not {model!r}; use NgramModel.read")
    if not (math.isfinite(weight) and weight >= 0):
        raise OptionError(f"lm_weight is {weight}; it is finite and 0 or more")
    if not math.isfinite(bonus):
        raise OptionError(f"lm_bonus is {bonus}; it is a finite number of nats")
    return model, weight, bonus


def _check_count(name: str, value: int) -> None:
    if value < 1:
        raise OptionError(f"{name} is {value}; it is at least 1")


def _refuse_others(decoder: str, options: DecoderOptions, honoured: tuple[str, ...]) -> None:
    """Raise ``OptionError`` for an option that was asked for and that the decoder would pass over."""
    defaults = DecoderOptions()
    for option in fields(DecoderOptions):
        asked = getattr(options, option.name) != getattr(defaults, option.name)
        if asked and option.name not in (*honoured, "threads"):
            raise OptionError(_refusal(decoder, option.name, options))


def _refusal(decoder: str, name: str, options: DecoderOptions) -> str:
    if name == "extra":
        return f"decoder {decoder!r} has no option {min(options.extra)!r}; it takes no options of its own"
    flag = _FLAGS.get(name, "--" + name.replace("_", "-"))
    other = "text" if decoder == "lexicon" and name in _LM else _HONOURED_BY.get(name)
    lexicon = " with a --lexicon" if name in _OF_LEXICON and options.lexicon is None else ""
    way_out = f"use --decoder {other}{lexicon}, or leave it out" if other else "leave it out"
    return f"decoder {decoder!r} cannot honour {flag}; {way_out}"
