"""Whether what is told of a script can be used: its patterns, its digits, its words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.plugin.testing.verdict import require, require_summary, running
from ocrkit.text.akshara import akshara_splitter

if TYPE_CHECKING:
    from ocrkit.text.scripts import Script, WordSource

__all__ = ["check_script"]

_CODE = re.compile("[A-Z][a-z]{3}")
_CLASSES = ("characters", "consonants", "nuktas", "prefixes")
_PATTERNS = ("joiner", "onset")
_LAST_LETTER = 0x20000  # beyond are ideographs
_WORDS = 200


def check_script(script: Script) -> None:
    """Check that a script's patterns work, its digits are ten, and its words are made of the labels given.

    Raises:
        PluginError: they do not.
    """
    what = f"script {script.name!r}"
    require_summary(what, script.summary)
    require(
        _CODE.fullmatch(script.code) is not None, f"{what} has the code {script.code!r}; expected ISO 15924: 'Taml'"
    )
    letters = _letters(what, script)
    values = [unicodedata.decimal(digit, None) for digit in script.digits]
    require(
        values in ([], list(range(10))), f"{what} has the digits {script.digits!r}; expected ten, from zero, or none"
    )
    _check_aksharas(what, script, letters)
    if script.words is not None:
        _check_words(what, script, letters)


def _letters(what: str, script: Script) -> str:
    """The characters of the script, and a proof that its patterns are such."""
    require(bool(script.characters), f"{what} has no characters; expected a range such as '\\u0b80-\\u0bff'")
    for field in _CLASSES:
        with running(f"{what}: compiling {field!r} in brackets"):
            re.compile(f"[{getattr(script, field)}x]")
    for field in _PATTERNS:
        with running(f"{what}: compiling {field!r}"):
            groups = re.compile(getattr(script, field)).groups
        require(not groups, f"{what} has a group in {field!r}; write (?:...) for (...)")
    own = re.compile(f"[{script.characters}]")
    letters = "".join(chr(point) for point in range(_LAST_LETTER) if own.match(chr(point)))
    return "".join(letter for letter in letters if unicodedata.category(letter) not in ("Cn", "Cs", "Cc"))


def _check_aksharas(what: str, script: Script, letters: str) -> None:
    rng = np.random.default_rng(0)
    split = akshara_splitter([script])
    for _ in range(_WORDS):
        text = "".join(rng.choice(list(letters + " \u200c\u200d"), 12))
        require("".join(split(text)) == text, f"{what} loses something of {text!r} when it is cut into aksharas")


def _check_words(what: str, script: Script, letters: str) -> None:
    symbols = frozenset(letters) | frozenset(".,-")
    require(script.words is None or script.words(frozenset("?")) is None, f"{what} makes words of '?'; expected None")
    with running(f"{what}: making words"):
        source, again = (script.words(symbols) if script.words is not None else None for _ in range(2))
    if source is None or again is None:
        require(False, f"{what} makes no words of all its characters; expected a source of words")
        return
    drawn, twin = _drawn(what, source), _drawn(what, again)
    require(drawn == twin, f"{what} makes other words of the same seed; draw from the generator given alone")
    for word in drawn:
        lacking = set(word) - symbols - set("\u200c\u200d")
        require(bool(word), f"{what} makes an empty word")
        require(not lacking, f"{what} makes {word!r}, with {''.join(sorted(lacking))!r}, which is no label given")
    require(bool(source.covered) and source.covered <= symbols, f"{what}: 'covered' must hold labels that were given")
    require(isinstance(source.endings, tuple), f"{what}: 'endings' must be a tuple, perhaps empty")


def _drawn(what: str, source: WordSource) -> list[str]:
    rng = np.random.default_rng(1)
    with running(f"{what}: drawing words"):
        return [source.word(rng) for _ in range(_WORDS)]
