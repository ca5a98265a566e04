"""Which units of an n-gram model a charset's labels are, and whether the two fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from ocrkit.errors import LanguageModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ocrkit.ctc.symbols import SymbolTable

__all__ = ["UNKNOWN", "Unit", "label_units", "normal_units", "units_doubt", "words_advice"]

Unit: TypeAlias = Literal["character", "word"]

UNKNOWN = -1
# An ARPA file has spaces between its units, and so another name for a unit that is one.
_SPACES = ("<space>", "<SPACE>", "<sp>", "▁")
_BAR = "|"  # stands for the space too, where it is no label
_NAMED = 10  # unknown labels that are named


def normal_units(units: Sequence[str], charset: SymbolTable) -> list[str]:
    """The units as the charset spells them.

    Raises:
        LanguageModelError: the charset's normal form does not keep line feeds.
    """
    normal = charset.normalize("\n".join(units)).split("\n")
    if len(normal) != len(units):
        raise LanguageModelError(f"normalisation made {len(normal)} units of {len(units)}; it must keep line feeds")
    return normal


def label_units(units: Sequence[str], charset: SymbolTable) -> list[list[int]]:
    """For each label the numbers of its units, or ``[UNKNOWN]``; of two units that are spelled alike, the first counts.

    They are the unit that is the label's text, or else those of its code points, or else those of what the charset
    respells as that text: a chillu may be a consonant, a virama and a joiner in the file. A joiner that is a label
    is found as it is written, since by itself it is nothing in the charset's normal form.
    """
    normal = _numbers(normal_units(units, charset))
    if _BAR in normal and _BAR not in charset.symbols:
        normal.setdefault(" ", normal[_BAR])
    as_written = _numbers(units)
    return [_units_of(symbol, charset, normal, as_written) for symbol in charset.symbols]


def units_doubt(units: Sequence[str], charset: SymbolTable, unit: Unit, unknown: Sequence[int]) -> str:
    """What is odd about units that are to be labels, some of them ``unknown``, or words; empty where nothing is."""
    if unit == "word":
        longest = max(map(len, _real(units)), default=0)
        return "is one of characters, it seems, which `unit='character'` reads" if longest == 1 else ""
    if not unknown:
        return ""
    symbols = sorted((charset.symbols[label] for label in unknown), key=lambda symbol: symbol != " ")
    named = ", ".join("the space" if symbol == " " else repr(symbol) for symbol in symbols[:_NAMED])
    more = f" and {len(symbols) - _NAMED} more" if len(symbols) > _NAMED else ""
    of = sum(map(bool, charset.symbols))
    glued = "; without one for the space (<space>, ▁ or |) words run together" if symbols[0] == " " else ""
    lacking = f"has no unit for {len(symbols)} of {of} labels, so they are unknown to it: {named}{more}"
    return lacking + (words_advice(units, charset) or glued)


def words_advice(units: Sequence[str], charset: SymbolTable) -> str:
    """How to read units that are words after all, as the end of a message; empty where they are not."""
    real, symbols = _real(units), set(charset.symbols)
    words = sum(len(one) > 1 and one not in symbols for one in real)
    return (
        "; it is a model of words, it seems, which wants `unit='word'` and a `lexicon`" if 2 * words > len(real) else ""
    )


def _real(units: Sequence[str]) -> list[str]:
    """The units but for those that stand for a place in the line, or for what is unknown."""
    return [one for one in units if not (one.startswith("<") and one.endswith(">"))]


def _numbers(units: Sequence[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for number, text in enumerate(units):
        numbers.setdefault(" " if text in _SPACES else text, number)
    return numbers


def _units_of(symbol: str, charset: SymbolTable, normal: Mapping[str, int], as_written: Mapping[str, int]) -> list[int]:
    if not symbol:  # the blank
        return [UNKNOWN]
    found = _spelled(symbol, normal)
    if found == [UNKNOWN]:
        others = (_spelled(old, as_written) for old in (symbol, *_old_spellings(symbol, charset)))
        return next((other for other in others if other != [UNKNOWN]), found)
    return found


def _spelled(text: str, known: Mapping[str, int]) -> list[int]:
    if text in known:
        return [known[text]]
    parts = [known.get(character, UNKNOWN) for character in text]
    return [UNKNOWN] if UNKNOWN in parts else parts


class _Rewrite(Protocol):
    source: str
    target: str


def _old_spellings(symbol: str, charset: SymbolTable) -> Iterator[str]:
    """What the charset's rewrites, where it has any, make into that text."""
    rewrites: Sequence[_Rewrite] = getattr(charset, "rewrites", ())
    for rewrite in rewrites:
        if rewrite.target and rewrite.target in symbol:
            yield symbol.replace(rewrite.target, rewrite.source)
