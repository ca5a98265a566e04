"""Whether the reading of a collection stays as small and as fast as it begins: memory, and what a million names cost.

``PYTHONPATH=benchmarks python -m collection_cost.growth memory FOLDER --pages 2000`` reads that many links to a
folder's pages (or one PDF of as many, with ``--pdf``) by the command, and tells the memory of its processes as it goes
on. ``… names FOLDER --pages 1000000 --folders 1000`` has the command look at as many files, all empty but a page of the
folder, tells how long it is until that is read, and then how long it takes to find that as many pages were all read
before.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from collection_cost.processes import cpu_so_far, descendants, megabytes
from own_process import run_on

from ocrkit.collections.records import Records
from ocrkit.collections.tasks import Collection

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIST = """
import sys, time
from pathlib import Path
from ocrkit.collections.tasks import Collection
tasks = Collection([sys.argv[1]], Path("no-output")).tasks()
next(tasks)
first = time.process_time()
count = 1 + sum(1 for _ in tasks)
used = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(count, first, time.process_time() - first, int(used) / 1024)
"""
_LOOK = 0.2
_MARKS = (0.05, 0.25, 0.5, 0.75, 1.0)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["memory", "names"])
    parser.add_argument("folder", nargs="?", help="pages; for names one page is taken of it, and linked to")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--folders", type=int, default=1, help="into which names are spread")
    parser.add_argument("--pdf", action="store_true", help="one PDF of all the pages")
    parser.add_argument("--read", nargs=argparse.REMAINDER, default=[], help="options of the command, after all others")
    asked = parser.parse_args()
    if asked.folder is None:
        parser.error("name a folder of pages, such as `ocrkit data synth --pages` draws")
    os.environ["OMP_NUM_THREADS"] = "1"
    paths = [Path(task.place).resolve() for task in Collection([asked.folder], Path("no-output")).tasks()]
    with tempfile.TemporaryDirectory() as scratch:
        if asked.what == "memory":
            _memory(Path(scratch), paths, asked)
        else:
            _names(Path(scratch), paths[0], asked)


def _memory(scratch: Path, paths: list[Path], asked: argparse.Namespace) -> None:
    pages = scratch / "pages"
    pages.mkdir()
    chosen = list(islice(cycle(paths), asked.pages))
    if asked.pdf:
        _write_pdf(pages / "book.pdf", chosen)
    else:
        for number, path in enumerate(chosen):
            os.symlink(path, pages / f"{number:06}{path.suffix}")
    process = subprocess.Popen(_command(pages, scratch / "out", asked.read), stderr=subprocess.DEVNULL)
    seen: list[tuple[float, int, dict[int, float]]] = []
    begun = time.monotonic()
    while process.poll() is None:
        used = {process.pid: megabytes(process.pid)} | {pid: megabytes(pid) for pid in descendants(process.pid)}
        seen.append((time.monotonic() - begun, _count(scratch / "out"), used))
        time.sleep(_LOOK)
    _print_marks(seen, process.pid, asked.pages)


def _print_marks(seen: list[tuple[float, int, dict[int, float]]], parent: int, wanted: int) -> None:
    """A row for each mark: of the pages that are written, or of the time where they come all at once."""
    by_page = len({count for _, count, _ in seen}) > len(_MARKS)
    last = seen[-1][0]
    for mark in _MARKS:
        reached = (row for row in seen if (row[1] / wanted if by_page else row[0] / last) >= mark)
        _, count, used = next(reached, seen[-1])
        workers = " ".join(f"{size:.0f}" for pid, size in used.items() if pid != parent and size > 50)
        what = f"{count} pages" if by_page else f"{mark:.0%} of the time"
        print(f"{what}: parent {used[parent]:.0f} MB, workers {workers or '-'} MB", flush=True)
    most = [max(used[parent] for _, _, used in seen), max(max(used.values()) for _, _, used in seen)]
    print(f"most: parent {most[0]:.0f} MB, any process {most[1]:.0f} MB")


def _names(scratch: Path, page: Path, asked: argparse.Namespace) -> None:
    pages, output = scratch / "pages", scratch / "out"
    names = _made(pages, page, asked.pages, asked.folders)
    listed = run_on([], [sys.executable, "-c", _LIST, str(pages)])
    count, first, rest, used = map(float, listed.output.split())
    print(f"{count:.0f} names in {asked.folders} folders: first after {first:.2f} CPU s, the others {rest:.1f}")
    print(f"the process took {used:.0f} MB", flush=True)
    _first_page(pages, output, asked.read)
    _note_all(pages, output, names, asked.read)
    again = _peak(_command(pages, output, asked.read))
    print(f"a run over {asked.pages} pages, all read before: {again[0]:.1f} CPU s, {again[1]:.0f} MB", flush=True)


def _made(pages: Path, page: Path, wanted: int, folders: int) -> list[str]:
    """Empty files, but for the first, which is a page; their names below the folder, without ending."""
    names = [f"{number % folders:04}/{number:08}" for number in range(wanted)]
    for folder in range(folders):
        (pages / f"{folder:04}").mkdir(parents=True)
    for name in names:
        os.close(os.open(pages / f"{name}.png", os.O_CREAT | os.O_WRONLY))
    shutil.copy(page, pages / f"{names[0]}.png")
    return names


def _first_page(pages: Path, output: Path, options: list[str]) -> None:
    """How long it is until a page is read of so many, by the command; the run is then stopped."""
    process = subprocess.Popen(_command(pages, output, ["--workers", "1", *options]), stderr=subprocess.DEVNULL)
    begun = time.monotonic()
    while process.poll() is None and not _count(output):
        time.sleep(_LOOK)
    wall = time.monotonic() - begun
    used = cpu_so_far(process.pid) + sum(map(cpu_so_far, descendants(process.pid)))
    process.send_signal(signal.SIGTERM)
    process.wait()
    print(f"the first page was there after {used:.1f} CPU s of all processes, {wall:.0f} s of a clock", flush=True)


def _note_all(pages: Path, output: Path, names: list[str], options: list[str]) -> None:
    """Have records and files say that all pages were read as the first one was, without waiting for the disk."""
    run_on([], _command(pages / f"{names[0]}.png", output / "one", options))
    records = Records(output)
    one = next(iter((output / "one/.ocrkit/done").glob("*/*.json")))
    stem = json.loads(one.read_text("utf-8"))["stem"]
    record = Records(output / "one").done(stem)
    if record is None:
        raise ValueError("the first page was not read")
    [(name, written)] = record.files.items()
    text, suffix = (output / "one" / name).read_bytes(), Path(name).suffix
    shutil.rmtree(output / "one")
    os.fsync = lambda _file: None
    for below in names:
        path = pages / f"{below}.png"
        status = path.stat()
        (output / below).parent.mkdir(exist_ok=True)
        (output / f"{below}{suffix}").write_bytes(text)
        noted = replace(record, stem=below, place=str(path), size=status.st_size, modified=status.st_mtime_ns)
        records.add(replace(noted, files={f"{below}{suffix}": written}))


def _command(pages: Path, output: Path, options: list[str]) -> list[str]:
    return [sys.executable, "-m", "ocrkit", "read", str(pages), "-o", str(output), *options]


def _peak(command: list[str]) -> tuple[float, float]:
    """CPU seconds of a command, and the MB that it had at most."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ValueError(f"the command ended with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _write_pdf(path: Path, chosen: list[Path]) -> None:
    from PIL import Image

    def images() -> Iterator[Image.Image]:
        for each in chosen[1:]:
            with Image.open(each) as image:
                yield image.convert("L")

    with Image.open(chosen[0]) as first:
        first.convert("L").save(path, save_all=True, append_images=images(), resolution=300)


def _count(output: Path) -> int:
    """How many files there are."""
    return sum(1 for path in output.glob("**/*.txt"))


if __name__ == "__main__":
    main()
