"""Places that are URLs, ``s3://bucket/scans/*.tif``: object stores and what else fsspec opens, listed and fetched."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ocrkit.data.sources.images import image_suffixes, natural_order
from ocrkit.errors import DataError, DependencyError, ImageError, MissingFileError, OcrkitError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

__all__ = ["MOST_BYTES", "Fetched", "Place", "fetch", "is_url", "list_places", "state_of", "status_of"]

MOST_BYTES = 2_000_000_000
"""What a file may have that is fetched; it is held in memory while its pages are read."""

_URL = re.compile(r"[a-z][a-z0-9+.-]+://.", re.DOTALL)
_MAGIC = re.compile(r"[*?\[]")
_DOCUMENTS = frozenset({".pdf"})
# What a store calls that which is another for other contents.
_VERSIONS = ("ETag", "etag", "md5Hash", "content_md5", "checksum")
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "modified", "created")
# What stores need that fsspec does not bring.
_DRIVERS = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}


@dataclass(frozen=True, slots=True)
class Place:
    """A file at a URL.

    Attributes:
        url: where it is.
        below: its name below the folder, or the part of a glob without ``*``, that was listed.
        size: its bytes.
        version: another number for other contents: of the store's ETag, or of the time when it was changed.
    """

    url: str
    below: str
    size: int
    version: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a file, which are opened as a file is.

    Attributes:
        name: the URL that they come from, which messages and outputs call their pages by.
        data: the bytes.
    """

    name: str
    data: bytes

    def read(self) -> bytes:
        """All of them."""
        return self.data


def is_url(place: object) -> bool:
    """Whether a place is a URL, and no path."""
    return isinstance(place, str) and _URL.match(place) is not None


def list_places(url: str) -> Iterator[Place]:
    """The files that a URL stands for, by folders, each folder listed when those before it are through.

    A folder stands for the images and PDFs in it and below, by their suffixes; one with ``*``, ``?`` or ``[`` for what
    it matches (``**`` for any depth); any other for the file.

    Raises:
        MissingFileError: there is nothing.
        DataError: it cannot be listed.
        DependencyError: fsspec, or what it needs for such a store, is not installed.
    """
    with _told(url):
        store, path = _opened(url)
        if _MAGIC.search(path):
            found = _matching(store, path)
        elif store.isdir(path):
            found = _in_folder(store, path)
        elif store.exists(path):
            found = iter([_place(store, store.info(path), os.path.dirname(path))])
        else:
            raise MissingFileError(f"there is nothing at {url!r}")
        empty = True
        for place in found:
            empty = False
            yield place
        if empty:
            raise MissingFileError(f"no file matches {url!r}" if _MAGIC.search(path) else f"no image or PDF in {url!r}")


def state_of(url: str) -> tuple[int, int]:
    """A file's bytes, and the number of its version, as a ``Place`` has them.

    Raises:
        DataError: it cannot be asked for.
        DependencyError: as of ``list_places``.
    """
    with _told(url):
        store, path = _opened(url)
        information = store.info(path)
        return int(information.get("size") or 0), _version(information)


def status_of(place: str | os.PathLike[str]) -> tuple[int, int]:
    """A file's bytes, and when it was last changed in ns since 1970, or a URL's version; -1 and 0 where it is none.

    Raises:
        DataError: as of ``state_of``, of a URL.
    """
    if is_url(place):
        return state_of(str(place))
    try:
        status = os.stat(place)
    except OSError:  # what is wrong is told when it is opened
        return -1, 0
    return status.st_size, status.st_mtime_ns


def fetch(url: str, most: int = MOST_BYTES) -> Fetched:
    """The bytes of a file; those of the last one are kept, since its other pages are asked for next.

    Raises:
        ImageError: it cannot be fetched, or has more bytes than ``most``.
        DependencyError: as of ``list_places``.
    """
    try:
        size, version = state_of(url)
        if size > most:
            raise ImageError(f"it has {size:,} bytes; expected {most:,} at most", url)
        return _fetched(url, size, version)
    except DataError as error:
        raise ImageError(error.reason, url) from error


@lru_cache(maxsize=1)
def _fetched(url: str, size: int, _version: int) -> Fetched:
    with _told(url):
        store, path = _opened(url)
        file: BinaryIO
        with store.open(path, "rb") as file:
            data = file.read(size + 1)
    if len(data) != size:
        raise DataError(f"it was changed while it was fetched: {size:,} bytes were told, and {len(data):,} came", url)
    return Fetched(url, data)


def _matching(store: Any, path: str) -> Iterator[Place]:
    from fsspec.utils import glob_translate

    fixed = path[: _MAGIC.search(path).start()].rpartition("/")[0]  # type: ignore[union-attr]  # it has been found
    below = path[len(fixed) :].strip("/").split("/")
    depth = None if any("**" in part for part in below) else len(below)
    pattern = re.compile(glob_translate(path))
    for information in _walk(store, fixed, depth):
        if pattern.match(information["name"]):
            yield _place(store, information, fixed)


def _in_folder(store: Any, path: str) -> Iterator[Place]:
    suffixes = image_suffixes() | _DOCUMENTS
    for information in _walk(store, path, None):
        if os.path.splitext(information["name"])[1].lower() in suffixes:
            yield _place(store, information, path)


def _walk(store: Any, folder: str, depth: int | None) -> Iterator[Mapping[str, Any]]:
    """Files below a folder, its own first, to so many names below it; what is hidden is passed over."""
    entries = sorted(store.ls(folder, detail=True), key=lambda entry: natural_order(entry["name"]))
    shown = [entry for entry in entries if not entry["name"].rstrip("/").rpartition("/")[2].startswith(".")]
    yield from (entry for entry in shown if entry["type"] == "file")
    if depth is None or depth > 1:
        for entry in shown:
            if entry["type"] == "directory":
                yield from _walk(store, entry["name"].rstrip("/"), None if depth is None else depth - 1)


def _place(store: Any, information: Mapping[str, Any], folder: str) -> Place:
    name = information["name"]
    below = name[len(folder) :].strip("/") if name.startswith(folder) else name.rpartition("/")[2]
    return Place(store.unstrip_protocol(name), below, int(information.get("size") or 0), _version(information))


def _version(information: Mapping[str, Any]) -> int:
    for name in _VERSIONS:
        if information.get(name):
            return int.from_bytes(hashlib.sha256(str(information[name]).encode()).digest()[:7])
    for name in _TIMES:
        when = information.get(name)
        if isinstance(when, datetime):
            return int(when.timestamp() * 1e6) * 1000
        if isinstance(when, int | float):
            return int(when * 1e6) * 1000
    return 0


def _opened(url: str) -> tuple[Any, str]:
    try:
        from fsspec import available_protocols
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise DependencyError(f"{url}: URLs need fsspec ({error}); pip install 'ocrkit[remote]'") from error
    scheme = url.partition("://")[0]
    try:
        # Listings that are kept would grow without end, and would not see what changes.
        store, path = url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        raise DependencyError(f"{url}: {error}; pip install {_DRIVERS.get(scheme, scheme + '…')}") from error
    except ValueError:
        if scheme in (known := available_protocols()):
            raise
        raise DataError(unknown_name("kind of store", scheme, known), url) from None
    return store, path


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Have what a store raises, which may be anything, say where that was."""
    try:
        yield
    except OcrkitError:
        raise
    except FileNotFoundError as error:
        raise DataError("there is no such file or folder", url) from error
    except Exception as error:  # each store has its own
        said = str(error).strip().partition("\n")[0] or type(error).__name__
        raise DataError(f"the store does not answer as it should: {said}", url) from error
