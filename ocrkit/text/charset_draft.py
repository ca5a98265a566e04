"""Choosing a charset's labels from a corpus: its commonest aksharas or code points."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ocrkit.errors import CharsetError
from ocrkit.text.invisible import can_be_label

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ocrkit.text.inventory import Coverage, Inventory

__all__ = ["UNITS", "CharsetDraft", "Unit", "draft_charset"]

Unit = Literal["akshara", "codepoint"]
UNITS: tuple[Unit, ...] = ("akshara", "codepoint")


@dataclass(frozen=True, slots=True)
class CharsetDraft:
    """The labels that were chosen, each with its count.

    Attributes:
        characters: those of one code point, in code point order.
        aksharas: those of several, the commonest first.
        left_out: code points of the corpus that get no label.
        coverage: how much of the corpus is covered by these and by what was known before.
    """

    characters: tuple[tuple[str, int], ...]
    aksharas: tuple[tuple[str, int], ...]
    left_out: Counter[str]
    coverage: Coverage

    def __len__(self) -> int:
        """How many labels were chosen."""
        return len(self.characters) + len(self.aksharas)


def draft_charset(
    inventory: Inventory,
    *,
    unit: Unit,
    limit: int | None = None,
    least: int = 1,
    known: AbstractSet[str] = frozenset(),
    closed: bool = False,
) -> CharsetDraft:
    """Choose the labels for a corpus.

    Args:
        inventory: the corpus's units.
        unit: ``akshara`` for labels of several code points beside those of one, ``codepoint`` for the latter alone.
        limit: how many units, the commonest, become labels, the space among code points first; None for all. With
            ``akshara``, every code point becomes a label beyond it, so that every other akshara can be spelled.
        least: units that occur less often become no labels.
        known: symbols that have labels already.
        closed: add no code points to the known ones, and so only aksharas that are made of those.

    Raises:
        CharsetError: there is nothing that can become a label.
    """
    characters = [] if closed else _ranked(inventory.characters, least)
    if inventory.spaces and not closed:
        characters.insert(0, (" ", inventory.spaces))
    aksharas: list[tuple[str, int]] = []
    if unit == "akshara":
        singles = known | {character for character, _ in characters}
        commonest = _ranked(inventory.aksharas, least)[:limit]
        aksharas = [(akshara, n) for akshara, n in commonest if len(akshara) > 1 and singles >= set(akshara)]
    else:
        characters = characters[:limit]
    if not characters and not known:
        raise CharsetError("nothing in the corpus can be a label; give a text, or a smaller least count")
    symbols = known | {symbol for symbol, _ in (*characters, *aksharas)}
    return CharsetDraft(
        characters=tuple(sorted(item for item in characters if item[0] not in known)),
        aksharas=tuple(item for item in aksharas if item[0] not in known),
        left_out=Counter({one: count for one, count in inventory.characters.items() if one not in symbols}),
        coverage=inventory.coverage(symbols),
    )


def _ranked(counts: Counter[str], least: int) -> list[tuple[str, int]]:
    """What can be a label and occurs often enough, the commonest first; equal ones in code point order."""
    able = [(unit, count) for unit, count in counts.items() if count >= least and all(map(can_be_label, unit))]
    return sorted(able, key=lambda item: (-item[1], item[0]))
