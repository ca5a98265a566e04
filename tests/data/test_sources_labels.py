"""Tables of labels: what is read, and what is said of a table that cannot be."""

from __future__ import annotations

import csv
import io
import os
import pickle
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.data.records import BadRow, Sample
from ocrkit.data.sources import open_labels, recognises_labels
from ocrkit.errors import DataError, MissingFileError, Origin


def pairs(location: Path) -> list[tuple[str, str | None]]:
    return [(Path(sample.name).name, sample.text) for sample in open_labels(location)]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_folder_is_read_by_its_table(tmp_path: Path) -> None:
    write(tmp_path / "labels.tsv", "images/a.png\tകട\nimages/b.png\ttwo words\n")

    samples = open_labels(tmp_path)

    assert list(samples) == [
        Sample(
            name=str(tmp_path / "images/a.png"),
            image=tmp_path / "images/a.png",
            text="കട",
            origin=Origin(f"{tmp_path}/labels.tsv", 1),
        ),
        Sample(
            name=str(tmp_path / "images/b.png"),
            image=tmp_path / "images/b.png",
            text="two words",
            origin=Origin(f"{tmp_path}/labels.tsv", 2),
        ),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.tsv", "a.png\tone\nb.png\ttwo, three\n"),
        ("words.tsv", "a.png\tone\r\n\r\nb.png\ttwo, three"),
        ("words.TSV", "\ufeffa.png\tone\nb.png\ttwo, three\n"),
        ("words.tsv", "text\tscore\timage\none\t1\ta.png\ntwo, three\t2\tb.png\n"),
        ("words.csv", 'a.png,one\nb.png,"two, three"\n'),
        ("words.csv", 'filename,words\r\na.png,one\r\nb.png,"two, three"\r\n'),
        ("words.csv", 'Text,ID,File_Name\none,1,a.png\n"two, three",2,b.png\n'),
        ("words.jsonl", '{"name": "a.png", "text": "one"}\n{"text": "two, three", "name": "b.png", "score": 1}\n'),
        ("words.jsonl", '{"file_name": "a.png", "label": "one"}\n\n{"file_name": "b.png", "label": "two, three"}'),
    ],
)
def test_tables_are_read_with_and_without_a_header(tmp_path: Path, name: str, content: str) -> None:
    table = write(tmp_path / name, content)

    assert pairs(table) == [("a.png", "one"), ("b.png", "two, three")]


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c"])
@pytest.mark.parametrize(("suffix", "row"), [(".tsv", "a.png\tx{}y\n"), (".csv", "a.png,x{}y\n")])
def test_only_a_line_feed_ends_a_row(tmp_path: Path, suffix: str, row: str, separator: str) -> None:
    table = write(tmp_path / f"labels{suffix}", row.format(separator))

    assert pairs(table) == [("a.png", f"x{separator}y")]


def test_texts_are_kept_as_they_are_spelt(tmp_path: Path) -> None:
    table = write(tmp_path / "labels.tsv", 'a.png\t "quoted, # and \\n"  \n')

    assert pairs(table) == [("a.png", ' "quoted, # and \\n"  ')]


def test_a_group_column_gives_the_group(tmp_path: Path) -> None:
    table = write(tmp_path / "labels.csv", "image,text,group\na.png,x,page 1\nb.png,y,page 2\n")

    assert [sample.group for sample in open_labels(table)] == ["page 1", "page 2"]


def test_an_absolute_name_stands_for_itself(tmp_path: Path) -> None:
    table = write(tmp_path / "labels.tsv", "/elsewhere/a.png\tx\n")

    assert open_labels(table)[0].image == Path("/elsewhere/a.png")


def test_an_image_that_is_missing_is_listed_all_the_same(tmp_path: Path) -> None:
    table = write(tmp_path / "labels.tsv", "gone.png\tx\n")

    assert len(open_labels(table)) == 1


def test_an_image_may_be_listed_twice_with_one_text(tmp_path: Path) -> None:
    table = write(tmp_path / "labels.tsv", "a.png\tx\na.png\tx\n")

    assert len(open_labels(table)) == 2


