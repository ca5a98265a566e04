"""Pages of an object store, which here is in memory, read into a folder."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.collections import ReadJob, format_keys
from ocrkit.collections.places import list_places
from ocrkit.layout.records import Line, Page, Region
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.formats import choose_formats
from ocrkit.plugin.engine_specs import Outcome, PageTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ocrkit.layout.scan import Scan

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed (pip install 'ocrkit[remote]')")

_BOX = ((0, 0), (9, 0), (9, 9), (0, 9))


@dataclass
class WidthReader:
    """Reads a page's width as its text."""

    left_out: int = field(default=0, init=False)
    unread: int = field(default=0, init=False)

    def read(self, scans: Iterable[Scan], *, reject: float | None = None) -> Iterator[ReadPage]:
        for scan in scans:
            line = Line("l", ((0, 9), (9, 9)), _BOX, f"{scan.name.rpartition('/')[2]}: {scan.image().width} px")
            yield ReadPage(Page(scan.name, 10, 10, regions=(Region("r", _BOX, (line,)),)), scan)


@pytest.fixture
def bucket() -> str:
    return f"memory://bucket-{uuid.uuid4().hex}"


def put(url: str, *widths: int) -> None:
    """A file whose pages have these widths."""
    pages = [Image.new("L", (width, 20), 255) for width in widths]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", **({"save_all": True, "append_images": pages[1:]} if len(pages) > 1 else {}))
    fsspec.filesystem("memory").pipe(url, buffer.getvalue())


def read(bucket: str, output: Path) -> list[Outcome]:
    keys = format_keys("model", choose_formats(["text"], {}))
    worker = ReadJob(WidthReader, output, ("text",), {}, keys, "run", per="page").worker()
    tasks = [
        PageTask(place.url, place.url, None, place.below.rpartition(".")[0], place.size, place.version)
        for place in list_places(bucket)
    ]
    outcomes = [worker(task) for task in tasks]
    worker.close()
    return outcomes


def test_pages_of_a_store_are_read_into_files(bucket: str, tmp_path: Path) -> None:
    put(f"{bucket}/a.tif", 30)
    put(f"{bucket}/deep/book.tif", 40, 50)

    outcomes = read(bucket, tmp_path)

    assert [outcome.state for outcome in outcomes] == ["read", "read"]
    assert (tmp_path / "a.txt").read_text() == "a.tif: 30 px\n"
    assert (tmp_path / "deep" / "book-0001.txt").read_text() == "book.tif#1: 40 px\n"
    assert (tmp_path / "deep" / "book-0002.txt").read_text() == "book.tif#2: 50 px\n"


def test_what_was_read_of_a_store_is_read_again_when_it_is_another(bucket: str, tmp_path: Path) -> None:
    put(f"{bucket}/a.tif", 30)
    put(f"{bucket}/b.tif", 40)
    read(bucket, tmp_path)
    put(f"{bucket}/b.tif", 41)

    assert [outcome.state for outcome in read(bucket, tmp_path)] == ["was_read", "read"]
    assert (tmp_path / "b.txt").read_text() == "b.tif: 41 px\n"


def test_a_page_that_is_gone_from_its_store_fails_by_itself(bucket: str, tmp_path: Path) -> None:
    keys = format_keys("model", choose_formats(["text"], {}))
    worker = ReadJob(WidthReader, tmp_path, ("text",), {}, keys, "run", per="page").worker()

    outcome = worker(PageTask("gone", f"{bucket}/gone.tif", None, "gone", 1, 1))
    worker.close()

    assert (outcome.state, outcome.reason) == ("failed", "there is no such file or folder")
