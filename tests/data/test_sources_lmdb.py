"""LMDB as clovaai keeps it: what is read, what is named when something is wrong, and workers."""

from __future__ import annotations

import io
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import LineLoader
from ocrkit.data.records import BadImage, BadRow
from ocrkit.data.sources.lmdb import open_lmdb, recognises_lmdb
from ocrkit.data.sources.lmdb_file import is_lmdb
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path

lmdb = pytest.importorskip("lmdb")

Entries = dict[str, bytes | str]


def picture(width: int = 4) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, 3)).save(file, "PNG")
    return file.getvalue()


def samples(*texts: str, count: int | None = None) -> Entries:
    entries: Entries = {"num-samples": str(len(texts) if count is None else count)}
    for number, text in enumerate(texts, 1):
        entries |= {f"image-{number:09d}": picture(number), f"label-{number:09d}": text}
    return entries


def write(folder: Path, entries: Entries, *, without: str = "") -> Path:
    with lmdb.open(str(folder), map_size=1 << 20, lock=False) as environment, environment.begin(write=True) as change:
        for key, value in entries.items():
            if key != without:
                change.put(key.encode(), value.encode() if isinstance(value, str) else value)
    return folder


def test_samples_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    location = write(tmp_path / "set", samples("one", "രണ്ട്", "3 three"))

    listed = open_lmdb(location)

    assert [sample.text for sample in listed] == ["one", "രണ്ട്", "3 three"]
    assert [sample.image().width for sample in listed] == [1, 2, 3]  # type: ignore[operator]  # a callable, here
    assert listed[1].name == f"{location}#image-000000002"
    assert str(listed[1].origin) == f"{location}#label-000000002"


def test_a_file_of_its_own_is_read_too(tmp_path: Path) -> None:
    location = write(tmp_path / "set", samples("one"))

    assert open_lmdb(location / "data.mdb")[0].text == "one"


@pytest.mark.parametrize("content", [b"", b"x" * 8192])
def test_a_damaged_lmdb_is_recognised_by_its_name_and_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.mdb").write_bytes(content)

    assert recognises_lmdb(tmp_path)
    with pytest.raises(DataError, match=r"data\.mdb does not begin as an LMDB does; it is damaged"):
        open_lmdb(tmp_path)


def test_an_lmdb_is_recognised_by_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "data.mdb").write_bytes(b"x" * 8192)

    assert is_lmdb(write(tmp_path / "set", samples("one")))
    assert not is_lmdb(tmp_path / "other")
    assert not is_lmdb(tmp_path / "gone")


