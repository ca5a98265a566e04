"""How texts in one script or several are spelled: the rewrites of the charsets of those scripts, brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import CharsetError
from ocrkit.text.invisible import is_invisible
from ocrkit.text.normalization import check_rewrites
from ocrkit.text.scripts.detection import scripts_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from ocrkit.text.charset import Charset
    from ocrkit.text.normalization import Rewrite

__all__ = ["charsets_of_scripts", "joined_rewrites"]

# Of the letters of texts; a word in passing says nothing about how the rest is to be spelled.
_SHARE = 0.01


def charsets_of_scripts(characters: Counter[str], of_script: Callable[[str], Charset | None]) -> list[Charset]:
    """The charsets in NFC that say how the scripts of some characters are spelled, the commonest script's first."""
    found = map(of_script, scripts_of(characters, share=_SHARE))
    return [charset for charset in found if charset is not None and charset.normalization == "NFC"]


def joined_rewrites(charsets: Sequence[Charset]) -> tuple[Rewrite, ...]:
    """The rewrites of several charsets, as far as they go together.

    Where two say what becomes of an invisible character, such as a joiner, the first is followed: each knows of its own
    letters alone where one sees it. Where the rest would not end, the first's are all.
    """
    rewrites: dict[Rewrite, None] = {}
    settled: set[str] = set()
    for charset in charsets:
        rewrites.update((rule, None) for rule in charset.rewrites if rule.source not in settled)
        settled.update(rule.source for rule in charset.rewrites if all(map(is_invisible, rule.source)))
    try:
        check_rewrites("NFC", tuple(rewrites))
    except CharsetError:
        return charsets[0].rewrites
    return tuple(rewrites)
