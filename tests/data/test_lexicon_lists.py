"""Lists of words for images: files of them, and which list is whose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.lexicon_lists import LexiconLists, chosen_lists, read_lists
from ocrkit.data.records import Sample
from ocrkit.errors import DataError, LexiconError, MissingFileError, OptionError
from ocrkit.plugin.datasets import open_samples

if TYPE_CHECKING:
    from pathlib import Path


def sample(name: str, **lists: list[str]) -> Sample:
    return Sample(name, lambda: None, "a", lexicons=lists)  # type: ignore[arg-type,return-value]


def written(folder: Path, *records: object) -> Path:
    path = folder / "lists.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("1.png", "data/test/1.png"),
        ("test/1.png", "data/test/1.png"),
        ("data/test/1.png", "test/1.png"),
        ("./test/1.png", "/far/data/test/1.png"),
        ("test\\1.png", "data/test/1.png"),
    ],
)
def test_a_list_is_for_the_image_whose_path_it_ends_or_is_ended_by(listed: str, name: str) -> None:
    assert LexiconLists.of({listed: ["a", "b"]}).find(sample(name)) == ("a", "b")


@pytest.mark.parametrize("name", ["2.png", "data/train/1.png", "11.png"])
def test_another_image_of_like_name_has_no_list(name: str) -> None:
    assert LexiconLists.of({"test/1.png": ["a"]}).find(sample(name)) is None


def test_of_two_lists_the_one_that_says_more_of_the_path_counts() -> None:
    lists = LexiconLists.of({"1.png": ["x"], "test/1.png": ["a"], "train/1.png": ["b"]})

    assert lists.find(sample("data/train/1.png")) == ("b",)
    assert lists.find(sample("data/other/1.png")) == ("x",)


def test_two_lists_as_near_as_each_other_are_an_error() -> None:
    lists = LexiconLists.of({"test/1.png": ["a"], "train/1.png": ["b"]})

    with pytest.raises(DataError, match=r"^1\.png has two lists, on the lines 1 and 2; expected one"):
        lists.find(sample("1.png"))


def test_lists_for_no_image_are_counted() -> None:
    lists = LexiconLists.of({"1.png": ["a"], "test/2.png": ["b"], "3.png": ["c"]})

    assert lists.unused(["data/test/2.png"]) == (2, "1.png")


@pytest.mark.parametrize("key", ["lexicon", "words", "lex50"])
def test_a_file_has_a_name_and_a_list_under_any_key(tmp_path: Path, key: str) -> None:
    path = written(tmp_path, {"name": "1.png", key: ["a", "b"]}, {"file": "2.png", key: ["c"], "text": "c"})

    lists = read_lists(path)

    assert (len(lists), lists.find(sample("x/2.png"))) == (2, ("c",))


@pytest.mark.parametrize(
    "line", ["1.png\ta b", "1.png\ta, b\r", '1.png\t["a", "b"]', '{"name": "1.png", "lexicon": "a b"}']
)
def test_a_list_may_be_written_as_a_tables_field(tmp_path: Path, line: str) -> None:
    (tmp_path / "lists.tsv").write_bytes(f"{line}\n".encode())

    assert read_lists(tmp_path / "lists.tsv").find(sample("1.png")) == ("a", "b")


@pytest.mark.parametrize("text", ["a\nb\n\na\n", "a\t7\nb\t2\n", "\ufeffa\r\nb\r\n"])
def test_words_alone_are_every_images_list(tmp_path: Path, text: str) -> None:
    (tmp_path / "words.txt").write_bytes(text.encode())

    lists = read_lists(tmp_path / "words.txt")

    assert lists.find(sample("1.png")) == lists.find(sample("2.png")) == ("a", "b")
    assert lists.unused(["1.png"]) == (0, "")


def test_of_several_lists_a_key_chooses(tmp_path: Path) -> None:
    path = written(tmp_path, {"name": "1.png", "lex50": ["a"], "lex1k": ["a", "b"], "origin": "drawn by lot"})

    lists = read_lists(f"{path}#lex1k")

    assert lists.find(sample("1.png")) == ("a", "b")
    assert (lists.source, lists.origin) == (str(path), "drawn by lot")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("[1]", r"lists\.jsonl:2: '\[1\]' is no object; expected an object a line"),
        ("{", r"lists\.jsonl:2: not JSON"),
        ('{"lexicon": ["a"]}', r"lists\.jsonl:2: no name of an image; expected"),
        ('{"name": "1.png", "lexicon": "[1]"}', r"lists\.jsonl:2: the lexicon holds other things than words"),
        ('{"name": "1.png"}', r"lists\.jsonl:2: no list of words; expected"),
        ('{"name": "1.png", "lexicon": []}', r"lists\.jsonl:2: no list of words; expected"),
        (
            '{"name": "1.png", "a": ["x"], "b": ["x"]}',
            r"\.jsonl:2: the lists a, b; say which with .*lists\.jsonl#a",
        ),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "lists.jsonl"
    path.write_text(f'{{"name": "0.png", "lexicon": ["a"]}}\n{line}\n')

    with pytest.raises(DataError, match=complaint):
        read_lists(path)


def test_an_unknown_key_offers_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path, {"name": "1.png", "small": ["a"], "medium": ["b"]})

    with pytest.raises(DataError, match=r":1: no list 'smal'; did you mean 'small'\? it has medium, small"):
        read_lists(f"{path}#smal")


def test_a_file_that_is_not_there_or_empty_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "empty.txt").touch()

    with pytest.raises(DataError, match=r"there are no lists in it; .* or a word a line as every image's list"):
        read_lists(tmp_path / "empty.txt")
    with pytest.raises(MissingFileError):
        read_lists(tmp_path / "gone.jsonl")
    with pytest.raises(DataError, match="there are no lists in it"):
        read_lists(tmp_path / "empty.jsonl")


def test_a_string_in_the_place_of_a_list_is_told() -> None:
    with pytest.raises(LexiconError, match=r"the list of '1\.png' is the string 'abc'; expected a list of words"):
        LexiconLists.of({"1.png": "abc"})


def test_lists_of_the_data_are_chosen_by_their_name() -> None:
    assert chosen_lists("small", [sample("1.png", small=["a"])]) == "small"


def test_an_unknown_name_says_which_lists_the_data_has() -> None:
    with pytest.raises(OptionError, match=r"no file is called so, and did you mean 'small'\? the data has medium, sm"):
        chosen_lists("smal", [sample("1.png", small=["a"], medium=["a"])])
    with pytest.raises(OptionError, match="no file is called so, and the data brings no lists"):
        chosen_lists("small", [sample("1.png")])


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("labels.tsv", "name\ttext\tlexicon\n1.png\tone\tone two\n"),
        ("labels.tsv", "name\ttext\tlexicon\n1.png\tone\tone, two\n"),
        ("labels.tsv", 'name\ttext\tlexicon\n1.png\tone\t["one", "two"]\n'),
        ("labels.csv", 'name,text,lexicon\n1.png,one,"one,two"\n'),
        ("labels.jsonl", '{"name": "1.png", "text": "one", "lexicon": ["one", "two"]}\n'),
    ],
)
def test_a_column_of_a_table_holds_each_images_list(tmp_path: Path, table: str, row: str) -> None:
    (tmp_path / table).write_text(row)

    [listed] = open_samples(tmp_path)

    assert listed.text == "one"
    assert dict(listed.lexicons) == {"lexicon": ("one", "two")}


def test_every_list_of_strings_in_a_row_of_json_is_one_of_the_images_lists(tmp_path: Path) -> None:
    row = {"name": "1.png", "text": "a", "lex50": ["a"], "lex1k": ["a", "b"], "characters": [{"text": "a"}], "none": []}
    (tmp_path / "labels.jsonl").write_text(json.dumps(row))

    [listed] = open_samples(tmp_path)

    assert dict(listed.lexicons) == {"lex50": ("a",), "lex1k": ("a", "b")}


@pytest.mark.parametrize("field", ["[1]", '["a"', "[]"])
def test_a_column_that_begins_as_json_and_is_no_list_of_words_is_a_bad_row(tmp_path: Path, field: str) -> None:
    (tmp_path / "labels.tsv").write_text(f"name\ttext\tlexicon\n1.png\tone\t{field}\n")

    with pytest.raises(DataError, match=r"labels\.tsv:2: the lexicon"):
        open_samples(tmp_path)
