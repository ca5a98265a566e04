"""Forms of listed words that a list need not have: endings of English, and Malayalam compounds of two words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.text.akshara import split_aksharas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ocrkit_spelling.word_list import WordList

__all__ = ["FORMS", "is_compound", "is_english_form"]

_LEAST_STEM = 4  # letters, so that no short misreading passes for a plural
_LEAST_PART = 2  # aksharas of each part of a compound

_VIRAMA = "\u0d4d"
_SIGN_OF = dict(zip("ആഇഈഉഊഋഎഏഐഒഓഔ", "ാിീുൂൃെേൈൊോൌ", strict=True))
_VOWEL_OF = {sign: vowel for vowel, sign in _SIGN_OF.items()}
_CHILLU_OF = {"ന": "ൻ", "ണ": "ൺ", "ര": "ർ", "ല": "ൽ", "ള": "ൾ", "റ": "ർ"}
_CONSONANTS = "കഖഗഘങചഛജഝഞടഠഡഢണതഥദധനപഫബഭമയരറലളഴവശഷസഹ"


def is_english_form(word: str, words: WordList) -> bool:
    """Whether a folded word is a listed one with 's, s', or the ending of a plural."""
    for ending in ("'s", "'"):
        if stem := word.removesuffix(ending) if word.endswith(ending) else "":
            return stem in words or (ending == "'" and is_english_form(stem, words))
    if not word.endswith("s") or len(word) <= _LEAST_STEM:
        return False
    stems = [word[:-1]]
    if word.endswith("es"):
        stems.append(word[:-2])
    if word.endswith("ies"):
        stems.append(word[:-3] + "y")
    return any(len(stem) >= _LEAST_STEM and stem in words for stem in stems)


def is_compound(word: str, words: WordList) -> bool:
    """Whether a Malayalam word is two listed ones, as they are joined: a right one is likelier than a misread one."""
    aksharas = split_aksharas(word)
    for number in range(1, len(aksharas)):
        first, second = "".join(aksharas[:number]), "".join(aksharas[number:])
        for left, right in _partings(first, second):
            if _is_part(left, words) and _is_part(right, words):
                return True
    return False


def _is_part(word: str, words: WordList) -> bool:
    return word in words and len(split_aksharas(word)) >= _LEAST_PART


def _partings(first: str, second: str) -> Iterator[tuple[str, str]]:
    """Pairs of words that sandhi may have joined where ``first`` and ``second`` meet."""
    yield first, second
    head, rest = second[0], second[1:]
    if head in _CONSONANTS and rest[:1] == _VIRAMA and rest[1:2] == head:
        yield from ((left, second[2:]) for left in (first, first + "ം", first + _VIRAMA))  # doubled where they meet
    if rest[:1] in _VOWEL_OF:
        vowel, tail = _VOWEL_OF[rest[0]], rest[1:]
    elif head in _CONSONANTS and rest[:1] != _VIRAMA:
        vowel, tail = "അ", rest
    else:
        return
    right = vowel + tail
    if head in "യവ":
        yield first, right  # a glide between two vowels
    if head in "മവത":
        yield first + "ം", right
    yield first + head + _VIRAMA, right
    yield first + head + "ു", right
    if head in _CHILLU_OF:
        yield first + _CHILLU_OF[head], right


FORMS: dict[str, Callable[[str, WordList], bool]] = {"en": is_english_form, "ml": is_compound}
