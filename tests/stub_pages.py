"""Reading that costs nothing: a page's text is what stands in its file, and each reading is logged."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.collections import ReadJob, format_keys
from ocrkit.collections.keys import content_of
from ocrkit.collections.records import Records
from ocrkit.errors import DependencyError
from ocrkit.layout.records import Line, Page, Region
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.formats import choose_formats
from ocrkit.plugin.engine_specs import PageTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.scan import Scan

__all__ = ["StubReader", "count_pages", "job_for", "task_of", "written"]

_BOX = ((0, 0), (9, 0), (9, 9), (0, 9))


@dataclass
class StubReader:
    """Reads a file's own bytes as its text; some have it do what no page should.

    Attributes:
        log: the file that each reading is noted in, by the page's name.
        seconds: that a page takes.
        output: where it is looked whether a page was written already, which is then noted with its reading.
    """

    log: Path
    seconds: float = 0.0
    output: Path | None = None
    left_out: int = field(default=0, init=False)
    unread: int = field(default=0, init=False)

    def read(self, scans: Iterable[Scan], *, reject: float | None = None) -> Iterator[ReadPage]:
        del reject
        for scan in scans:
            assert scan.path is not None
            again = self.output is not None and _is_done(self.output, scan.path)
            note(self.log, f"{os.getpid()} {scan.name}{' again' * again}")
            text = scan.path.read_text(errors="replace") if scan.path.exists() else ""
            if self.seconds:
                time.sleep(self.seconds)
            if text.startswith("die"):
                os.kill(os.getpid(), signal.SIGKILL)
            if text.startswith("leave"):
                os._exit(3)
            if text.startswith("endless"):
                while True:
                    pass
            if text.startswith("raise"):
                raise ValueError("what a plugin may raise")
            error = "it is damaged" if text.startswith("bad") or not text else ""
            lines = (Line("l", ((0, 9), (9, 9)), _BOX, text),) if text != "blank" else ()
            regions = (Region("r", _BOX, lines),) if lines else ()
            yield ReadPage(Page(str(scan.path), 10, 10, regions=regions, error=error), scan)


def count_pages(path: Path, password: str | None) -> int:
    """As many pages as a file says; some do what opening a file may, and each opening is logged."""
    del password
    note(path.parent / "counted", f"{os.getpid()} {path.name}")
    text = path.read_text()
    if text == "leave":
        os._exit(3)
    if text == "endless":
        while True:
            pass
    if text == "memory":
        held = []
        while True:
            held.append(bytes(1 << 20))
    if text == "raise":
        raise DependencyError("a PDF needs a package")
    return int(text)


def note(log: Path, line: str) -> None:
    """Add a line to a file that several processes add to."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def _is_done(output: Path, page: Path) -> bool:
    """Whether a page was written with this very content, by its file and its record."""
    record = Records(output).done(page.stem)
    text = output / f"{page.stem}.txt"
    return record is not None and text.exists() and record.content == content_of(page) and written(text, page)


def written(text: Path, page: Path) -> bool:
    """Whether a file holds what is read of a page."""
    return text.read_text() == f"{page.read_text()}\n"


@dataclass(frozen=True)
class Stub:
    """Makes a reader in any process."""

    log: Path
    seconds: float = 0.0
    output: Path | None = None

    def __call__(self) -> StubReader:
        return StubReader(self.log, self.seconds, self.output)


def job_for(output: Path, *, run: str = "run", key: str = "model", seconds: float = 0.0, **further: object) -> ReadJob:
    """A job of a stub, with texts of pages below ``output``, whose log lies beside that."""
    formats = choose_formats(["text"], {})
    make = Stub(output.parent / "log", seconds, output)
    job = ReadJob(make, output, ("text",), {}, format_keys(key, formats), run, per="page")
    for name, value in further.items():
        object.__setattr__(job, name, value)
    return job


def task_of(path: Path) -> PageTask:
    """The reading of a file of one page."""
    status = path.stat()
    return PageTask(str(path), str(path), None, path.stem, status.st_size, status.st_mtime_ns)
