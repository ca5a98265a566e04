from __future__ import annotations

from typing import TYPE_CHECKING

import ocrkit_spelling
import pytest
from ocrkit_spelling.counting import count_words
from typer.testing import CliRunner

from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from pathlib import Path

(COMMAND,) = ocrkit_spelling.ocrkit_commands()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text('The cat sat, the "Cat" ran - 23 b52 cats.\nthe end\t2\n', "utf-8")
    return path


def test_words_are_counted_in_small_letters_without_punctuation_and_codes(text: Path) -> None:
    found = count_words([text], least=1)

    assert found == {"the": 4, "cat": 2, "end": 2, "cats": 1, "ran": 1, "sat": 1}
    assert list(found)[:3] == ["the", "cat", "end"]


def test_rare_words_are_left_out_unless_a_list_knows_them(text: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("sat\nsofa\n", "utf-8")

    assert count_words([text], least=3, known=[known]) == {"the": 4, "sat": 2, "sofa": 1}


def test_words_are_spelled_as_a_charset_spells_them(tmp_path: Path) -> None:
    path = tmp_path / "ml.txt"
    path.write_text("അവന്\u200d അവൻ\n", "utf-8")

    assert count_words([path], least=1, charset="malayalam") == {"അവൻ": 2}


def test_a_least_count_of_nothing_is_refused(text: Path) -> None:
    with pytest.raises(OptionError, match="`least` is 0"):
        count_words([text], least=0)


def test_the_command_writes_a_list_and_prints_its_name(text: Path, tmp_path: Path) -> None:
    ran = CliRunner().invoke(COMMAND.load(), [str(text), "-o", str(tmp_path / "w.tsv"), "--least", "2"])

    assert ran.exit_code == 0
    assert ran.stdout == f"{tmp_path / 'w.tsv'}\n"
    assert (tmp_path / "w.tsv").read_text("utf-8") == "the\t4\ncat\t2\nend\t2\n"


@pytest.mark.parametrize(("output", "told"), [("none/w.tsv", "there is no folder"), (".", "is a folder; give a file")])
def test_a_list_that_cannot_be_written_is_refused_before_texts_are_read(tmp_path: Path, output: str, told: str) -> None:
    ran = CliRunner().invoke(COMMAND.load(), [str(tmp_path / "no text"), "-o", str(tmp_path / output)])

    assert isinstance(ran.exception, OptionError)
    assert told in str(ran.exception)
