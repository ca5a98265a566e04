"""``check_script``, on scripts that break the contract in one place, and where registered scripts are asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import PluginError
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import SourceOptions
from ocrkit.plugin.testing import check_script
from ocrkit.text.scripts import Script, WordSource
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np


class Letters:
    """Words of one label each."""

    endings: tuple[str, ...] = ()

    def __init__(self, word: str = "ᚠ", covered: str = "ᚠ") -> None:
        self.covered = frozenset(covered)
        self._word = word

    def word(self, rng: np.random.Generator) -> str:
        return self._word * int(rng.integers(1, 3))


def words(source: WordSource) -> Callable[[frozenset[str]], WordSource | None]:
    return lambda symbols: source if "ᚠ" in symbols else None


RUNIC = Script("runic", "Runr", "Runes.", characters="\u16a0-\u16ff", words=words(Letters()))


class Restless(Letters):
    """Draws from what is not given."""

    drawn = 0

    def word(self, rng: np.random.Generator) -> str:
        Restless.drawn += 1
        return "ᚠ" * (1 + Restless.drawn % 3)


def test_a_whole_script_passes() -> None:
    check_script(RUNIC)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"summary": "two\nlines"}, "expected one line of text"),
        ({"code": "runic"}, "has the code 'runic'; expected ISO 15924"),
        ({"characters": ""}, "has no characters"),
        ({"characters": "z-a"}, "compiling 'characters' in brackets"),
        ({"joiner": "("}, "compiling 'joiner'"),
        ({"joiner": "(a)"}, "has a group in 'joiner'"),
        ({"digits": "0123"}, "expected ten, from zero"),
        ({"digits": "1234567890"}, "expected ten, from zero"),
        ({"words": lambda symbols: Letters()}, "makes words of '\\?'; expected None"),
        ({"words": lambda symbols: None}, "makes no words of all its characters"),
        ({"words": words(Letters("a"))}, "makes 'a+', with 'a', which is no label given"),
        ({"words": words(Letters(""))}, "makes an empty word"),
        ({"words": words(Letters(covered="a"))}, "'covered' must hold labels that were given"),
        ({"words": words(Restless())}, "makes other words of the same seed"),
    ],
)
def test_what_breaks_the_contract_is_said(changes: dict[str, object], message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_script(replace(RUNIC, **changes))  # type: ignore[arg-type]


class Plugin:
    """Says more about a script that is known."""

    @hookimpl
    def ocrkit_scripts(self) -> Iterator[Script]:
        yield replace(
            load_registry("none").script("malayalam"),
            words=lambda symbols: Letters("ക", "".join(symbols)) if "ക" in symbols else None,
        )


def test_the_words_of_a_registered_script_are_drawn(tmp_path: Path) -> None:
    registry = load_registry("none")
    registry.register(Plugin(), distribution="mine", trusted=True)
    options = SourceOptions(charset=shipped_charset("malayalam-basic"), count=40)

    try:
        samples = open_samples(None, format="synthetic", options=options, registry=registry)
    except OSError:
        pytest.skip("no faces here")

    letters = {letter for sample in samples for letter in sample.text or ""}
    assert letters == {"ക"}
