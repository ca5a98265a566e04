"""The IAM Handwriting Database, by the format that its own files document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.data.sources.iam import open_iam, recognises_iam
from ocrkit.errors import DataError, MissingFileError, Origin

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.records import BadRow

LINES = """\
#--- lines.txt ---------------------------------------------------------------#
#
# format: a01-000u-00 ok 154 19 408 746 1661 89 A|MOVE|to|stop|Mr.|Gaitskell|from
#
a01-000u-00 ok 154 19 408 746 1661 89 A|MOVE|to|stop|Mr.|Gaitskell|from
a01-000u-01 err 156 19 395 932 1850 105 nominating|any|more
r06-143-12 ok 180 20 310 740 1700 90 "|end|"|#|&
"""
WORDS = """\
# a01-000u-00-00 ok 154 408 768 27 51 AT A
a01-000u-00-00 ok 154 408 768 27 51 AT A
a01-000u-00-01 err 154 507 766 213 48 NN MOVE
a01-000u-00-02 ok 154 796 764 70 50 TO to
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_lines_come_with_their_folders_and_forms(folder: Path) -> None:
    (folder / "lines.txt").write_text(LINES)

    samples = open_iam(folder)

    # A line whose words were not segmented well (err) has its text all the same.
    assert [sample.text for sample in samples] == [
        "A MOVE to stop Mr. Gaitskell from",
        "nominating any more",
        '" end " # &',
    ]
    assert samples[0].image == folder / "lines/a01/a01-000u/a01-000u-00.png"
    assert samples[2].image == folder / "lines/r06/r06-143/r06-143-12.png"
    assert [sample.group for sample in samples] == ["a01-000u", "a01-000u", "r06-143"]
    assert samples[0].origin == Origin(f"{folder}/lines.txt", 5)


def test_words_that_were_cut_wrongly_are_left_out_and_counted(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "words.txt").write_text(WORDS)

    samples = open_iam(folder)

    assert [sample.text for sample in samples] == ["A", "to"]
    assert samples[1].image == folder / "words/a01/a01-000u/a01-000u-00-02.png"
    assert "words.txt: 1 words whose segmentation went wrong (err) are left out" in caplog.text


def test_the_files_may_lie_as_they_are_distributed(folder: Path) -> None:
    (folder / "ascii").mkdir()
    (folder / "ascii" / "lines.txt").write_text(LINES)
    image = folder / "lines/a01/a01-000u/a01-000u-00.png"
    image.parent.mkdir(parents=True)
    Image.new("L", (9, 3)).save(image)

    assert recognises_iam(folder)
    assert open_iam(folder)[0].image == image


def test_lines_are_read_before_words_and_a_file_given_itself_is(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "lines.txt").write_text(LINES)
    (folder / "words.txt").write_text(WORDS)

    assert len(open_iam(folder)) == 3
    assert "lines.txt is read; give" in caplog.text
    assert [sample.text for sample in open_iam(folder / "words.txt")] == ["A", "to"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("a01-000u-02 ok 154", "'a01-000u-02 ok 154' is no entry; expected 'a01-000u-00 ok 154 19"),
        ("a01-000u-02 fine 154 19 408 746 1661 89 A", "'a01-000u-02 fine 154 .*' is no entry"),
        ("nonsense ok 154 19 408 746 1661 89 A", "'nonsense ok .*' is no entry"),
        ("a01-000u-02 ok 154 19 408 746 1661 89 |", "the text of 'a01-000u-02' is empty"),
    ],
)
def test_a_malformed_entry_is_named(folder: Path, entry: str, message: str) -> None:
    (folder / "lines.txt").write_text(f"{LINES}{entry}\n")
    bad: list[BadRow] = []

    with pytest.raises(DataError, match=rf"lines\.txt:8: {message}"):
        open_iam(folder)

    assert len(open_iam(folder, report=bad.append)) == 3
    assert [row.line for row in bad] == [8]


@pytest.mark.parametrize("content", ["", "apple\npear\n", "# a comment\n", "ok 1 2 3 4 5 6 7 8\n"])
def test_other_lists_of_words_are_not_taken_for_it(folder: Path, content: str) -> None:
    (folder / "words.txt").write_text(content)

    assert not recognises_iam(folder)
    assert not recognises_iam(folder / "words.txt")
    with pytest.raises(DataError, match=r"no lines\.txt or words\.txt of the IAM database"):
        open_iam(folder)


def test_a_missing_folder_is_missing(folder: Path) -> None:
    with pytest.raises(MissingFileError):
        open_iam(folder / "gone")
