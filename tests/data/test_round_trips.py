"""What is written in a format is read back from it: texts to the last character, images to the last byte, groups."""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocrkit.data.image_file import open_image
from ocrkit.data.records import Sample
from ocrkit.data.writers import FORMATS, EncodedSample, convert, encode
from ocrkit.errors import DataError, ImageError, OptionError, Origin, UnencodableText, UnknownNameError
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.text.charset import Charset

NEEDED = {"lmdb": "lmdb", "parquet": "pyarrow"}
GROUPED = {"labels-tsv", "labels-csv", "labels-jsonl", "lmdb", "parquet"}
# What a format of one line an image cannot hold, whatever it is; and what some cannot besides.
HELD_BY_NONE = ("\n", "\r")
HELD_BY_SOME = {"labels-tsv": ("\t",), "mjsynth": ("/", "\0")}
NASTY = [
    "\t",
    '"',
    "'",
    ",",
    "\\",
    "\u2028",
    "\x85",
    "\x0b",
    "\x1c",
    "\ufeff",
    "\0",
    "/",
    "#",
    " ",
    "é",
    "e\u0301",
    "ക്ഷ",
]
TEXTS = st.lists(st.one_of(st.sampled_from(NASTY), st.characters(exclude_categories=["Cs"])), max_size=8).map("".join)

REGISTRY = load_registry("none")


@pytest.fixture(params=list(FORMATS))
def to(request: pytest.FixtureRequest) -> str:
    """Every format that is written, if what it needs is installed."""
    if request.param in NEEDED:
        pytest.importorskip(NEEDED[request.param])
    return str(request.param)


def png(value: int = 0, size: tuple[int, int] = (4, 3)) -> bytes:
    file = io.BytesIO()
    Image.new("L", size, value).save(file, "PNG")
    return file.getvalue()


def drawn(folder: Path, *texts: str, group: str = "") -> list[Sample]:
    """A sample a text, each image of another grey."""
    samples = []
    for index, text in enumerate(texts):
        path = folder / f"{index}.png"
        path.write_bytes(png(index))
        samples.append(
            Sample(str(path), path, text, origin=Origin(str(folder), index), group=group and f"{group}{index % 2}")
        )
    return samples


def read_back(path: Path, registry: Registry = REGISTRY) -> list[Sample]:
    return list(open_samples(path, registry=registry))


