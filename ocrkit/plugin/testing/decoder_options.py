"""Whether a decoder honours the options that it says it honours, and no others."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ocrkit.errors import OptionError, PluginError, did_you_mean
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.plugin.testing.verdict import require, running

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded
    from ocrkit.plugin.specs import DecoderSpec
    from ocrkit.text.charset import Charset

__all__ = ["check_honours"]

_FIELDS = tuple(each.name for each in fields(DecoderOptions))
_OF = {each.name: each.metadata["of"] for each in fields(DecoderOptions) if each.metadata}
# The letters by turns, so that none of what is asked for can go without a trace.
_ARPA = b"\\data\\\nngram 1=5\n\\1-grams:\n-3\ta\n-0.1\tb\n-2\tc\n-1\t<unk>\n-0.5\t</s>\n\\end\\\n"


def check_honours(
    what: str,
    spec: DecoderSpec,
    charset: Charset,
    words: Sequence[str],
    batch: tuple[NDArray[np.float32], NDArray[np.int64]],
) -> None:
    """Ask a decoder for each option alone, with the option that it qualifies.

    Args:
        what: the decoder, in messages.
        spec: the decoder.
        charset: whose labels ``batch`` has; a, b and c are among them.
        words: for a lexicon.
        batch: log-probabilities (B, T, V) and lengths (B,).

    Raises:
        PluginError: ``honours`` names no field; the decoder refuses a field that it says it honours, or never reads
            it; it gives another answer for a field that it does not say it honours; or it takes an option of its own
            that does not exist.
    """
    for name in spec.honours - set(_FIELDS):
        hint = did_you_mean(name, _FIELDS, then=f"known: {', '.join(_FIELDS)}")
        raise PluginError(f"{what} honours {name!r}, which is no field of DecoderOptions; {hint}")
    values = _values(charset, words)
    plain = {"lexicon": values["lexicon"]} if spec.needs_lexicon else {}
    trial = _Trial(what, spec, charset, *batch)
    for name, value in values.items():
        others = {**plain, **({_OF[name]: values[_OF[name]]} if name in _OF else {})}
        if name in spec.honoured:
            trial.require_read(name, {**others, name: value})
        elif others.keys() <= spec.honoured:
            trial.require_no_effect(name, value, others)
    if "extra" in spec.honours:
        trial.require_refusal_of_unknown(plain)


def _values(charset: Charset, words: Sequence[str]) -> dict[str, object]:
    """For each option a value that is not the one that it has unasked."""
    from ocrkit.ctc import Lexicon, NgramModel

    return {
        "lexicon": Lexicon.from_words(words, charset, counts=range(1, len(words) + 1)),
        "prior_weight": 1.0,
        "beam_width": 1,
        "n_best": 3,
        "language_model": NgramModel(_ARPA, charset),
        "lm_weight": 2.0,
        "lm_bonus": 3.0,
        "separators": frozenset({1}),
        "out_of_lexicon": 0.5,
    }


class _Watched(DecoderOptions):
    """Options that remember which of them were read."""

    def __getattribute__(self, name: str) -> object:
        if name in _FIELDS:
            vars(self).setdefault("read", set()).add(name)
        return super().__getattribute__(name)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A decoder, and lines for it to read."""

    what: str
    spec: DecoderSpec
    charset: Charset
    log_probs: NDArray[np.float32]
    lengths: NDArray[np.int64]

    def require_read(self, name: str, asked: Mapping[str, Any]) -> None:
        options = _Watched(**asked)
        try:
            decoded = self._decode(options)
        except PluginError as error:
            # It may want a model of its own kind, and then says so.
            if isinstance(error.__cause__, OptionError) and "language_model" in asked:
                return
            raise PluginError(f"{self.what} says that it honours {name!r}; {error}") from error
        require(name in vars(options)["read"], f"{self.what} says that it honours {name!r}, and never reads it")
        if name == "n_best":
            most = max(map(len, decoded))
            require(
                most > 1, f"{self.what} says that it honours 'n_best', and has one hypothesis where 3 are asked for"
            )

    def require_no_effect(self, name: str, value: object, asked: Mapping[str, Any]) -> None:
        without = self._decode(DecoderOptions(**asked))
        try:
            asked_for = self._decode(DecoderOptions(**{**asked, name: value}))
        except PluginError:
            return
        require(
            _readings(without) == _readings(asked_for),
            f"{self.what} gives another answer with {name!r}, which 'honours' does not name, so that nobody can ask "
            "for it",
        )

    def require_refusal_of_unknown(self, asked: Mapping[str, Any]) -> None:
        try:
            with running(f"{self.what}: build with an option that it does not know"):
                self.spec.build(self.charset, DecoderOptions(**asked, extra={"no-such-option": 1}))
        except PluginError as error:
            if isinstance(error.__cause__, OptionError):
                return
            raise
        raise PluginError(f"{self.what} takes the option 'no-such-option'; expected OptionError for an unknown one")

    def _decode(self, options: DecoderOptions) -> Decoded:
        with running(f"{self.what}: build and decode"):
            return self.spec.build(self.charset, options).decode(self.log_probs.copy(), self.lengths)


def _readings(decoded: Decoded) -> list[list[tuple[list[int], float]]]:
    return [[(one.labels.tolist(), one.score) for one in line] for line in decoded]
