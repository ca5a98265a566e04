"""A service started for the purpose, what it takes of the machine, and whether it still reads as it should."""

from __future__ import annotations

import csv
import difflib
import re
import secrets
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from serving_attack.files import saved
from serving_attack.wire import Place, Sent, request, send

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Running", "good_page", "running"]

DRAWN = Path(__file__).resolve().parents[2] / "plugins" / "ocrkit-models" / "tests" / "drawn" / "en"
_STARTING = 180  # seconds, on a busy machine
_LONG = 12  # letters from which a line is long enough for the good page
_LINES = 4


class Running:
    """A service in a process of its own.

    Attributes:
        place: where it listens.
        process: what runs it.
    """

    def __init__(self, place: Place, process: subprocess.Popen[str]) -> None:
        self.place = place
        self.process = process
        self._page, self._truth = good_page()
        self._first = ""

    def memory(self) -> tuple[int, int]:
        """Resident memory in MB: of the service, and of the processes that it has begun, all together."""
        own, others = 0, 0
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if int(entry.name) == self.process.pid:
                    own = _resident(entry)
                elif parent == self.process.pid:
                    others += _resident(entry)
            except OSError:  # it has ended meanwhile
                continue
        return own, others

    def trouble(self) -> str:
        """What is wrong with the service: whether it lives, and reads a good page as it did at first."""
        if self.process.poll() is not None:
            return f"the service has ended with {self.process.returncode}"
        answer = send(self.place, Sent((request(self.place, "GET", "/healthz"),)))
        if answer.status != 200:
            return f"/healthz answers {answer.status}"
        for _ in range(100):
            answer = send(self.place, Sent((request(self.place, "POST", "/v1/pages?to=text", self._page),)))
            if answer.status != 503:  # it is busy with what was sent before
                break
            time.sleep(float(answer.headers.get("retry-after", 1)) / 4)
        text = answer.body.decode("utf-8", "replace").strip()
        if answer.status != 200:
            return f"a good page is answered with {answer.status}: {text[:200]}"
        self._first = self._first or text
        alike = difflib.SequenceMatcher(None, self._truth.split(), text.split(), autojunk=False).ratio()
        if text != self._first or alike < 0.8:
            return f"a good page reads {text!r}; expected {self._first!r}"
        return ""

    def counted(self, name: str) -> float:
        """A number of ``/metrics``; 0 where there is none of that name."""
        answer = send(self.place, Sent((request(self.place, "GET", "/metrics"),)))
        found = re.search(rf"^{name} (\S+)$", answer.body.decode(), flags=re.M)
        return float(found[1]) if found else 0.0


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Running]:
    """A service with a token, whose log lies in the folder."""
    token = secrets.token_hex(16)
    (folder / "token").write_text(token + "\n")
    (folder / "token").chmod(0o600)
    command = [sys.executable, "-m", "ocrkit", "serve", "--port", "0", "--token-file", str(folder / "token"), *options]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            told = process.stdout.readline()
            found = re.search(r"http://([\d.]+):(\d+)/", told)
            if found is None:
                raise RuntimeError(f"the service does not start: {(folder / 'log').read_text()}")
            place = Place(found[1], int(found[2]), token)
            _await(place)
            yield Running(place, process)
        finally:
            process.terminate()


def good_page() -> tuple[bytes, str]:
    """A page of drawn lines of English, and its text."""
    with (DRAWN / "labels.tsv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row[1]) >= _LONG]
    pictures = [Image.open(DRAWN / name).convert("L") for name, _ in rows[:_LINES]]
    lines = [picture.resize((round(picture.width * 48 / picture.height), 48)) for picture in pictures]
    page = Image.new("L", (max(line.width for line in lines) + 80, 80 * len(lines) + 60), 255)
    for number, line in enumerate(lines):
        page.paste(line, (40, 40 + 80 * number))
    return saved(page, "PNG"), "\n".join(text for _, text in rows[:_LINES])


def _await(place: Place) -> None:
    until = time.monotonic() + _STARTING
    while send(place, Sent((request(place, "GET", "/readyz"),))).status != 200:
        if time.monotonic() > until:
            raise RuntimeError(f"the service is not ready after {_STARTING} s")
        time.sleep(0.2)


def _resident(process: Path) -> int:
    found = re.search(r"^VmRSS:\s+(\d+) kB", (process / "status").read_text(), flags=re.M)
    return int(found[1]) // 1000 if found else 0
