"""The decoder for a charset: chosen by its name or by what is asked of it, and made."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from ocrkit.ctc.options import as_count
from ocrkit.errors import OptionError
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.plugin.specs import DecoderOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit.plugin.specs import Decoder, DecoderSpec
    from ocrkit.text.charset import Charset

__all__ = ["NO_OPTIONS", "choose_decoder", "make_decoder"]

NO_OPTIONS = DecoderOptions()
# The option that another qualifies, and without which it means nothing.
_OWNERS: dict[str, str] = {each.name: each.metadata["of"] for each in fields(DecoderOptions) if each.metadata}


def choose_decoder(
    charset: Charset, decoder: str | None, options: DecoderOptions, registry: Registry | None = None
) -> str:
    """The decoder's name: the given one, or what the options call for.

    With a lexicon that is ``text`` where the charset has a space, so that a line may hold several entries, or where
    an option is asked for that ``lexicon``, which takes a line to be one entry, cannot honour. Without one it is
    ``greedy``, or ``beam`` where greedy cannot honour what is asked for.
    """
    if decoder is not None:
        return decoder
    plain, able = ("lexicon", "text") if options.lexicon is not None else ("greedy", "beam")
    if plain == "lexicon" and charset.has_space:
        return able
    honoured = (registry or default_registry()).decoder(plain).honoured
    return plain if options.asked.keys() <= honoured else able


def make_decoder(
    charset: Charset, decoder: str | None, options: DecoderOptions, registry: Registry | None = None
) -> Decoder:
    """A decoder for a charset, by its name or by what the options call for.

    Raises:
        UnknownNameError: there is no such decoder.
        OptionError: it needs a lexicon and has none, or cannot honour an option; or an option is out of range, or
            qualifies a lexicon or a language model that is not there.
    """
    registry = registry or default_registry()
    as_count("n_best", options.n_best, least=1)
    as_count("threads", options.threads, least=0)
    spec = registry.decoder(choose_decoder(charset, decoder, options, registry))
    if spec.needs_lexicon and options.lexicon is None:
        raise OptionError(f"decoder {spec.name!r} needs a lexicon; give it a word list with `lexicon`")
    for name in options.asked:
        if name not in spec.honoured:
            raise OptionError(_refusal(spec, name, options, registry))
    for name in options.asked:
        if _OWNERS.get(name, name) not in options.asked:
            owner = _OWNERS[name]
            raise OptionError(
                f"there is no {owner.replace('_', ' ')} for `{name}` to apply to; give one with `{owner}`, or leave "
                f"`{name}` out"
            )
    return spec.build(charset, options)


def _refusal(spec: DecoderSpec, name: str, options: DecoderOptions, registry: Registry) -> str:
    """Why a decoder cannot be built with an option that is asked for, and which ones can."""
    if name == "extra":
        return f"decoder {spec.name!r} has no option {min(options.extra)!r}; it takes no options of its own"
    able = [offer.value for offer in registry.decoders() if name in offer.value.honoured]
    # Those that can do all that is asked are the better advice, and then those that can do it as it is asked.
    able = [one for one in able if options.asked.keys() <= one.honoured] or able
    able = [one for one in able if options.lexicon is not None or not one.needs_lexicon] or able
    way_out = "leave it out"
    if able:
        wanting = options.lexicon is None and name != "lexicon" and all(one.needs_lexicon for one in able)
        way_out = f"use {_listed(one.name for one in able)}{' with a `lexicon`' if wanting else ''}, or {way_out}"
    return f"decoder {spec.name!r} cannot honour `{name}`; {way_out}"


def _listed(decoders: Iterable[str]) -> str:
    return " or ".join(f"`decoder={name!r}`" for name in dict.fromkeys(decoders))
