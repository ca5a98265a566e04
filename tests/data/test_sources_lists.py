"""Lists as other tools have them, and tables as CSV writers quote them."""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.data.sources.gt_txt import open_gt_txt
from ocrkit.data.sources.labels import open_labels, recognises_labels
from ocrkit.data.sources.mjsynth import recognises_mjsynth
from ocrkit.data.writers import convert
from ocrkit.errors import DataError
from ocrkit.plugin.datasets import guess_format, open_samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ocrkit.data.records import BadRow, Sample

AMBER = [("images/a.png", "amber"), ("images/b.png", "amber knoll")]


def folder_of(
    path: Path, files: Mapping[str, str | bytes], images: Sequence[str] = ("images/a.png", "images/b.png")
) -> Path:
    for name in images:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 255).save(path / name)
    for name, text in files.items():
        (path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(samples: Sequence[Sample], root: Path) -> list[tuple[str, str | None]]:
    return [(str(Path(sample.name).relative_to(root)), sample.text) for sample in samples]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gt.txt", "images/a.png\tamber\nimages/b.png\tamber knoll\n"),
        ("rec_gt_train.txt", "images/a.png\tamber\r\nimages/b.png\tamber knoll\r\n"),
        ("labels.txt", "images/a.png amber\nimages/b.png amber knoll\n"),
        ("labels.json", '{"images/a.png": "amber",\n "images/b.png": "amber knoll"}'),
        (
            "labels.json",
            '\ufeff[{"name": "images/a.png", "text": "amber"}, {"image": "images/b.png", "gt": "amber knoll"}]',
        ),
        ("labels.json", '{"a.png": "amber", "b.png": "amber knoll"}'),
        ("labels.csv", "filename,words\nimages/a.png,amber\nimages/b.png,amber knoll\n"),
        ("labels.csv", "img;sentence\nimages/a.png;amber\nimages/b.png;amber knoll\n"),
        ("labels.csv", "images/a.png;amber\nimages/b.png;amber knoll\n"),
        ("labels.tsv", "images\\a.png\tamber\nimages\\b.png\tamber knoll\n"),
    ],
)
def test_a_folder_is_read_by_the_list_that_it_has(tmp_path: Path, name: str, text: str) -> None:
    folder_of(tmp_path, {name: text})

    assert guess_format(tmp_path).name == guess_format(tmp_path / name).name == "labels"
    assert read(open_samples(tmp_path), tmp_path) == AMBER
    assert read(open_samples(tmp_path / name), tmp_path) == AMBER


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("annotations-training.txt", "images/a.png amber\nimages/b.png amber knoll\n"),
        ("list.txt", '\ufeffimages/a.png, "amber"\r\nimages/b.png, "amber knoll"\r\n'),
        ("list.txt", "images/a.png,amber\nimages/b.png,amber knoll\n"),
        ("list.txt", "images/a.png    amber\n\nimages/b.png    amber knoll\n"),
    ],
)
def test_a_list_that_is_given_itself_is_known_by_its_lines(tmp_path: Path, name: str, text: str) -> None:
    folder_of(tmp_path, {name: text})

    assert guess_format(tmp_path / name).name == "labels"
    assert read(open_samples(tmp_path / name), tmp_path) == AMBER


def test_a_name_with_spaces_ends_with_its_suffix(tmp_path: Path) -> None:
    folder_of(tmp_path, {"labels.txt": "my images/a 1.PNG one two.png\n"}, ["my images/a 1.PNG"])

    assert read(open_labels(tmp_path), tmp_path) == [("my images/a 1.PNG", "one two.png")]


def test_a_list_of_mjsynth_is_known_whatever_it_is_called(tmp_path: Path) -> None:
    folder_of(tmp_path, {"train.txt": "./1/115_Lube_45484.jpg 45484\n"}, [])

    assert recognises_mjsynth(tmp_path / "train.txt")
    assert [sample.text for sample in open_samples(tmp_path / "train.txt", format="mjsynth")] == ["Lube"]


def test_prose_and_counts_of_words_are_no_lists(tmp_path: Path) -> None:
    folder_of(tmp_path, {"words.txt": "amber\t3\nknoll\t2\n", "prose.txt": "no name here\n", "labels.txt": "prose\n"})

    assert not any(recognises_labels(tmp_path / name) for name in ("words.txt", "prose.txt", "labels.txt"))
    assert not recognises_labels(tmp_path)


