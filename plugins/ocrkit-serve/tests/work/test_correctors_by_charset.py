from __future__ import annotations

from dataclasses import replace

from ocrkit_serve.work.correctors import Correctors
from told_corrector import registry

from ocrkit.text.shipped import shipped_charset


def test_charsets_of_one_name_have_each_a_corrector_of_their_own() -> None:
    charset = shipped_charset("english")
    fewer = replace(charset, symbols=charset.symbols[:-1])
    correctors = Correctors(registry=registry())
    correctors.load(charset)

    found = [correctors.get("told", one) for one in (charset, fewer)]

    assert [one and one.charset for one in found] == [charset, fewer]
