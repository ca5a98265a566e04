"""Writing a charset file for the labels chosen from a corpus, with counts and coverage as comments."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocrkit.text.charset_draft import CharsetDraft
    from ocrkit.text.inventory import Coverage, Inventory
    from ocrkit.text.normalization import Rewrite

__all__ = ["charset_toml", "described_coverage"]


def charset_toml(
    draft: CharsetDraft,
    inventory: Inventory,
    *,
    name: str,
    script: str,
    languages: Sequence[str] = ("und",),
    direction: str = "ltr",
    includes: Sequence[str] = (),
    rewrites: Sequence[Rewrite] = (),
    corpus: str,
) -> str:
    """The text of a charset file.

    Args:
        draft: the labels.
        inventory: what they were chosen from.
        name: the charset's.
        script: ISO 15924.
        languages: BCP 47.
        direction: ``ltr`` or ``rtl``.
        includes: names of the charsets that bring what was known before.
        rewrites: how other scripts of the corpus are spelled.
        corpus: what the heading calls the corpus.
    """
    lines = [
        *_heading(draft, inventory, corpus),
        f"name = {_quoted(name)}",
        f"script = {_quoted(script)}",
        f"languages = {_quoted_list(languages)}",
        *([f"direction = {_quoted(direction)}"] if direction != "ltr" else []),
        *([f"includes = {_quoted_list(includes)}"] if includes else []),
        *_group("characters", draft.characters),
        *_group("aksharas, the commonest first", draft.aksharas),
        *(line for rule in rewrites for line in _rewrite(rule)),
    ]
    return "\n".join(lines) + "\n"


def described_coverage(coverage: Coverage) -> list[str]:
    """What a file's heading and the command line say of it, a line each."""
    return [
        f"characters  {coverage.characters:.2%} have a label",
        f"aksharas    {coverage.aksharas:.2%} are one label; {coverage.labels:.2f} labels each on average",
        f"words       {coverage.words:.2%} can be spelled; {coverage.whole_words:.2%} with one label for each akshara",
    ]


def _heading(draft: CharsetDraft, inventory: Inventory, corpus: str) -> list[str]:
    named = "".join(character if character.isprintable() else "?" for character in corpus)
    sizes = (
        f"{inventory.characters.total():,} characters ({len(inventory.characters):,} distinct), "
        f"{inventory.aksharas.total():,} aksharas ({len(inventory.aksharas):,}), "
        f"{inventory.words.total():,} words ({len(inventory.words):,})"
    )
    return [
        f"# From {named}; behind each label, how often it occurs.",
        f"# {sizes}",
        *(f"# {line}" for line in described_coverage(draft.coverage)),
    ]


def _group(name: str, symbols: Iterable[tuple[str, int]]) -> list[str]:
    lines = [f"    {_quoted(symbol) + ',':<16}  # {count:,}" for symbol, count in symbols]
    return ["", "[[group]]", f"name = {_quoted(name)}", "symbols = [", *lines, "]"] if lines else []


def _rewrite(rule: Rewrite) -> list[str]:
    neighbours = (("unless_after", rule.unless_after), ("unless_before", rule.unless_before))
    points = [f"{key} = {_quoted_list(f'{ord(one):04X}' for one in some)}" for key, some in neighbours if some]
    return ["", "[[rewrite]]", f"from = {_quoted(rule.source)}", f"to = {_quoted(rule.target)}", *points]


def _quoted_list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A basic string of TOML; what cannot be seen, or would depend on the quote, as its code point."""
    return '"' + "".join(_escaped(character, leads=place == 0) for place, character in enumerate(text)) + '"'


def _escaped(character: str, *, leads: bool) -> str:
    if character in '"\\':
        return "\\" + character
    category = unicodedata.category(character)
    hidden = character != " " and category[0] in "CZ"
    if hidden or (leads and category[0] == "M"):
        point = ord(character)
        return f"\\u{point:04X}" if point <= 0xFFFF else f"\\U{point:08X}"
    return character
