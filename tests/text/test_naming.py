from __future__ import annotations

import pytest

from ocrkit.text.naming import described, spelled_out


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("ഌ", "'ഌ' (U+0D0C MALAYALAM LETTER VOCALIC L)"),
        ("\u200c", "'\\u200c' (U+200C ZERO WIDTH NON-JOINER)"),
        ("\t", "'\\t' (U+0009 control character)"),
        ("\ue000", "'\\ue000' (U+E000 private use)"),
        ("\U0010fffe", "'\\U0010fffe' (U+10FFFE unassigned)"),
    ],
)
def test_a_character_is_described_by_code_point_and_name(character: str, expected: str) -> None:
    assert described(character) == expected


def test_a_text_is_spelled_out_by_its_code_points() -> None:
    assert spelled_out("e\u0301") == "'e\u0301' (U+0065 U+0301)"


def test_the_empty_text_is_nothing() -> None:
    assert spelled_out("") == "nothing"
