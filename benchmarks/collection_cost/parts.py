"""CPU seconds by part: functions of ocrkit are wrapped from outside, and each counts what those within it do not."""

from __future__ import annotations

import functools
import importlib
import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PARTS", "Clock"]

# Where each part is called: what is not there (a runtime that is not installed, another version) counts as the rest.
_PLACES = {
    "list": ["ocrkit.collections.tasks:Collection.tasks", "ocrkit.collections.run:at_a_glance"],
    "records": [
        "ocrkit.collections.claims:Claims.take",
        "ocrkit.collections.claims:Claims.give_back",
        "ocrkit.collections.claims:Claims.is_mine",
        "ocrkit.collections.claims:Claims.holder",
        "ocrkit.collections.records:Records.add",
        "ocrkit.collections.worker:left_alone",
        "ocrkit.collections.worker:seen_before",
        "ocrkit.collections.worker:content_of",
    ],
    "open": ["ocrkit.collections.worker:open_scans", "ocrkit.pages.reader:PageReader._look_at"],
    "turn": [
        "ocrkit.segmentation.learned:quarters_to_turn",
        "ocrkit.segmentation.learned:leaning",
        "ocrkit.segmentation.view:View.turn",
        "ocrkit.segmentation.view:View.straighten",
    ],
    "maps": ["ocrkit.segmentation.net:SegmentationNet.maps", "ocrkit.segmentation.onnx_net:OnnxSegmentationNet.maps"],
    "lines": ["ocrkit.pages.finding:Segmenting.__call__"],
    "cut": ["ocrkit.pages.reader:cut_lines"],
    "fit": ["ocrkit.data.loading:load_or_report"],
    "network": ["ocrkit.forward_pass:ForwardPass.__call__", "ocrkit.onnx_pass:OnnxPass.__call__"],
    "decode": ["ocrkit.recognition.recognizer:Recognizer._decode_batch"],
    "words": ["ocrkit.pages.reader:words_of"],
    "write": [
        "ocrkit.pages.writing:PageWriter.take",
        "ocrkit.pages.writing:PageWriter.__exit__",
        "ocrkit.pages.writing:PageFormat.render",  # in a thread of the file's own
    ],
}

PARTS = (*_PLACES, "rest")
"""What is told apart, in the order of a page's way."""


class Clock:
    """Counts CPU seconds of each part, over all threads of this process."""

    def __init__(self) -> None:
        self._seconds: Counter[str] = Counter()
        self._stacks = threading.local()
        self._lock = threading.Lock()
        self._from = 0.0

    def wrap(self) -> None:
        """Wrap what the parts are; once a process."""
        for part, places in _PLACES.items():
            for place in places:
                self._wrap(part, place)

    def start(self) -> None:
        """Count from here on."""
        self._seconds.clear()
        self._from = time.process_time()

    def seconds(self) -> dict[str, float]:
        """CPU seconds since the start, of each part; their sum is that of the process."""
        whole = time.process_time() - self._from
        return {part: self._seconds[part] for part in _PLACES} | {"rest": whole - self._seconds.total()}

    @contextmanager
    def counting(self, part: str) -> Iterator[None]:
        """Count this thread's time to a part, and to none around it."""
        stack = self._stacks.__dict__.setdefault("parts", [])
        now = time.thread_time()
        if stack:
            self._add(stack[-1][0], now - stack[-1][1])
        stack.append([part, now])
        try:
            yield
        finally:
            now = time.thread_time()
            self._add(part, now - stack.pop()[1])
            if stack:
                stack[-1][1] = now

    def _add(self, part: str, seconds: float) -> None:
        with self._lock:
            self._seconds[part] += seconds

    def _wrap(self, part: str, place: str) -> None:
        module, _, path = place.partition(":")
        *above, name = path.split(".")
        try:
            owner = functools.reduce(getattr, above, importlib.import_module(module))
            function = getattr(owner, name)
        except (ImportError, AttributeError):
            return
        setattr(owner, name, self._timed(part, function))

    def _timed(self, part: str, function: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(function)
        def timed(*arguments: object, **named: object) -> object:
            with self.counting(part):
                given = function(*arguments, **named)
            return self._steps(part, given) if hasattr(given, "__next__") else given

        return timed

    def _steps(self, part: str, steps: Iterator[object]) -> Iterator[object]:
        """An iterator whose steps count to the part."""
        while True:
            with self.counting(part):
                try:
                    step = next(steps)
                except StopIteration:
                    return
            yield step
