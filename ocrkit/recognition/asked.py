"""What a program asks of a decoder by keyword: lexicons and language models by their files, options by their names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from ocrkit.ctc import Lexicon, NgramModel
from ocrkit.ctc.options import as_label
from ocrkit.errors import OptionError, UnknownNameError, unknown_name
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.text.lexicon import is_saved_lexicon, read_lexicon

if TYPE_CHECKING:
    from ocrkit.ctc.ngram import Unit
    from ocrkit.text.charset import Charset

__all__ = ["DecodingKeywords", "GivenLanguageModel", "GivenLexicon", "decoder_options"]

GivenLexicon: TypeAlias = "Lexicon | str | os.PathLike[str] | Iterable[str]"
"""A lexicon, its file (words, or what ``Lexicon.save`` wrote), or words."""

GivenLanguageModel: TypeAlias = "NgramModel | str | os.PathLike[str]"
"""A language model, or an ARPA file."""


class DecodingKeywords(TypedDict, total=False):
    """The fields of ``DecoderOptions`` that are given as they are; ``separators`` may be a string of characters."""

    prior_weight: float | None
    beam_width: int | None
    n_best: int
    lm_weight: float | None
    lm_bonus: float | None
    separators: str | Iterable[int | str] | None
    out_of_lexicon: float | None
    threads: int
    extra: Mapping[str, object]


def decoder_options(
    charset: Charset,
    *,
    lexicon: GivenLexicon | None,
    language_model: GivenLanguageModel | None,
    lm_unit: Unit,
    asked: DecodingKeywords,
) -> DecoderOptions:
    """The options of a decoder for a charset.

    Raises:
        UnknownNameError: there is no option of a name in ``asked``.
        OcrkitError: a file is missing or malformed, or the charset cannot spell what it holds.
    """
    given = dict(asked)
    known = [field.name for field in fields(DecoderOptions)]
    for name in given:
        if name not in known:
            raise UnknownNameError(unknown_name("option", name, known))
    separators = given.pop("separators", None)
    return DecoderOptions(
        lexicon=None if lexicon is None else _as_lexicon(lexicon, charset),
        language_model=None if language_model is None else _as_language_model(language_model, charset, lm_unit),
        separators=None if separators is None else _as_labels(separators, charset),
        **given,  # type: ignore[arg-type]  # their types are DecodingKeywords'
    )


def _as_lexicon(given: GivenLexicon, charset: Charset) -> Lexicon:
    if isinstance(given, Lexicon):
        return given
    if not isinstance(given, str | os.PathLike):
        return Lexicon.from_words(given, charset)
    path = Path(given)
    if is_saved_lexicon(path):
        return Lexicon.open(path, charset=charset)
    return read_lexicon(path, charset).build()


def _as_language_model(given: GivenLanguageModel, charset: Charset, unit: Unit) -> NgramModel:
    if isinstance(given, NgramModel):
        return given
    if not isinstance(given, str | os.PathLike):
        raise OptionError(f"language_model is {given!r}; expected an ARPA file, or an NgramModel")
    return NgramModel.read(Path(given), charset, unit=unit)


def _as_labels(given: object, charset: Charset) -> frozenset[int]:
    if isinstance(given, str):
        return frozenset(charset.encode(given, where="separators"))
    if isinstance(given, Iterable):
        return frozenset(label for one in given for label in _labels_of(one, charset))
    raise OptionError(f"separators is {given!r}; expected a string of characters, or labels")


def _labels_of(given: object, charset: Charset) -> Iterable[int]:
    if isinstance(given, str):
        return charset.encode(given, where="separators")
    label = as_label("separators", given)
    if not 0 < label < len(charset):
        raise OptionError(f"separators holds {label}; the labels of charset {charset.name!r} are 1..{len(charset) - 1}")
    return (label,)