def test_an_empty_table_has_no_samples(tmp_path: Path) -> None:
    assert len(open_labels(write(tmp_path / "labels.tsv", "\n\n"))) == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("l.tsv", "a.png\tx\nb.png y\n", r"l\.tsv:2: no tab in 'b\.png y'; expected NAME<TAB>TEXT"),
        ("l.tsv", "a.png\tx\ty\n", r"l\.tsv:1: 3 columns; expected NAME<TAB>TEXT, or a first line that names"),
        ("l.tsv", "image\ttext\na.png\n", r"l\.tsv:2: 1 columns; expected 2, as in the header"),
        ("l.tsv", "a.png\tx\n\tx\n", r"l\.tsv:2: the image's name is empty"),
        ("l.tsv", "a.png\t\nb.png\tx\nc.png\t \n", r"l\.tsv:1: the text of 'a\.png' is empty; expected a label"),
        ("l.tsv", "a.png\tx\n\nb.png\ty\na.png\tz\n", r"l\.tsv:4: 'a\.png' is 'z' here and 'x' on line 1"),
        ("l.tsv", b"a.png\tx\nb.png\t\xe9\n", r"l\.tsv:2: byte 0xe9 is not UTF-8"),
        ("l.tsv", "a.png\tx\n".encode("utf-16"), r"l\.tsv: the file is UTF-16; expected UTF-8"),
        ("l.csv", "a.png\n", r"l\.csv:1: 1 column in 'a\.png'; expected NAME,TEXT"),
        ("l.csv", "a.png,x\nb.png,y,z\n", r"l\.csv:2: 3 columns in 'b\.png,y,z'; expected NAME,TEXT \(a text with a"),
        ("l.csv", 'a.png,x\nb.png,"y\nc.png,z\n', r"l\.csv:\d: not CSV: unexpected end of data"),
        ("l.csv", 'a.png,"x\ny"\nb.png,z\n', r"l\.csv:1: the text of 'a\.png' has a line break"),
        ("l.csv", "a.png,x\n\nb.png,\n", r"l\.csv:3: the text of 'b\.png' is empty;"),
        ("l.jsonl", '{"name": "a.png"}\n', r"l\.jsonl:1: no key 'text'; expected one of text, label"),
        ("l.jsonl", '{"text": "x"}\n', r"l\.jsonl:1: no key 'name'; expected one of name, image"),
        ("l.jsonl", '{"name": "a.png", "text": 3}\n', r"l\.jsonl:1: text is '3'; expected a string"),
        ("l.jsonl", '["a.png", "x"]\n', r"l\.jsonl:1: '\[.*\]' is no object; expected \{\"name\""),
        ("l.jsonl", '{"name": "a.png", "text": "x"}\n{\n', r"l\.jsonl:2: not JSON: "),
        ("l.jsonl", "[" * 100_000, r"l\.jsonl:1: not JSON: "),
        ("l.jsonl", '{"name": "a\\ud800.png", "text": "x"}\n', r"l\.jsonl:1: no file can be named 'a\\ud800\.png'"),
        ("l.tsv", "a.png\tx\nb\0.png\ty\n", r"l\.tsv:2: no file can be named 'b\\x00\.png'; expected the name of"),
    ],
)
def test_a_malformed_row_is_named_by_file_and_line(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    table = write(tmp_path / name, content)

    with pytest.raises(DataError, match=message):
        open_labels(table)


def test_a_folder_with_two_tables_asks_for_one(tmp_path: Path) -> None:
    write(tmp_path / "labels.tsv", "a.png\tx\n")
    write(tmp_path / "labels.csv", "a.png,x\n")

    with pytest.raises(DataError, match=r"labels\.tsv and labels\.csv are both there; expected one"):
        open_labels(tmp_path)


def test_a_folder_without_a_table_says_what_it_would_take(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no table; expected labels\.tsv, labels\.csv, labels\.jsonl"):
        open_labels(tmp_path)


def test_a_missing_table_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no file or folder"):
        open_labels(tmp_path / "labels.tsv")


def test_a_file_of_another_kind_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected a file that ends in \.tsv, \.csv, \.jsonl"):
        open_labels(write(tmp_path / "labels.xlsx", b"PK"))


@pytest.mark.parametrize("name", ["labels.tsv", "labels.csv", "labels.jsonl"])
def test_a_table_and_its_folder_are_recognised(tmp_path: Path, name: str) -> None:
    table = write(tmp_path / name, "")

    assert recognises_labels(table)
    assert recognises_labels(tmp_path)


def test_other_tables_are_recognised_only_when_given_themselves(tmp_path: Path) -> None:
    table = write(tmp_path / "words.tsv", "")

    assert recognises_labels(table)
    assert not recognises_labels(tmp_path)


@pytest.mark.parametrize("name", ["gone", "a\0b", "x" * 5000])
def test_recognising_never_raises(tmp_path: Path, name: str) -> None:
    assert not recognises_labels(tmp_path / name)


def test_samples_can_be_indexed_sliced_and_sent_to_workers(tmp_path: Path) -> None:
    samples = open_labels(write(tmp_path / "l.tsv", "".join(f"{i}.png\t{i}\n" for i in range(5))))

    assert samples[-1].text == "4"
    assert [sample.text for sample in samples[1:5:2]] == ["1", "3"]
    assert list(pickle.loads(pickle.dumps(samples))) == list(samples)
    with pytest.raises(IndexError):
        samples[5]


def test_a_table_is_read_again_where_it_lies_and_not_kept(tmp_path: Path) -> None:
    table = write(tmp_path / "l.csv", 'a.png,x\r\n\r\n"b\n.png","y, ""z"""\r\nc.png,é\r\n')

    samples = open_labels(table)

    assert [sample.text for sample in samples] == ["x", 'y, "z"', "é"]
    assert [str(sample.origin) for sample in samples] == [f"{table}:{line}" for line in (1, 3, 5)]


def test_a_table_that_changed_since_is_not_read_on(tmp_path: Path) -> None:
    table = write(tmp_path / "l.tsv", "a.png\tx\nb.png\ty\n")
    samples = open_labels(table)

    write(table, "other.png\tx\n")

    with pytest.raises(DataError, match=r"l\.tsv: the file has changed since it was listed"):
        samples[1]


def test_whoever_asks_is_told_of_every_bad_row_and_gets_the_others(tmp_path: Path) -> None:
    rows = ["a.png\tx", "no tab", "b.png\t", "\ty", "a.png\tz", "a.png\tx", "\udce9.png\tw", "c.png\tz\r.", "d.png\tok"]
    table = tmp_path / "l.tsv"
    table.write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    bad: list[BadRow] = []

    samples = open_labels(table, report=bad.append)

    assert [sample.text for sample in samples] == ["x", "x", "ok"]
    assert sorted((row.line, row.kind) for row in bad) == [
        (2, "malformed"),
        (3, "empty-text"),
        (4, "no-name"),
        (5, "two-texts"),
        (7, "not-utf8"),
        (8, "line-break"),
    ]
    assert {row.path for row in bad} == {str(table)}


def test_a_broken_quote_leaves_the_rows_before_it(tmp_path: Path) -> None:
    bad: list[BadRow] = []

    samples = open_labels(write(tmp_path / "l.csv", 'a.png,x\nb.png,"y"z\nc.png,z\nd.png,"w\n'), report=bad.append)

    assert [sample.text for sample in samples] == ["x", "z"]
    assert [(row.line, row.kind) for row in bad] == [(2, "malformed"), (4, "malformed")]


NAMES = st.text(st.sampled_from('ab ,"\n\r\té\u2028'), min_size=1, max_size=6).filter(lambda name: not name.isspace())


@given(
    names=st.lists(NAMES, max_size=8, unique=True),
    end=st.sampled_from(["\n", "\r\n", "\n\n", "\r\n\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    header=st.booleans(),
)
def test_csv_is_found_again_wherever_its_records_begin(names: list[str], end: str, mark: str, header: bool) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([*[("name", "text")][:header], *((name, f"text {index}") for index, name in enumerate(names))])
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "l.csv")
        table.write_bytes(f"{mark}{file.getvalue()}".encode())

        samples = open_labels(table)

        assert [(os.path.relpath(s.name, folder), s.text) for s in samples] == [
            (os.path.relpath(os.path.join(folder, name), folder), f"text {index}") for index, name in enumerate(names)
        ]


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".jsonl"])
@given(
    content=st.binary(max_size=60).filter(lambda data: data[:2] not in (b"\xff\xfe", b"\xfe\xff"))  # UTF-16
    | st.text(st.sampled_from('a\t,"{}:\n\r\\é'), max_size=30).map(str.encode)
)
def test_any_bytes_are_rows_or_reported(suffix: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, f"l{suffix}")
        table.write_bytes(content)

        samples = open_labels(table, report=lambda row: None)

        assert all(sample.text for sample in samples)


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    open_labels(write(tmp_path / "l.tsv", "a.png\tx\n" * 3), progress=lambda done, total: told.append((done, total)))

    assert told == [(0, 24), (24, 24)]


def test_a_hundred_thousand_rows_are_not_held_in_memory(tmp_path: Path) -> None:
    table = write(tmp_path / "l.tsv", "".join(f"images/{i // 100}/{i}.png\tword {i}\n" for i in range(100_000)))
    tracemalloc.start()

    samples = open_labels(table)

    # Sixteen bytes a row; their names and texts as strings would take some 17 MB.
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert samples[99_999].text == "word 99999"
    assert kept < 4_000_000
