"""A stand-in for the reading, for tests of the HTTP side: it reads what the file's own bytes say, and no picture."""

from __future__ import annotations

import asyncio
import io
import itertools
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit_serve.work.records import Refused
from PIL import Image

from ocrkit.layout.records import Line, Page, Region, Word
from ocrkit.layout.scan import ReadPage

if TYPE_CHECKING:
    from ocrkit_serve.work.records import Asked

SIZE = (300, 100)
TEXT = "the quick fox"


@dataclass
class FakeScan:
    name: str
    number: int = 1
    path: None = None
    dpi: None = None

    def image(self) -> Image.Image:
        return Image.new("L", SIZE, 255)

    def jpeg(self) -> None:
        return None


def png(size: tuple[int, int] = SIZE) -> bytes:
    """A picture that any program opens, which is read as a page like any other bytes."""
    file = io.BytesIO()
    Image.new("L", size, 255).save(file, "PNG")
    return file.getvalue()


def read_page(name: str, number: int = 1, text: str = TEXT) -> ReadPage:
    area = ((10, 10), (290, 10), (290, 60), (10, 60))
    words = tuple(Word(word, area, 0.5) for word in text.split())
    line = Line("l1", ((10, 50), (290, 50)), area, text, 0.5, words)
    page = Page(name, *SIZE, (Region("r1", area, (line,)),), number=number, model="fake", segmenter="fake")
    return ReadPage(page, FakeScan(name, number))


@dataclass
class FakeOpened:
    kind: str
    pages: int
    data: bytes
    name: str
    file: Path
    closed: bool = False

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeJob:
    id: str
    name: str
    state: str = "waiting"
    pages: int | None = None
    error: str = ""
    refused: Refused | None = None
    kept_until: float | None = None
    opened: FakeOpened | None = None
    read: list[ReadPage] = field(default_factory=list)

    @property
    def done(self) -> int:
        return len(self.read)

    def page(self, number: int) -> ReadPage | None:
        return self.read[number - 1] if number <= len(self.read) else None


class FakeWork:
    """Reads files such as ``pages 3``; ``refuse 504`` is refused so, ``fail`` fails, ``wait`` waits for ``go()``,
    and ``hold`` waits before it is opened."""

    models = (
        {
            "name": "fake",
            "summary": "Reads nothing.",
            "languages": ["en"],
            "runtime": "onnx",
            "runtimes": ["torch", "onnx"],
            "loaded": True,
            "default": True,
        },
    )
    correctors = ("spelling",)

    def __init__(self) -> None:
        self.ready = False
        self._go = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.waiting = False
        self.cancelled = False
        self.drained = False
        self.asked: list[Asked] = []
        self.holds_start = False
        self._jobs: dict[str, FakeJob] = {}
        self._gone: set[str] = set()
        self._folder = tempfile.TemporaryDirectory()
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self.holds_start:
            await self._go.wait()
        self.ready = True

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def go(self) -> None:
        """Let what waits go on, from any thread."""
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._go.set)

    async def drain(self, seconds: float) -> None:
        self.drained = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        self._folder.cleanup()

    async def open(self, file: Path, name: str = "") -> FakeOpened:
        data = file.read_bytes()
        if data.startswith(b"hold"):
            await self._wait(None)
        if data.startswith(b"refuse "):
            status = int(data.split()[1])
            raise Refused(status, f"refused with {status}", 7 if status == 503 else None)
        if data.startswith(b"fail"):
            raise RuntimeError("a secret of the service")
        pages = int(data.split()[1]) if data.startswith(b"pages ") else 1
        return FakeOpened("image/png", pages, data, name, file)

    async def read(
        self, opened: FakeOpened, number: int, asked: Asked, *, cancelled: asyncio.Event | None = None
    ) -> ReadPage:
        self.asked.append(asked)
        if opened.data.startswith(b"wait"):
            await self._wait(cancelled)
        return read_page(opened.name, number)

    async def picture(self, opened: FakeOpened, number: int, *, longest: int) -> bytes:  # noqa: ARG002
        file = io.BytesIO()
        picture = Image.new("L", SIZE, 255)
        picture.thumbnail((longest, longest))
        picture.save(file, "JPEG")
        return file.getvalue()

    def submit(self, file: Path, name: str, asked: Asked) -> FakeJob:
        self.asked.append(asked)
        job = FakeJob(f"{next(self._numbers):032x}", name)
        self._jobs[job.id] = job
        task = asyncio.get_running_loop().create_task(self._run(job, file))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def job(self, name: str) -> FakeJob | None:
        if name in self._gone:
            raise Refused(410, "the job is kept no longer")
        return self._jobs.get(name)

    def cancel(self, name: str) -> None:
        job = self._jobs.pop(name)
        job.state = "cancelled"
        if job.opened is not None:
            job.opened.file.unlink()
        self._gone.add(name)

    def metrics(self) -> list[tuple[str, str, str, dict[tuple[tuple[str, str], ...], float]]]:
        return [("ocrkit_jobs", "gauge", "Jobs.", {(("state", "done"),): float(len(self._jobs))})]

    async def _wait(self, cancelled: asyncio.Event | None) -> None:
        self.waiting = True
        going = asyncio.create_task(self._go.wait())
        leaving = asyncio.create_task((cancelled or asyncio.Event()).wait())
        await asyncio.wait({going, leaving}, return_when=asyncio.FIRST_COMPLETED)
        self.cancelled = leaving.done()
        going.cancel()
        leaving.cancel()
        self.waiting = False

    async def _run(self, job: FakeJob, file: Path) -> None:
        try:
            job.opened = await self.open(file, name=job.name)
        except Refused as refused:
            job.state, job.error, job.refused = "failed", str(refused), refused
            file.unlink()
            return
        job.pages, job.state = job.opened.pages, "reading"
        if job.opened.data.startswith(b"wait"):
            await self._wait(None)
        for number in range(1, job.pages + 1):
            job.read.append(read_page(f"{job.name}#{number}", number, f"page {number}"))
        if job.state != "cancelled":
            job.state, job.kept_until = "done", time.time() + 60
