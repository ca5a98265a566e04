"""The role of what is known of a script, which a plugin can fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

__all__ = ["Script", "WordSource"]


class WordSource(Protocol):
    """What gives the words of one script for drawn lines.

    Attributes:
        covered: the labels that its words can show.
        endings: what print joins to a number by a hyphen, as case endings are; often empty.
    """

    covered: frozenset[str]
    endings: tuple[str, ...]

    def word(self, rng: np.random.Generator) -> str:
        """One word, drawn from ``rng`` alone, of the labels that the source was made for."""
        ...


@dataclass(frozen=True, slots=True)
class Script:
    r"""What is known of a script beyond its charset. What is left out is not known, or not there.

    Characters and ranges of them stand as in the brackets of a regular expression: ``"\u0b95\u0b99-\u0b9a"``.

    Attributes:
        name: what listings call it, such as ``malayalam``.
        code: ISO 15924, as a charset's ``script``; of two with one code the later counts, so a plugin can say more
            about a script that is known.
        summary: one line for listings.
        characters: its characters, most simply its blocks.
        consonants: those that begin an akshara, and join in one.
        nuktas: marks that stay with their consonant, before a virama.
        joiner: a regular expression for what stands between two consonants of one akshara, such as a virama.
        onset: a regular expression for what may stand in a consonant's place, such as a cluster of its own kind.
        prefixes: what goes with the akshara behind it.
        digits: its ten digits, from zero.
        words: makes the composer of words for a charset's labels; None where these are too few for it.
    """

    name: str
    code: str
    summary: str
    characters: str
    consonants: str = ""
    nuktas: str = ""
    joiner: str = ""
    onset: str = ""
    prefixes: str = ""
    digits: str = ""
    words: Callable[[frozenset[str]], WordSource | None] | None = None
