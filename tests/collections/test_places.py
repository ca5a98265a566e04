from __future__ import annotations

import builtins
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from ocrkit.collections.places import fetch, is_url, list_places, state_of
from ocrkit.errors import DataError, DependencyError, ImageError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed (pip install 'ocrkit[remote]')")


@pytest.fixture
def bucket() -> str:
    """An empty place of a store that lives in memory."""
    return f"memory://bucket-{uuid.uuid4().hex}"


def put(bucket: str, files: Mapping[str, bytes]) -> None:
    store = fsspec.filesystem("memory")
    for name, data in files.items():
        store.pipe(f"{bucket}/{name}", data)


def below(url: str) -> list[str]:
    return [place.below for place in list_places(url)]


@pytest.mark.parametrize("place", ["s3://bucket/a.tif", "memory://x", "file:///a", "https://host/a.pdf"])
def test_urls_are_told_from_paths(place: str) -> None:
    assert is_url(place)


@pytest.mark.parametrize("place", ["a.tif", "/a/b.tif", "C:/a.tif", "book.pdf#12", "a:b", "://a", "s3://", "-"])
def test_paths_are_no_urls(place: str) -> None:
    assert not is_url(place)


def test_a_folder_stands_for_its_images_and_pdfs_in_natural_order(bucket: str) -> None:
    put(
        bucket, {"p10.png": b"", "p9.png": b"", "b/x.pdf": b"", "b/.hidden/y.png": b"", "notes.txt": b"", ".z.png": b""}
    )

    assert below(bucket) == ["p9.png", "p10.png", "b/x.pdf"]


def test_a_glob_stands_for_what_it_matches(bucket: str) -> None:
    put(bucket, {"scans/a.tif": b"", "scans/b.png": b"", "scans/deep/c.tif": b"", "other/d.tif": b""})

    assert below(f"{bucket}/scans/*.tif") == ["a.tif"]
    assert below(f"{bucket}/scans/**/*.tif") == ["a.tif", "deep/c.tif"]
    assert below(f"{bucket}/*/?.tif") == ["other/d.tif", "scans/a.tif"]


def test_a_file_is_taken_whatever_it_is_called(bucket: str) -> None:
    put(bucket, {"scans/page.x": b"four"})

    [place] = list_places(f"{bucket}/scans/page.x")

    assert (place.below, place.size) == ("page.x", 4)


def test_folders_are_listed_as_they_come(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(bucket, {"a/1.png": b"", "b/2.png": b""})
    listed: list[str] = []
    store = type(fsspec.filesystem("memory"))
    ls = store.ls

    def noting(self: Any, path: str, *arguments: Any, **options: Any) -> Any:
        listed.append(path.rpartition("/")[2])
        return ls(self, path, *arguments, **options)

    monkeypatch.setattr(store, "ls", noting)

    assert next(list_places(bucket)).below == "a/1.png"
    assert "b" not in listed


def test_a_file_is_fetched_whole(bucket: str) -> None:
    put(bucket, {"a.png": b"some bytes"})

    fetched = fetch(f"{bucket}/a.png")

    assert fetched.read() == b"some bytes"
    assert fetched.name == f"{bucket}/a.png"


def test_what_was_changed_is_fetched_again(bucket: str) -> None:
    put(bucket, {"a.png": b"one"})
    before = state_of(f"{bucket}/a.png")
    fetch(f"{bucket}/a.png")
    put(bucket, {"a.png": b"two"})

    assert fetch(f"{bucket}/a.png").data == b"two"
    assert state_of(f"{bucket}/a.png") != before


def test_a_file_that_is_too_large_is_not_fetched(bucket: str) -> None:
    put(bucket, {"a.png": b"12345"})

    with pytest.raises(ImageError, match=r"a\.png: it has 5 bytes; expected 4 at most"):
        fetch(f"{bucket}/a.png", most=4)


def test_nothing_at_a_url_is_told(bucket: str) -> None:
    put(bucket, {"notes.txt": b""})

    with pytest.raises(MissingFileError, match="no image or PDF in"):
        below(bucket)
    with pytest.raises(MissingFileError, match="no file matches"):
        below(f"{bucket}/*.tif")
    with pytest.raises(MissingFileError, match="there is nothing at"):
        below(f"{bucket}/a.tif")
    with pytest.raises(ImageError, match="there is no such file"):
        fetch(f"{bucket}/a.tif")


def test_files_of_this_machine_have_urls_too(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"abc")

    [place] = list_places(tmp_path.as_uri())

    assert place.below == "a.png"
    assert fetch(place.url).data == b"abc"
    assert (place.size, place.version) == state_of(place.url)


def test_a_store_that_nobody_knows_is_told() -> None:
    with pytest.raises(DataError, match=r"^s4://a: no kind of store 's4'; did you mean 's3'\? known: "):
        below("s4://a")


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.partition(".")[0] in ("fsspec", "s3fs"):
            raise ImportError(f"No module named {name!r}")
        return imported(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(DependencyError, match=r"pip install 'ocrkit\[remote\]'"):
        below("memory://a")
