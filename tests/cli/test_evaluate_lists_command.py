"""``ocrkit evaluate`` with a list of words for each line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest

if TYPE_CHECKING:
    from command import RunOcrkit


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model, three lines, the label of the last of which is wrong, and a list for each."""
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    bars.write(Path("lines"), {"1.png": "ab", "2.png": "cab", "3.png": "bb"})
    table = Path("lines/labels.tsv")
    table.write_text(table.read_text().replace("3.png\tbb", "3.png\tba"))
    lists = {"1.png": ["ab", "cc"], "2.png": ["cab", "abc"], "3.png": ["ba", "cc"], "9.png": ["a"]}
    records = [{"name": name, "lexicon": words, "origin": "self-made by hand"} for name, words in lists.items()]
    Path("lists.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return tmp_path


def test_the_three_ways_of_reading_are_printed(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicons", "lists.jsonl")

    lines = ran.out.splitlines()
    assert ran.code == 0
    # Three of three: from 1 / (1 + 1.96^2 / 3).
    assert lines[4] == "exact      1.0000 (95 %: 0.4385 to 1.0000)"
    assert lines[5] == (
        "lists      of 2 words, from lists.jsonl (self-made by hand); read is each list's entry of the highest "
        "probability"
    )
    assert lines[6].startswith("nearest    exact 1.0000 (95 %: 0.4385 to 1.0000), CER 0.0000")
    assert lines[7].startswith("3 edits    exact 1.0000")
    # One of the seven characters, and one of the three lines: the two bounds of 2 in 3 by Wilson.
    assert lines[8] == "no list    exact 0.6667 (95 %: 0.2077 to 0.9385), CER 0.1429"
    assert ran.err == "note: 1 list is for no line: 9.png\n"


def test_json_has_the_lists_beside_the_rates(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicons", "lists.jsonl", "--json")

    told = json.loads(ran.out)
    assert told["exact"] == 1.0
    assert told["lexicons"]["greedy"]["exact"] == pytest.approx(2 / 3)
    assert told["lexicons"]["unused"] == 1


def test_a_column_of_the_data_is_named_where_it_is_not_asked_for(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("lines/labels.tsv").write_text("name\ttext\tlexicon\n1.png\tab\tab cc\n3.png\tba\tba cc\n")

    without = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--json")
    asked = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicons", "lexicon", "--json")

    assert (json.loads(without.out)["exact"], json.loads(asked.out)["exact"]) == (0.5, 1.0)
    assert without.err == (
        "note: the data has lists of words for its lines, which --lexicons lexicon reads them with\n"
    )
    assert asked.err == ""


def test_lists_without_the_truth_are_counted(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("lists.jsonl").write_text(
        '{"name": "1.png", "lexicon": ["cc", "q"]}\n{"name": "2.png", "lexicon": ["cab"]}\n'
        '{"name": "3.png", "lexicon": ["ba"]}\n'
    )

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicons", "lists.jsonl")

    assert ran.err == (
        "1 of 3 lines count as errors, since their list does not hold their text\n"
        "passed over 1 word of the lists that the charset cannot spell\n"
    )


def test_lines_that_are_no_plain_words_are_counted(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--plain-words", "--alphanumeric", "--json")

    told = json.loads(ran.out)
    assert (told["count"], told["left_out"]) == (1, 2)
    assert ran.err == "left out 2 of 3 lines, whose text is no plain word\n"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--lexicon", "words.txt"), "--lexicons reads each line by its own list alone, without --lexicon;"),
        (("--decoder", "greedy"), "--lexicons reads each line by its own list alone, without --decoder;"),
        (("--beam-width", "5"), "--lexicons reads each line by its own list alone, without --beam-width;"),
        (("--lm", "m.arpa", "--tune-lm"), "--lexicons reads each line by its own list alone, without --lm;"),
    ],
)
def test_what_lists_would_pass_over_is_refused(
    place: Path, run_ocrkit: RunOcrkit, options: tuple[str, ...], complaint: str
) -> None:
    Path("words.txt").write_text("ab\n")
    Path("m.arpa").write_text("\\data\\\nngram 1=1\n\\1-grams:\n-0.6\ta\n\\end\\\n")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicons", "lists.jsonl", *options)

    assert (ran.code, ran.out) == (1, "")
    assert complaint in ran.err


def test_lists_that_are_nowhere_are_told(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--lexicons", "list.jsonl")

    assert (ran.code, ran.out) == (1, "")
    assert "--lexicons is 'list.jsonl': no file is called so, and the data brings no lists; expected" in ran.err
