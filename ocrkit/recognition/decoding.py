"""The decoder for a charset: chosen by its name or by what is asked of it, and made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.plugin.specs import DecoderOptions

if TYPE_CHECKING:
    from ocrkit.plugin.specs import Decoder
    from ocrkit.text.charset import Charset

__all__ = ["NO_OPTIONS", "choose_decoder", "make_decoder"]

NO_OPTIONS = DecoderOptions()


def choose_decoder(charset: Charset, decoder: str | None, options: DecoderOptions) -> str:
    """The decoder's name: the given one, or what the options call for.

    With a lexicon that is ``text`` where the charset has a space, so that a line may hold several entries, or where
    an option speaks of what stands between entries; and else ``lexicon``, which takes a line to be one entry.
    """
    if decoder is not None:
        return decoder
    if options.lexicon is not None:
        asked_of_text = (options.separators, options.out_of_lexicon, options.language_model)
        wants_text = charset.has_space or any(value is not None for value in asked_of_text)
        return "text" if wants_text else "lexicon"
    asked_of_beam = (options.beam_width, options.language_model, options.lm_weight, options.lm_bonus)
    wants_beam = options.n_best > 1 or any(value is not None for value in asked_of_beam)
    return "beam" if wants_beam else "greedy"


def make_decoder(
    charset: Charset, decoder: str | None, options: DecoderOptions, registry: Registry | None = None
) -> Decoder:
    """A decoder for a charset, by its name or by what the options call for.

    Raises:
        UnknownNameError: there is no such decoder.
        OptionError: it needs a lexicon and has none, or cannot honour an option.
    """
    if options.n_best < 1:
        raise OptionError(f"n_best is {options.n_best}; it is at least 1")
    if options.threads < 0:
        raise OptionError(f"threads is {options.threads}; it is at least 1, or 0 for one a core")
    spec = (registry or default_registry()).decoder(choose_decoder(charset, decoder, options))
    if spec.needs_lexicon and options.lexicon is None:
        raise OptionError(f"decoder {spec.name!r} needs a lexicon: --lexicon words.txt")
    return spec.build(charset, options)