def test_what_follows_a_headers_last_comma_is_text(tmp_path: Path) -> None:
    rows = 'filename,words\na.png,"Hello, ""world"""\nb.png,one, two, three\nc.png,amber "knoll", too\n'
    folder_of(tmp_path, {"labels.csv": rows}, [])

    assert [sample.text for sample in open_labels(tmp_path)] == [
        'Hello, "world"',
        "one, two, three",
        'amber "knoll", too',
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"labels.json": '{"a.png": {"img_dimensions": [9, 9], "polygons": []}}'}, "labels of docTR's detection"),
        ({"labels.json": '{"a.png": 3}'}, "labels.json:1: the text of 'a.png' is '3'; expected a string"),
        ({"labels.json": '{"a.png": "x",\n\n "b.png" "y"}'}, "labels.json:3: not JSON: expected ':'"),
        ({"labels.json": "amber"}, "no JSON of labels"),
        ({"rec_gt.txt": '["a.png", "b.png"]\tamber\n'}, "lists several images, as PaddleOCR allows"),
        ({"gt.txt": 'a.png\t[{"transcription": "amber", "points": []}]\n'}, "list of boxes, as PaddleOCR's detection"),
    ],
)
def test_what_is_near_to_labels_is_refused_by_name(tmp_path: Path, files: dict[str, str], message: str) -> None:
    folder_of(tmp_path, files, [])

    with pytest.raises(DataError) as caught:
        len(open_labels(tmp_path))

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("/home/me/set/images/a.png", "images/a.png is here"),
        ("C:\\set\\images\\a.png", "images/a.png is here"),
        ("D:/set/else.png", "expected paths relative to the list's folder"),
    ],
)
def test_paths_of_another_machine_are_told(
    tmp_path: Path, name: str, here: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder_of(tmp_path, {"labels.tsv": f"{name}\tamber\n"})

    with caplog.at_level(logging.WARNING, "ocrkit"):
        open_labels(tmp_path)

    assert f"paths on another machine, such as {name}; {here}" in caplog.text


def test_where_images_lie_beside_a_lists_folder_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder_of(tmp_path, {})
    (tmp_path / "lists").mkdir()
    folder_of(tmp_path / "lists", {"rec_gt.txt": "images/a.png\tamber\n"}, [])

    with caplog.at_level(logging.WARNING, "ocrkit"):
        samples = open_labels(tmp_path / "lists")

    assert read(samples, tmp_path) == AMBER[:1]
    assert f"names its images as they lie in {tmp_path}" in caplog.text


QUOTED = ['say "amber" now', "amber knoll", '"', '"amber"', "", '5" and 6"']


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("header", [True, False])
def test_a_table_of_tabs_by_a_csv_writer_is_read_as_that(tmp_path: Path, quoting: int, header: bool) -> None:
    texts = [text for text in QUOTED if text]
    with (tmp_path / "labels.tsv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=quoting)  # type: ignore[arg-type] # the stubs want a literal
        writer.writerows([["filename", "text"]] * header + [[f"{n}.png", text] for n, text in enumerate(texts)])

    assert [sample.text for sample in open_labels(tmp_path)] == texts


@pytest.mark.parametrize(
    "texts", [['"amber"', "knoll"], ['"a" and "b"', '5"'], ['"amber', 'knoll"'], ['""'], ['a ""b"" c']]
)
def test_quotes_that_no_csv_writer_wrote_are_the_texts_own(tmp_path: Path, texts: list[str]) -> None:
    (tmp_path / "labels.tsv").write_text("".join(f"{n}.png\t{text}\n" for n, text in enumerate(texts)))

    assert [sample.text for sample in open_labels(tmp_path)] == texts


def test_a_table_that_quotes_here_and_not_there_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text('a.png\t"say ""amber"""\nb.png\tsay "knoll"\n')
    bad: list[BadRow] = []

    samples = open_labels(tmp_path, report=bad.append)

    assert [sample.text for sample in samples] == ['say "knoll"']
    assert [(row.line, row.kind) for row in bad] == [(1, "quotes")]


def test_texts_all_in_quotes_are_noted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "labels.tsv").write_text('a.png\t"amber"\nb.png\t"knoll"\n')

    with caplog.at_level(logging.WARNING, "ocrkit"):
        open_labels(tmp_path)

    assert "the quotes around 2 texts are taken as theirs" in caplog.text


def test_a_text_that_would_be_read_as_quoted_is_not_written_with_tabs(tmp_path: Path) -> None:
    folder_of(tmp_path, {"labels.csv": 'images/a.png,"""say """"a"""" now"""\n'})
    samples = open_labels(tmp_path)

    assert samples[0].text == '"say ""a"" now"'
    with pytest.raises(DataError, match=r"labels\.tsv cannot hold it, and labels\.csv can"):
        convert(samples, tmp_path / "out", to="labels-tsv")


@pytest.mark.parametrize(
    "data",
    [
        b"amber\n\f",
        b"amber\f",
        b"amber\r\n\r\n",
        b"\xef\xbb\xbfamber\n\xef\xbb\xbf",
        b"amber\r",
        b"\n\namber\n \t\n",
        b"amber\xc2\x85",
        b"amber\n\xe2\x80\xa8\n",
        b"amber\n\x1a",
        b"amber\n\x0b\x0c\n",
    ],
)
def test_what_shows_nothing_after_a_line_is_no_second_line(tmp_path: Path, data: bytes) -> None:
    folder_of(tmp_path, {"a.gt.txt": data}, ["a.png"])

    assert [sample.text for sample in open_gt_txt(tmp_path)] == ["amber"]
