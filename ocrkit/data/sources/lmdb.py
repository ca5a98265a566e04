"""LMDB as clovaai's deep-text-recognition-benchmark and its many heirs keep it.

Keys: ``num-samples`` with a decimal number, and for each sample from 1 ``image-000000001`` with the bytes of an image
file and ``label-000000001`` with its text in UTF-8. ocrkit adds ``group-000000001`` where there are groups.

Source: github.com/clovaai/deep-text-recognition-benchmark, create_lmdb_dataset.py.
"""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.bad_rows import BadRows, RowFault, check_text
from ocrkit.data.sources.images import walk
from ocrkit.data.sources.lazy import ChainedSamples, LazySamples
from ocrkit.data.sources.lmdb_file import DATA_FILE, LmdbImage, is_lmdb, lookup, reading
from ocrkit.errors import DataError, MissingFileError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lmdb import Transaction

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report

__all__ = ["COUNT", "LmdbSamples", "key_of", "open_lmdb", "recognises_lmdb"]

COUNT = "num-samples"
_SUFFIXES = (".lmdb", ".mdb")
_EVERY = 1 << 16  # labels between two reports of progress


def key_of(kind: str, number: int) -> str:
    """The key of a sample's ``image``, ``label`` or ``group``, numbered from 1."""
    return f"{kind}-{number:09d}"


def recognises_lmdb(location: Path) -> bool:
    """Whether it is a folder with ``data.mdb``, however damaged that is, or a file that begins as an LMDB does."""
    return os.path.isfile(location / DATA_FILE) or is_lmdb(location)


def open_lmdb(location: Path, *, report: Report | None = None, progress: Progress | None = None) -> LazySamples:
    """List the samples of an LMDB, or of those below a folder: every label is read and checked, no image is touched.

    Args:
        location: a folder with ``data.mdb``, such a file, or a folder with either below it.
        report: told of each bad label, whose sample is then left out.
        progress: told of the labels that are read, of how many.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: it is no whole LMDB of samples; or, without ``report``, a label is missing, empty or not UTF-8, or
            ``num-samples`` is not their number. Each names its key.
        DependencyError: lmdb is not installed.
    """
    if not os.path.exists(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    if not is_lmdb(location):
        if os.path.lexists(location / DATA_FILE):
            raise DataError(f"{DATA_FILE} does not begin as an LMDB does; it is damaged, so fetch it again", location)
        below = _below(location)
        if below:
            return ChainedSamples.of(open_lmdb(each, report=report, progress=progress) for each in below)
        raise DataError(f"no LMDB; expected a folder with {DATA_FILE}, itself or below, or such a file", location)
    bad_rows = BadRows(report)
    with reading(location) as transaction:
        claimed = _claimed(location, transaction)
        if claimed and not _has_images(transaction):
            raise DataError(
                f"there is no key such as {key_of('image', 1)!r}; expected images beside the labels, "
                "each pair under one number, counted from 1",
                location,
            )
        numbers = array("I", _good_labels(location, transaction, claimed, bad_rows, progress))
        grouped = transaction.get(key_of("group", 1).encode()) is not None
    whole = len(numbers) == claimed
    return LmdbSamples(location, grouped, numbers=range(1, claimed + 1) if whole else numbers)


def _below(location: Path) -> list[Path]:
    """The LMDBs below a folder, in natural order: folders with ``data.mdb``, and files that end in .lmdb or .mdb."""
    found = []
    for parent, files in walk(location) if location.is_dir() else ():
        if DATA_FILE in files:
            found.append(Path(parent))
        else:
            paths = (Path(parent, name) for name in files if name.endswith(_SUFFIXES))
            found += [path for path in paths if is_lmdb(path)]
    return found


@dataclass(frozen=True, slots=True)
class LmdbSamples(LazySamples):
    """The samples of an LMDB, each looked up when it is asked for.

    Attributes:
        location: the folder or file.
        grouped: whether there are groups.
        numbers: those in the samples' keys.
    """

    location: Path
    grouped: bool

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        image, label = key_of("image", number), key_of("label", number)
        text = lookup(self.location, label)
        if text is None:
            raise DataError(f"key {label!r} is gone since the LMDB was listed; begin again", self.location)
        group = (lookup(self.location, key_of("group", number)) or b"") if self.grouped else b""
        return Sample(
            name=f"{self.location}#{image}",
            image=LmdbImage(self.location, image),
            text=text.decode(),
            origin=Origin(f"{self.location}#{label}"),
            group=group.decode("utf-8", "replace"),
        )


def _claimed(location: Path, transaction: Transaction) -> int:
    value = transaction.get(COUNT.encode())
    if value is None:
        raise DataError(f"there is no key {COUNT!r}; expected the number of samples in it", location)
    text = bytes(value).decode("utf-8", "replace").strip()
    digits = text.lstrip("0")  # of 5,000 digits Python makes no number
    if not (text.isascii() and text.isdecimal()) or len(digits) > 9:
        raise DataError(f"key {COUNT!r} holds {text[:40]!r}; expected the number of samples", location)
    return int(digits or "0")


def _good_labels(
    location: Path, transaction: Transaction, claimed: int, bad_rows: BadRows, progress: Progress | None
) -> Iterator[int]:
    """The numbers of the labels that can be used."""
    # Looked up one by one: a cursor that meets a damaged page may end the process, where a look-up is an error.
    missing = 0  # the first of those that are missing, up to here
    for number in range(1, min(claimed, transaction.stat()["entries"]) + 1):
        value = transaction.get(key_of("label", number).encode())
        if progress is not None and number % _EVERY == 0:
            progress(number, claimed)
        if value is None:
            missing = missing or number
            continue
        if missing:
            bad_rows.add(f"{location}#{key_of('label', missing)}", 0, _gap(missing, number, claimed))
            missing = 0
        if _is_good(location, key_of("label", number), bytes(value), bad_rows):
            yield number
    if missing or claimed > transaction.stat()["entries"]:
        first = missing or transaction.stat()["entries"] + 1
        bad_rows.add(f"{location}#{key_of('label', first)}", 0, _gap(first, claimed + 1, claimed))
    beyond = key_of("label", claimed + 1)
    if transaction.get(beyond.encode()) is not None:
        reason = f"there is a key {beyond!r}, and {COUNT!r} says {claimed}"
        bad_rows.add(location, 0, RowFault("count", f"{reason}; correct the number, or remove what is too much"))
    if progress is not None:
        progress(claimed, claimed)


def _gap(first: int, end: int, claimed: int) -> RowFault:
    more = f", nor the {end - first - 1} after it" if end - first > 1 else ""
    return RowFault("missing-key", f"there is no key {key_of('label', first)!r}{more}, and {COUNT!r} says {claimed}")


def _is_good(location: Path, key: str, value: bytes, bad_rows: BadRows) -> bool:
    try:
        check_text(value.decode("utf-8"), key)
    except UnicodeDecodeError as error:
        reason = f"key {key!r} is not UTF-8 at byte {error.start}; expected a text in UTF-8"
        bad_rows.add(f"{location}#{key}", 0, RowFault("not-utf8", reason), cause=error)
    except RowFault as fault:
        bad_rows.add(f"{location}#{key}", 0, fault)
    else:
        return True
    return False


def _has_images(transaction: Transaction) -> bool:
    prefix = key_of("image", 0)[:6].encode()
    with transaction.cursor() as cursor:
        return cursor.set_range(prefix) and bytes(cursor.key()).startswith(prefix)
