"""What a charset is made of, and what its parts must be to make one."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal, TypedDict

from ocrkit.errors import CharsetError
from ocrkit.text.naming import described, spelled_out
from ocrkit.text.normalization import NORMAL_FORMS, check_rewrites, compile_normalizer

if TYPE_CHECKING:
    from ocrkit.text.normalization import NormalForm, Rewrite

__all__ = ["LABEL_ORDERS", "MOST_LABELS", "CharsetFields", "LabelOrder", "check_fields"]

LabelOrder = Literal["visual", "logical"]
LABEL_ORDERS: tuple[LabelOrder, ...] = ("visual", "logical")
# More than Unicode has characters (149,186 in 15.0); what goes beyond is a slip, and would take minutes to check.
MOST_LABELS = 200_000

_SCRIPT = re.compile(r"[A-Z][a-z]{3}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class CharsetFields(TypedDict):
    """The fields of ``Charset``, by name; that class describes them."""

    name: str
    symbols: tuple[str, ...]
    script: str
    languages: tuple[str, ...]
    direction: str
    normalization: NormalForm
    rewrites: tuple[Rewrite, ...]
    order: LabelOrder


def check_fields(fields: CharsetFields) -> None:
    """Refuse fields that make no charset; raises ``CharsetError`` as ``Charset`` promises."""
    _check_properties(fields)
    check_rewrites(fields["normalization"], fields["rewrites"])
    _check_symbols(fields)


def _check_properties(fields: CharsetFields) -> None:
    """Refuse properties outside the standards that name them."""
    if not fields["name"]:
        raise CharsetError("a charset needs a name")
    if not _SCRIPT.fullmatch(fields["script"]):
        raise CharsetError(f"script is {fields['script']!r}; expected an ISO 15924 code such as 'Mlym' or 'Latn'")
    if not fields["languages"]:
        raise CharsetError("languages is empty; expected BCP 47 tags such as 'ml', or 'und' for undetermined")
    for language in fields["languages"]:
        if not _LANGUAGE.fullmatch(language):
            raise CharsetError(f"languages holds {language!r}; expected BCP 47 tags such as 'ml' or 'sr-Latn'")
    if fields["direction"] not in ("ltr", "rtl"):
        raise CharsetError(f"direction is {fields['direction']!r}; expected 'ltr' or 'rtl'")
    if fields["order"] not in LABEL_ORDERS:
        raise CharsetError(f"order is {fields['order']!r}; expected {' or '.join(map(repr, LABEL_ORDERS))}")
    if fields["normalization"] not in NORMAL_FORMS:
        raise CharsetError(f"normalization is {fields['normalization']!r}; expected one of {', '.join(NORMAL_FORMS)}")


def _check_symbols(fields: CharsetFields) -> None:
    """Refuse symbols that no text could reach, or that one text would reach twice."""
    if len(fields["symbols"]) < 2 or fields["symbols"][0] != "":
        raise CharsetError("a charset needs the blank '' as its first symbol and at least one more")
    if len(fields["symbols"]) > MOST_LABELS:
        raise CharsetError(f"{len(fields['symbols']):,} labels; expected at most {MOST_LABELS:,}, as Unicode has fewer")
    # A rewrite with a condition leaves its source alone somewhere, so a symbol may well hold that.
    always = [rewrite for rewrite in fields["rewrites"] if not rewrite.conditional]
    parts = (part for rule in fields["rewrites"] for part in (rule.source, rule.target))
    normalize = compile_normalizer(fields["normalization"], always, (*fields["symbols"], *parts))
    first_spelling: dict[str, str] = {}
    changed: tuple[str, str] | None = None
    for symbol in fields["symbols"][1:]:
        if not symbol:
            raise CharsetError("a symbol is empty; only the blank, label 0, spells nothing")
        for character in symbol:
            if unicodedata.category(character) in ("Cc", "Cs"):
                raise CharsetError(f"symbol {spelled_out(symbol)} holds {described(character)}, and no text may")
        spelled = normalize(symbol)
        if spelled in first_spelling:
            raise CharsetError(_clash(first_spelling[spelled], symbol))
        first_spelling[spelled] = symbol
        if spelled != symbol and changed is None:
            changed = symbol, spelled
    if changed is not None:
        symbol, spelled = changed
        way_out = "list that instead" if spelled else "leave it out"
        reason = f"as normalisation makes it {spelled_out(spelled)}"
        raise CharsetError(f"symbol {spelled_out(symbol)} can never be read, {reason}; {way_out}")


def _clash(first: str, second: str) -> str:
    if first == second:
        return f"symbol {spelled_out(first)} is given twice; each label needs a symbol of its own"
    return f"symbols {spelled_out(first)} and {spelled_out(second)} are one after normalisation; list only one"
