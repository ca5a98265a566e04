from __future__ import annotations

import re

import numpy as np
import pytest

from ocrkit.drawing.composing.receipts import ReceiptLines
from ocrkit.drawing.composing.words import Composer
from ocrkit.text.expression import charset_of_expression
from ocrkit.text.shipped import shipped_charset


def some(expression: str, count: int = 3000) -> list[str]:
    charset = charset_of_expression(expression, shipped_charset)
    receipts, rng = ReceiptLines(charset, Composer(charset)), np.random.default_rng(1)
    return [receipts.line(rng) for _ in range(count)]


@pytest.fixture(scope="module")
def english() -> list[str]:
    return some("english+ascii")


@pytest.mark.parametrize(
    "shape",
    [
        r"-?\d[\d,]*\.\d\d",
        r"RM ?-?\d[\d,]*\.\d\d",
        r"\d\d[/.-]\d\d[/.-]\d{2,4}",
        r"\d\d?:\d\d(:\d\d)?( ?[AP]M)?",
        r"QTY",
        r"TOTAL",
        r"TEL ?: \+?[\d()-][\d() -]+",
        r"\*{3,}\d*",
        r"[A-Z ]+ SDN\.? BHD\.?",
        r"(NO|LOT|UNIT|JALAN|ROAD|STREET)[ .].*",
        r"GST [A-Z. ]+:? \d{12}",
    ],
)
def test_a_receipt_has_such_lines(shape: str, english: list[str]) -> None:
    assert sum(re.fullmatch(shape, text) is not None for text in english) >= 3


def test_three_lines_in_five_are_in_capitals(english: list[str]) -> None:
    lettered = [text for text in english if re.search("[A-Za-z]{4}", text)]

    assert np.mean([text == text.upper() for text in lettered]) == pytest.approx(0.6, abs=0.06)


def test_no_slot_is_left_unfilled(english: list[str]) -> None:
    assert not [text for text in english if re.search(r"[{}_]", text) and "___" not in text]


@pytest.mark.parametrize("expression", ["english", "malayalam", "malayalam+english+ascii", "english-basic"])
def test_every_line_is_spelled_by_the_charset(expression: str) -> None:
    charset = charset_of_expression(expression, shipped_charset)

    texts = some(expression, 300)

    assert all(charset.spells(text) and charset.normalize(text) == text for text in texts)


def test_a_charset_of_a_few_labels_has_its_own_texts() -> None:
    charset = shipped_charset("malayalam-basic")
    receipts = ReceiptLines(charset, Composer(charset))

    assert charset.spells(receipts.line(np.random.default_rng(2), 1))
