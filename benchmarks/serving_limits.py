"""What the service takes of a machine: its start, memory and computing, by pages' sizes and numbers.

``python benchmarks/serving_limits.py --python /opt/ocrkit/bin/python`` measures what is installed there, with torch or
without, and prints rows for docs/deployment.md. The page is the README's, scaled. Each row has a service of its own;
memory is that of all its processes, each shared part counted once (PSS), looked at every 20 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

PAGE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "page.png"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Service:
    """A service that runs, and what it took so far.

    Attributes:
        process: it.
        port: where it listens.
        peak: of its memory since that was last set, in bytes.
    """

    process: subprocess.Popen[str]
    port: int
    peak: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def processes(self) -> list[int]:
        """It, and what it started."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        found = [int(each) for path in children for each in path.read_text().split()]
        return [self.process.pid, *found]

    def memory(self) -> int:
        """Bytes that all of it holds."""
        total = 0
        for number in self.processes():
            with contextlib.suppress(OSError):
                rows = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
                total += sum(1024 * int(row.split()[1]) for row in rows if row.startswith("Pss:"))
        return total

    def computed(self) -> float:
        """Seconds of computing, of processes that ended too."""
        ticks = 0
        for number in self.processes():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15] if number == self.process.pid else fields[11:13]))
        return ticks / TICKS

    def watch(self) -> None:
        """Look at the memory until it is over."""
        while not self._over.wait(0.02):
            self.peak = max(self.peak, self.memory())

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3600)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def end(self) -> None:
        """End it."""
        self._over.set()
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()


def started(python: str, options: list[str], folder: str) -> tuple[Service, float]:
    """A service that is ready, and the seconds that it took to be."""
    begun = time.monotonic()
    command = [python, "-m", "ocrkit", "serve", "--port", "0", "--deadline", "1h", *options]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env={**os.environ, "TMPDIR": folder},
    )
    assert process.stdout is not None
    service = Service(process, urlsplit(process.stdout.readline().split()[-1]).port or 0)
    while service.ask("GET", "/readyz")[0] != 200:
        time.sleep(0.02)
    return service, time.monotonic() - begun


def page_of(megapixels: float) -> bytes:
    """The README's page in grey, scaled to so many million pixels, as PNG."""
    with Image.open(PAGE) as image:
        scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        scaled = image.convert("L").resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC
        )
    data = io.BytesIO()
    scaled.save(data, "PNG")
    return data.getvalue()


def measure(python: str, options: list[str], megapixels: float, at_a_time: int, count: int) -> str:
    """A row: what pages of one size take, so many sent at a time."""
    page = page_of(megapixels)
    with tempfile.TemporaryDirectory() as folder:
        service, start = started(python, options, folder)
        try:
            starting = service.computed()
            idle = service.memory()
            threading.Thread(target=service.watch, daemon=True).start()
            with ThreadPoolExecutor(at_a_time) as threads:
                answers = list(threads.map(lambda _: service.ask("POST", "/v1/pages?to=text", page), range(count)))
            spent = service.computed() - starting
            time.sleep(6)  # what nothing stands in is given back every five seconds
            left = service.memory()
        finally:
            service.end()
    assert {status for status, _ in answers} == {200}, sorted({status for status, _ in answers})
    assert len({body for _, body in answers}) == 1, "the same page was read in two ways"
    row = [f"{megapixels:g}", f"{len(page) / 1e6:.1f}", str(at_a_time), str(count), f"{start:.1f} ({starting:.1f})"]
    row += [f"{each / 1e6:.0f}" for each in (idle, service.peak, left)]
    row += [f"{spent / count:.2f}", f"{60 * count / spent:.0f}"]
    return f"| {' | '.join(row)} |"


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--python", default=sys.executable, help="of the environment where it is installed; else this one"
    )
    parser.add_argument("--megapixels", type=float, nargs="+", default=[1, 10, 25], help="sizes of pages")
    parser.add_argument("--at-a-time", type=int, nargs="+", default=[1, 4, 16], help="how many are sent at a time")
    parser.add_argument("--count", type=int, default=8, help="pages a row, or as many as are sent at a time")
    parser.add_argument("--model", default="malayalam", help="what they are read with")
    chosen = parser.parse_args()
    heads = "Mpx", "MB of file", "at a time", "pages", "s to start (CPU)", "MB idle", "MB at the most", "MB after"
    print(f"| {' | '.join([*heads, 'CPU s a page', 'pages a minute a core'])} |")
    print("|--:" * 10 + "|")
    for megapixels in chosen.megapixels:
        for at_a_time in chosen.at_a_time:
            count = max(chosen.count, at_a_time)
            print(measure(chosen.python, ["--model", chosen.model], megapixels, at_a_time, count), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