def holds(to: str, text: str) -> bool:
    empty = not text or text.isspace()
    return not empty and not any(symbol in text for symbol in HELD_BY_NONE + HELD_BY_SOME.get(to, ()))


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
@example(texts=[" leading and trailing "])
@example(texts=["name\ttext", "text"])
@example(texts=["\ufeffmarked"])
@example(texts=['"quoted", and \\n'])
@example(texts=["# a comment", "x"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_is_read_back_or_refused_by_name(to: str, texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        samples = drawn(Path(folder), *texts)
        out = Path(folder, "out")

        if all(holds(to, text) for text in texts):
            convert(samples, out, to=to)
            assert [sample.text for sample in read_back(out)] == texts
        else:
            bad = next(index for index, text in enumerate(texts) if not holds(to, text))
            with pytest.raises(DataError, match=f"^{folder}:{bad}: the text "):
                convert(samples, out, to=to)
            assert not out.exists()


def test_images_are_written_as_they_lie(tmp_path: Path, to: str) -> None:
    samples = drawn(tmp_path, "a", "b", "c")

    convert(samples, tmp_path / "out", to=to)

    assert [encode(sample).data for sample in read_back(tmp_path / "out")] == [png(0), png(1), png(2)]


def test_order_is_kept_past_the_tenth(tmp_path: Path, to: str) -> None:
    texts = [f"t{index}" for index in range(23)]

    convert(drawn(tmp_path, *texts), tmp_path / "out", to=to)

    assert [sample.text for sample in read_back(tmp_path / "out")] == texts


def test_groups_are_carried_where_there_is_a_place(tmp_path: Path, to: str, caplog: pytest.LogCaptureFixture) -> None:
    convert(drawn(tmp_path, "a", "b", "c", group="page "), tmp_path / "out", to=to)

    expected = ["page 0", "page 1", "page 0"] if to in GROUPED else ["", "", ""]
    assert [sample.group for sample in read_back(tmp_path / "out")] == expected
    assert ("no place for groups: those of 3 samples" in caplog.text) == (to not in GROUPED)


def test_the_same_samples_are_written_alike_twice(tmp_path: Path, to: str) -> None:
    samples = drawn(tmp_path, "a", "b", group="g")

    for name in ("one", "two"):
        convert(samples, tmp_path / name, to=to)

    one, two = tmp_path / "one", tmp_path / "two"
    files = [Path()] if one.is_file() else sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert [(one / file).read_bytes() for file in files] == [(two / file).read_bytes() for file in files]


def test_a_bad_image_is_left_out_and_named(tmp_path: Path, to: str) -> None:
    samples = drawn(tmp_path, "a", "b", "c")
    (tmp_path / "1.png").write_bytes(png()[:40])

    converted = convert(samples, tmp_path / "out", to=to)

    assert converted.written == 2
    assert [(bad.name, bad.reason[:17]) for bad in converted.bad] == [(str(tmp_path / "1.png"), "it holds no image")]
    assert [sample.text for sample in read_back(tmp_path / "out")] == ["a", "c"]


def test_nothing_is_left_when_no_image_can_be_opened(tmp_path: Path, to: str) -> None:
    sample = Sample("gone.png", tmp_path / "gone.png", "x")

    with pytest.raises(DataError, match=r"none of the 1 images can be opened; first: gone\.png: no such file"):
        convert([sample], tmp_path / "out", to=to)

    assert not list(tmp_path.iterdir())


def test_force_puts_no_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(DataError, match=r"notes\.txt is a file, and a folder is to be written; give another name"):
        convert(drawn(tmp_path, "new"), tmp_path / "notes.txt", to="gt.txt", force=True)

    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_force_leaves_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out")

    with pytest.raises(DataError, match="out is no regular file, so `force=True` leaves it; give another name"):
        convert(drawn(tmp_path, "new"), tmp_path / "out", to="parquet", force=True)

    assert (tmp_path / "out").is_fifo()


def test_what_is_there_is_replaced_only_by_force(tmp_path: Path, to: str) -> None:
    convert(drawn(tmp_path, "old"), tmp_path / "out", to=to)

    with pytest.raises(DataError, match="is there already; give another name, or replace it with `force=True`"):
        convert(drawn(tmp_path, "new"), tmp_path / "out", to=to)
    assert [sample.text for sample in read_back(tmp_path / "out")] == ["old"]

    convert(drawn(tmp_path, "new"), tmp_path / "out", to=to, force=True)
    assert [sample.text for sample in read_back(tmp_path / "out")] == ["new"]


def test_an_interruption_leaves_what_was_there(tmp_path: Path, to: str) -> None:
    samples = drawn(tmp_path, "old", "more")
    convert(samples, tmp_path / "out", to=to)
    before = sorted(tmp_path.iterdir())

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(samples, tmp_path / "out", to=to, force=True, progress=interrupt)

    assert sorted(tmp_path.iterdir()) == before
    assert [sample.text for sample in read_back(tmp_path / "out")] == ["old", "more"]


@pytest.mark.parametrize("first", ["lmdb", "parquet"])
def test_bytes_survive_one_container_into_another(tmp_path: Path, to: str, first: str) -> None:
    pytest.importorskip(NEEDED[first])
    path = tmp_path / "a.jpg"
    noise = np.random.default_rng(1).integers(0, 256, (8, 9), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    convert([Sample("a.jpg", path, "x")], tmp_path / "first", to=first)

    convert(read_back(tmp_path / "first"), tmp_path / "out", to=to)

    assert [encode(sample).data for sample in read_back(tmp_path / "out")] == [path.read_bytes()]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "I;16", "F", "YCbCr", "HSV"])
def test_an_image_that_is_made_is_written_in_any_mode(tmp_path: Path, mode: str) -> None:
    sample = Sample("made", lambda: Image.new(mode, (5, 4)), "x")

    convert([sample], tmp_path / "out", to="labels-tsv")

    assert open_image(read_back(tmp_path / "out")[0]).size == (5, 4)


def test_names_of_any_script_are_kept_and_made_safe(tmp_path: Path) -> None:
    names = ["പേജ് 1.png", 'a:b"c\n.png', "..png", "x" * 300 + ".png", "é" * 100 + ".png", "dir/sub/line 7.tif"]
    samples = [Sample(name, lambda: Image.new("L", (2, 2)), "x") for name in names]

    convert(samples, tmp_path / "out", to="labels-tsv")

    written = [Path(sample.name).name for sample in read_back(tmp_path / "out")]
    assert written == [
        "1-പേജ്_1.png",
        "2-a_b_c.png",
        "3-png.png",
        f"4-{'x' * 80}.png",
        f"5-{'é' * 40}.png",
        "6-line_7.png",
    ]


def test_a_text_is_written_in_the_charsets_normal_form(tmp_path: Path, to: str) -> None:
    charset = Charset.from_texts(["\u0d7b"])

    with pytest.raises(UnencodableText, match=r":0: 'x' \(U\+0078"):
        convert(drawn(tmp_path, "x"), tmp_path / "out", to=to, charset=charset)
    convert(drawn(tmp_path, "e\u0301"), tmp_path / "out", to=to, charset=Charset.from_texts(["é"]))

    assert [sample.text for sample in read_back(tmp_path / "out")] == ["é"]


def test_what_has_no_text_is_refused(tmp_path: Path, to: str) -> None:
    (tmp_path / "a.png").write_bytes(png())

    with pytest.raises(DataError, match=r"a\.png has no text"):
        convert([Sample("a.png", tmp_path / "a.png")], tmp_path / "out", to=to)


def test_half_a_character_is_refused(tmp_path: Path, to: str) -> None:
    with pytest.raises(DataError, match=r"holds U\+D800, half a character"):
        convert(drawn(tmp_path, "x\ud800"), tmp_path / "out", to=to)


@pytest.mark.parametrize("group", ["a\rb", "a\nb"])
def test_a_group_with_a_line_break_is_refused(tmp_path: Path, to: str, group: str) -> None:
    with pytest.raises(DataError, match=r"has the group 'a.*b0', which has a line break; expected a plain name"):
        convert(drawn(tmp_path, "x", group=group), tmp_path / "out", to=to)


def test_the_ending_tells_the_format_of_containers(tmp_path: Path) -> None:
    pytest.importorskip("lmdb")

    convert(drawn(tmp_path, "x"), tmp_path / "set.lmdb")

    assert (tmp_path / "set.lmdb" / "data.mdb").is_file()
    with pytest.raises(OptionError, match="which format"):
        convert(drawn(tmp_path, "x"), tmp_path / "set")
    with pytest.raises(UnknownNameError, match=r"did you mean 'gt\.txt'"):
        convert(drawn(tmp_path, "x"), tmp_path / "set", to="gt-txt")


def test_a_folder_that_ocrkit_did_not_write_is_never_replaced(tmp_path: Path) -> None:
    kept = tmp_path / "out" / "thesis.txt"
    kept.parent.mkdir()
    kept.write_text("years of work")

    with pytest.raises(DataError, match="a folder that ocrkit did not write"):
        convert(drawn(tmp_path, "x"), tmp_path / "out", to="gt.txt", force=True)

    assert kept.read_text() == "years of work"


def test_what_is_read_is_never_replaced(tmp_path: Path) -> None:
    convert(drawn(tmp_path, "x"), tmp_path / "out", to="labels-tsv")
    source = tmp_path / "out" / "labels.tsv"

    with pytest.raises(DataError, match="holds what is read; give another name"):
        convert(read_back(source), tmp_path / "out", to="lmdb", force=True, source=source)


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    convert(drawn(tmp_path, "x"), tmp_path / "out", to="gt.txt")

    assert len(read_back(tmp_path / "out")) == 1


def test_an_image_that_goes_missing_while_it_is_read_is_bad(tmp_path: Path) -> None:
    sample = Sample("gone.png", tmp_path / "gone.png", "x")

    with pytest.raises(ImageError, match=r"gone\.png: no such file"):
        encode(sample)


def test_an_lmdb_grows_as_far_as_it_must(tmp_path: Path) -> None:
    pytest.importorskip("lmdb")
    from ocrkit.data.writers.lmdb import LmdbWriter

    records = [EncodedSample(f"{number}.png", f"text {number}", bytes(100_000), ".png") for number in range(50)]
    with closing(LmdbWriter(tmp_path / "set", len(records), first_size=1 << 16)) as writer:
        for record in records:
            writer.add(record)
        writer.finish()

    assert [sample.text for sample in read_back(tmp_path / "set")] == [record.text for record in records]
