from __future__ import annotations

import json
import math
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from ocrkit_spelling.confusions import Confusions

from ocrkit.errors import MissingFileError, OptionError

if TYPE_CHECKING:
    from pathlib import Path

COUNTED = Confusions(Counter({("m", "rn"): 60, ("c", "o"): 40}))
TOTAL = 100 + 0.5 * 400


def test_a_counted_confusion_costs_its_share_of_all() -> None:
    cost = COUNTED.cost("oat", "cat", [0.5, 0.9, 0.9])

    assert cost == pytest.approx(-math.log(40.5 / TOTAL))


def test_the_surer_the_character_the_dearer_the_confusion() -> None:
    cost = COUNTED.cost("oat", "cat", [0.9, 0.1, 0.1])

    assert cost == pytest.approx(math.log(9) - math.log(40.5 / TOTAL))


def test_two_letters_read_for_one_are_one_confusion_where_they_were_counted_so() -> None:
    cost = COUNTED.cost("rnan", "man", [0.5, 0.5, 0.9, 0.9])

    assert cost == pytest.approx(-math.log(60.5 / TOTAL))


def test_uncounted_differences_cost_each() -> None:
    assert COUNTED.cost("xyan", "man", [0.5] * 4) == pytest.approx(-2 * math.log(0.5 / TOTAL))


def test_where_a_letter_is_missing_those_beside_it_tell_how_sure_it_is() -> None:
    cost = COUNTED.cost("ct", "cat", [0.9, 0.5])

    assert cost == pytest.approx(-math.log(0.5 / TOTAL))


def test_equal_words_cost_nothing() -> None:
    assert COUNTED.cost("man", "man") == 0


def test_confusions_come_from_an_evaluation_or_from_a_table(tmp_path: Path) -> None:
    printed, table = tmp_path / "e.json", tmp_path / "c.tsv"
    printed.write_text(json.dumps({"cer": 0.1, "confusions": [{"reference": "m", "read": "", "count": 3}]}), "utf-8")
    table.write_text("m\t\t3\n", "utf-8")

    assert Confusions.read(printed) == Confusions.read(table) == Confusions(Counter({("m", ""): 3}))


@pytest.mark.parametrize("content", ["{}", "a b 3\n", "a\tb\tmany\n", '{"confusions": 3}'])
def test_what_holds_no_confusions_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.txt").write_text(content, "utf-8")

    with pytest.raises(OptionError, match="holds no confusions; expected what 'ocrkit evaluate --json' prints"):
        Confusions.read(tmp_path / "c.txt")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="nowhere"):
        Confusions.read(tmp_path / "nowhere")
