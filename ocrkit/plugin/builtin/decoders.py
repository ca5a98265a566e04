"""The decoders that come with ocrkit: greedy, beam, lexicon and text."""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.separators import separators_beside
from ocrkit.plugin.specs import DecoderSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ocrkit.ctc import Decoded
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.text.charset import Charset

__all__ = ["ocrkit_decoders"]

_LOG = logging.getLogger(__name__)
_LEXICON = frozenset({"lexicon", "prior_weight", "n_best"})
_BEAM = frozenset({"beam_width", "n_best", "language_model", "lm_weight", "lm_bonus"})
_TEXT = _LEXICON | _BEAM | {"separators", "out_of_lexicon"}


@hookimpl
def ocrkit_decoders() -> Iterator[DecoderSpec]:
    """The built-in decoders."""
    yield DecoderSpec(
        name="greedy",
        summary="Each frame's likeliest label; fastest.",
        needs_lexicon=False,
        build=lambda _charset, options: _Greedy(options.threads),
    )
    yield DecoderSpec(
        name="beam",
        summary="The likeliest labellings, each summed over its alignments.",
        needs_lexicon=False,
        build=_build_beam,
        honours=_BEAM,
    )
    yield DecoderSpec(
        name="lexicon",
        summary="The lexicon entry that the whole line most likely is, exactly.",
        needs_lexicon=True,
        build=_build_lexicon,
        honours=_LEXICON,
    )
    yield DecoderSpec(
        name="text",
        summary="The likeliest text of lexicon entries with separators between them.",
        needs_lexicon=True,
        build=_build_text,
        honours=_TEXT,
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
class _Search:
    """A search of ``ocrkit.ctc``, with what was asked of it; whatever was not is at the search's own default."""

    search: Callable[..., Decoded]
    asked: Mapping[str, object]

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        return self.search(log_probs, lengths, **self.asked)


def _build_beam(charset: Charset, options: DecoderOptions) -> _Search:
    from ocrkit.ctc import NgramModel, beam_search

    model = options.language_model
    if isinstance(model, NgramModel) and model.unit == "word":
        raise OptionError(
            "decoder 'beam' has no words; give a model with `lm_unit='word'` a `lexicon` too, for decoder 'text'"
        )
    return _searching(beam_search, charset, options)


@dataclass(slots=True)
class _Entries:
    """Lexicon search that says once, by an example, that its entries are not what stands in the lines."""

    search: _Search
    charset: Charset
    told: bool = False

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        from ocrkit.plugin.misfits import common_misfit

        decoded = self.search.decode(log_probs, lengths)
        if not self.told and (misfit := common_misfit(decoded, log_probs, lengths)):
            self.told = True
            shown, read = (self.charset.decode(labels.tolist()) for labels in misfit)
            _LOG.warning(
                "where a line shows %r, the entry that fits best is %r, without one of its characters; is the lexicon "
                "in another case, or for other lines?",
                shown,
                read,
            )
        return decoded


def _build_lexicon(charset: Charset, options: DecoderOptions) -> _Entries:
    from ocrkit.ctc import lexicon_search

    return _Entries(_searching(lexicon_search, charset, options), charset)


@dataclass(frozen=True, slots=True)
class _HardText:
    """Text search that has no reading for a line in which no entry fits."""

    search: _Search
    separators: frozenset[int]

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        from ocrkit.plugin.misfits import without_misfits

        return without_misfits(self.search.decode(log_probs, lengths), log_probs, lengths, separators=self.separators)


def _build_text(charset: Charset, options: DecoderOptions) -> _Search | _HardText:
    from ocrkit.ctc import text_search

    lexicon = options.lexicon
    if lexicon is None:
        raise OptionError("decoder 'text' needs a lexicon; give it a word list with `lexicon`")
    separators = separators_beside(lexicon, charset, options.separators)
    search = _searching(text_search, charset, options, separators=separators)
    return search if options.out_of_lexicon is not None else _HardText(search, separators)


def _searching(search: Callable[..., Decoded], charset: Charset, options: DecoderOptions, **more: object) -> _Search:
    """A search with what is asked of it, tried on no line at all, so that it refuses what it cannot take at once."""
    import numpy as np

    lexicon, asked = options.lexicon, {**options.asked, **more}
    if options.prior_weight is not None and lexicon is not None and not lexicon.has_priors:
        raise OptionError(
            "the lexicon has no counts for `prior_weight` to weigh; give it lines of word<TAB>count, or leave it out"
        )
    # A default beam narrower than the list that is asked for could not fill it.
    width = inspect.signature(search).parameters.get("beam_width")
    if width is not None and "beam_width" not in asked and options.n_best > width.default:
        asked["beam_width"] = options.n_best
    built = _Search(search, {**asked, "threads": options.threads})
    built.decode(np.zeros((0, 0, len(charset)), np.float32), np.zeros(0, np.int64))
    return built