@pytest.mark.parametrize(
    ("entries", "without", "message"),
    [
        (samples("a", "b"), "num-samples", "there is no key 'num-samples'; expected the number of samples"),
        (samples("a") | {"num-samples": "many"}, "", "key 'num-samples' holds 'many'; expected the number"),
        (samples("a") | {"num-samples": "-1"}, "", "key 'num-samples' holds '-1'"),
        (samples("a") | {"num-samples": "9" * 5000}, "", f"key 'num-samples' holds '{'9' * 40}'; expected the number"),
        (samples("a") | {"num-samples": "inf"}, "", "key 'num-samples' holds 'inf'"),
        (samples("a") | {"num-samples": "\u0661"}, "", "key 'num-samples' holds '\u0661'"),
        (samples("a", count=3), "", "no key 'label-000000002', nor the 1 after it, and 'num-samples' says 3"),
        (samples("a", "b", count=1), "", "there is a key 'label-000000002', and 'num-samples' says 1"),
        (samples("a", "b", "c"), "label-000000002", "there is no key 'label-000000002', and 'num-samples' says 3"),
        (samples("a"), "image-000000001", "there is no key such as 'image-000000001'; expected images beside"),
        (samples("a", "") | {}, "", "the text of 'label-000000002' is empty"),
        (samples("a\nb"), "", "the text of 'label-000000001' has a line break"),
        (samples("a") | {"label-000000001": b"caf\xe9"}, "", "key 'label-000000001' is not UTF-8 at byte 3"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(tmp_path: Path, entries: Entries, without: str, message: str) -> None:
    location = write(tmp_path / "set", entries, without=without)

    with pytest.raises(DataError, match=rf"^{location}(#label-\d{{9}})?: .*{message}"):
        open_lmdb(location)


def test_whoever_asks_gets_the_good_ones_and_is_told_of_the_others(tmp_path: Path) -> None:
    entries = samples("a", " ", "c", "d", "e", count=4) | {"label-000000003": b"\xff"}
    bad: list[BadRow] = []

    listed = open_lmdb(write(tmp_path / "set", entries), report=bad.append)

    assert [sample.text for sample in listed] == ["a", "d"]
    assert [(row.kind, row.line) for row in bad] == [("empty-text", 0), ("not-utf8", 0), ("count", 0)]
    places = [row.path.removeprefix(str(tmp_path / "set")) for row in bad]
    assert places == ["#label-000000002", "#label-000000003", ""]


def test_a_number_far_too_high_is_told_once(tmp_path: Path) -> None:
    bad: list[BadRow] = []

    listed = open_lmdb(write(tmp_path / "set", samples("a", count=999_999_999)), report=bad.append)

    assert len(listed) == 1
    assert [row.kind for row in bad] == ["missing-key"]


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (None, "there is no key 'image-000000002' in the LMDB"),
        (b"", "the image is empty; expected an image file's bytes"),
        (b"plain words", "it holds text, not an image"),
        (b"\x00\x01\x02" * 50, "it holds no image that Pillow knows, or one whose header is damaged"),
        (picture(500)[:50], "the image is truncated"),
    ],
    ids=["no key", "empty", "words", "noise", "cut"],
)
def test_a_bad_image_is_left_out_and_named(tmp_path: Path, image: bytes | None, reason: str) -> None:
    entries = samples("a", "b", "c") | ({"image-000000002": image} if image is not None else {})
    location = write(tmp_path / "set", entries, without="image-000000002" if image is None else "")

    loaded = list(LineLoader(Preprocessing()).load(open_lmdb(location)))

    assert [isinstance(line, BadImage) for line in loaded] == [False, True, False]
    assert isinstance(loaded[1], BadImage)
    assert loaded[1].name == f"{location}#image-000000002"
    assert loaded[1].reason.startswith(reason)


@pytest.mark.parametrize("size", [0, 100, 4096, 8192, 9000])
def test_an_lmdb_that_is_cut_short_is_refused_before_it_kills_the_process(tmp_path: Path, size: int) -> None:
    location = write(tmp_path / "set", samples(*map(str, range(200))))
    file = location / "data.mdb"
    file.write_bytes(file.read_bytes()[:size])

    with pytest.raises(
        DataError, match=r"does not begin as an LMDB|cut short, .* bytes of|not an LMDB that can be opened"
    ):
        open_lmdb(location)


@pytest.mark.parametrize("name", ["gone", "empty"])
def test_where_there_is_none_it_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises((MissingFileError, DataError), match=r"no file or folder|no LMDB; expected a folder with data"):
        open_lmdb(tmp_path / name)


def test_a_set_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    location = write(tmp_path / "set", samples("old"))
    assert open_lmdb(location)[0].text == "old"
    (location / "data.mdb").unlink()

    write(location, samples("new", "more"))

    assert [sample.text for sample in open_lmdb(location)] == ["new", "more"]


def test_samples_are_sliced_and_sent(tmp_path: Path) -> None:
    listed = open_lmdb(write(tmp_path / "set", samples(*"abcde")))

    assert [sample.text for sample in listed[1:5:2]] == ["b", "d"]
    assert listed[-1].text == "e"
    assert list(pickle.loads(pickle.dumps(listed))) == list(listed)
    with pytest.raises(IndexError):
        listed[5]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_each_worker_opens_the_set_itself(tmp_path: Path, method: str) -> None:
    listed = open_lmdb(write(tmp_path / "set", samples(*"abc")))
    assert listed[0].image().width == 1  # type: ignore[operator]  # open in this process too, before it forks

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        widths = list(pool.map(width_of, [sample.image for sample in listed]))

    assert widths == [1, 2, 3]


def width_of(image: object) -> int:
    return int(image().width)  # type: ignore[operator]  # a callable, here


def test_any_damaged_page_is_an_error_or_a_bad_image(tmp_path: Path) -> None:
    good = (write(tmp_path / "set", samples(*map(str, range(150)))) / "data.mdb").read_bytes()
    complaints = []

    for page in range(2, len(good) // 4096):
        file = tmp_path / f"{page}.mdb"
        file.write_bytes(good[: page * 4096] + bytes(4096) + good[(page + 1) * 4096 :])
        try:
            complaints += [
                line for line in LineLoader(Preprocessing()).load(open_lmdb(file)) if isinstance(line, BadImage)
            ]
        except DataError as error:
            complaints.append(error)

    assert len(complaints) >= 5
    assert all("damaged: " in str(complaint) for complaint in complaints)
