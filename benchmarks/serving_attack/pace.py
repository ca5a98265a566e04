"""How fast the service reads, and how long a line waits beside somebody's long document."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from PIL import Image
from serving_attack.files import saved
from serving_attack.service import good_page
from serving_attack.wire import Sent, request, send

if TYPE_CHECKING:
    from serving_attack.service import Running

__all__ = ["pace"]

_PAGES = 40
_LINES = 30  # asked for alone, one after the other


def pace(service: Running) -> str:
    """Lines alone, then beside a document of many pages; a line a measure.

    Raises:
        RuntimeError: the document is not read.
    """
    page = Image.open(io.BytesIO(good_page()[0]))
    line = saved(page.crop((0, 20, page.width, 110)), "PNG")
    _latency(service, line)  # what is loaded at first use is
    alone = sorted(_latency(service, line) for _ in range(_LINES))
    begun, spent = time.monotonic(), _computed(service)
    document = saved(page, "PDF", save_all=True, append_images=[page] * (_PAGES - 1))
    job = send(service.place, Sent((request(service.place, "POST", "/v1/pages", document),))).json()
    beside = []
    while (state := _state(service, job["id"]))["state"] in ("waiting", "reading"):
        beside.append(_latency(service, line))
    if state["state"] != "done":
        raise RuntimeError(f"the document is {state['state']}: {state['error']}")
    seconds, spent = time.monotonic() - begun, _computed(service) - spent
    beside.sort()
    return (
        f"a line alone: {_told(alone)}\n"
        f"a line beside a document of {_PAGES} pages: {_told(beside)}\n"
        f"the document: {_PAGES / seconds:.1f} pages/s beside {len(beside)} lines, all {spent:.1f} s of computing"
    )


def _latency(service: Running, line: bytes) -> float:
    answer = send(service.place, Sent((request(service.place, "POST", "/v1/lines", line),)))
    if answer.status != 200:
        raise RuntimeError(f"a line is answered with {answer.status}: {answer.body[:200]!r}")
    return answer.seconds


def _state(service: Running, job: str) -> dict[str, str]:
    told: dict[str, str] = send(service.place, Sent((request(service.place, "GET", f"/v1/jobs/{job}"),))).json()
    return told


def _told(seconds: list[float]) -> str:
    last = seconds[int(0.95 * (len(seconds) - 1))]
    return f"median {median(seconds):.3f} s, 95 of 100 below {last:.3f} s"


def _computed(service: Running) -> float:
    """CPU seconds of the service and of the processes that it has ended."""
    fields = Path(f"/proc/{service.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
