"""What turns text into labels: a charset, or the symbols alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ocrkit.errors import OptionError

__all__ = ["SymbolTable", "Symbols", "as_symbol_table"]


class SymbolTable(Protocol):
    """What turns text into labels; ``ocrkit.Charset`` is one."""

    @property
    def symbols(self) -> Sequence[str]:
        """The text of each label, by its number; the blank's is empty."""
        ...

    def normalize(self, text: str) -> str:
        """``text`` as the symbols spell it; a line feed stays one, and nothing reaches across it."""
        ...


Symbols: TypeAlias = "SymbolTable | Sequence[str]"
"""A charset, or the text of each label by its number, the blank's empty."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """Symbols that text is spelled with as it stands."""

    symbols: tuple[str, ...]

    def normalize(self, text: str) -> str:
        return text


def as_symbol_table(symbols: Symbols) -> SymbolTable:
    """A charset as it is, and symbols as one that takes text as it stands.

    Raises:
        OptionError: it is neither; a symbol is no string; or none is the blank's.
    """
    if hasattr(symbols, "symbols") and hasattr(symbols, "normalize"):
        return symbols
    if isinstance(symbols, str) or not isinstance(symbols, Sequence):
        way_out = (
            f"; ocrkit.resolve_charset({symbols!r}) gives a charset by its name" if isinstance(symbols, str) else ""
        )
        raise OptionError(
            f"charset is {symbols!r}; expected a Charset, or the text of each label such as ['', 'a', 'b']{way_out}"
        )
    for label, symbol in enumerate(symbols):
        if not isinstance(symbol, str):
            raise OptionError(f"the symbol of label {label} is {symbol!r}; expected a string")
    if "" not in symbols:
        raise OptionError(
            f"none of the {len(symbols)} symbols is empty, as the blank's is; expected the text of each label by its "
            "number, such as ['', 'a', 'b'] where the blank is label 0"
        )
    return _Plain(tuple(symbols))
