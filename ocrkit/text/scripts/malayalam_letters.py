"""Malayalam's letters, what joins and what does not, in either orthography; all that is known of it begins here."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "BARS",
    "BEFORE_OR_BELOW",
    "CHARACTERS",
    "CHILLU_CONSONANTS",
    "CODAS",
    "CONSONANTS",
    "DIGITS",
    "DOT_REPH",
    "JOINED",
    "JOINED_SIGNS",
    "MODERN_CONSONANTS",
    "NTA",
    "OLD_SHAPES",
    "SIGNS",
    "SIGN_FORMING",
    "VIRAMA",
    "VOWELS",
    "ZWNJ",
    "needs_joining",
]

VIRAMA: Final = "\u0d4d"
ZWNJ: Final = "\u200c"
DOT_REPH: Final = "\u0d4e"
BARS: Final = "\u0d3b\u0d3c"  # vertical bar and circular virama, of old print
VOWELS: Final = "അആഇഈഉഊഋൠഌൡഎഏഐഒഓഔ"
SIGNS: Final = "ാിീുൂൃൄൢൣെേൈൊോൌൗ"
# Anusvara, visarga and the chillus: what closes a syllable.
CODAS: Final = "ംഃൺൻർൽൾൿ\u0d54\u0d55\u0d56"
DIGITS: Final = "൦൧൨൩൪൫൬൭൮൯"

# As in the brackets of a regular expression; the last consonant is archaic.
CHARACTERS: Final = "\u0d00-\u0d7f"
CONSONANTS: Final = "\u0d15-\u0d3a"
MODERN_CONSONANTS: Final = "\u0d15-\u0d39"
# ു, ൂ, ൃ, ൄ, which the traditional orthography joins to their letters.
JOINED_SIGNS: Final = "\u0d41-\u0d44"
# A legacy chillu, consonant + virama + ZWJ, ends its akshara; after other consonants a ZWJ asks for a shape.
CHILLU_CONSONANTS: Final = "ണനരലളകമയഴ"
# The conjunct nta by its chillu, atomic or legacy.
NTA: Final = f"(?:\u0d7b{VIRAMA}|\u0d28{VIRAMA}\u200d{VIRAMA})\u0d31"

# The conjuncts that modern and old print alike write joined. A face may write any other pair with a visible
# virama, as the reformed orthography allows (Noto and Lohit do so for many), and the text is read all the same.
JOINED: Final = frozenset(
    re.findall(
        r"\S+",
        "ക്ക ങ്ങ ച്ച ഞ്ഞ ട്ട ണ്ണ ത്ത ദ്ദ ന്ന പ്പ മ്മ യ്യ ല്ല വ്വ ള്ള റ്റ ങ്ക ഞ്ച ണ്ട ന്ത ന്ദ ന്ധ ന്റ മ്പ ന്മ "
        "ക്ത ക്ഷ സ്ഥ സ്ത ദ്ധ ത്ഥ ജ്ഞ ശ്ച ഷ്ട ഹ്മ ണ്ഡ ത്മ ത്സ ച്ഛ ജ്ജ ശ്ശ സ്സ ഗ്ഗ ബ്ബ "
        "ക്ല ഗ്ല പ്ല ഫ്ല ബ്ല ശ്ല സ്ല",
    )
)
SIGN_FORMING: Final = "യരവ"
BEFORE_OR_BELOW: Final = "രല"
# ൾ as it was cast before typewriters gave it its present shape: much like ഠ with the ring of ം.
OLD_SHAPES: Final = {"ൾ": "ഠം"}


def needs_joining(first: str, second: str) -> bool:
    """Whether print of either orthography joins these two consonants, where no ZWNJ parts them."""
    return second in SIGN_FORMING or f"{first}{VIRAMA}{second}" in JOINED
