"""A run's curves and pictures for TensorBoard, beside its log and made from it.

The log has each step and epoch once however often the run was broken, so the events of a run that goes on are written
afresh from it: one curve, without gaps or doubled points, from whichever step on events were wanted.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PIL import Image

from ocrkit.errors import DependencyError
from ocrkit.training.folder import EVENT_FILES, remove_events
from ocrkit.training.run_log import read_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Events", "check_tensorboard"]

_VERSION = "brain.Event:2"
# By the event of a record and its key: the curve's name. Names before the slash stand together on the page.
_CURVES = {
    "step": {"loss": "training/loss", "rate": "training/rate", "speed": "speed/lines", "waited": "speed/waited"},
    "epoch": {
        "loss": "training/epoch loss",
        "validation_loss": "validation/loss",
        "cer": "validation/CER",
        "exact": "validation/exact",
    },
}
_OF_A_SET = {"loss": "loss", "cer": "CER", "exact": "exact"}


def check_tensorboard() -> None:
    """Refuse to begin where the package is missing.

    Raises:
        DependencyError: says how to install it.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise DependencyError(
            "writing events for TensorBoard needs the package tensorboard; install it with: "
            "pip install 'ocrkit[tensorboard]', or set training.tensorboard to false"
        )


class Events:
    """Writes the events of a run into a file in its folder, which is opened for each of them."""

    def __init__(self, folder: Path, log: Path) -> None:
        """Begin afresh, with what the log holds.

        Raises:
            OSError: the events cannot be written.
        """
        remove_events(folder)
        self._path = folder / EVENT_FILES.replace("*", f"{int(time.time()):010d}")
        records = read_log(log)
        begun = _time_of(records[0]) if records else time.time()
        self._write({"wall_time": begun, "file_version": _VERSION})
        # A server that has read the events before this break lets go of them.
        self._write({"wall_time": begun, "step": 0, "session_log": {"status": "START"}})
        for record in records:
            self.add(record)

    def add(self, record: Mapping[str, object]) -> None:
        """Add what a record of the log says in numbers."""
        values = [{"tag": tag, "simple_value": value} for tag, value in _curve_points(record)]
        if values:
            self._write({"wall_time": _time_of(record), "step": record.get("step", 0), "summary": {"value": values}})

    def add_picture(self, name: str, path: Path, step: int) -> None:
        """Add a picture that lies in a file."""
        data = path.read_bytes()
        with Image.open(path) as picture:
            width, height = picture.size
        image = {"width": width, "height": height, "colorspace": 3, "encoded_image_string": data}
        self._write({"wall_time": time.time(), "step": step, "summary": {"value": [{"tag": name, "image": image}]}})

    def _write(self, event: Mapping[str, object]) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.record_writer import RecordWriter

        message: Any = Event(**event)
        with self._path.open("ab") as file:
            RecordWriter(file).write(message.SerializeToString())


def _curve_points(record: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    """The curves that a record has a point of, each with its value."""
    for key, curve in _CURVES.get(str(record.get("event")), {}).items():
        value = record.get(key)
        if isinstance(value, int | float):
            yield curve, float(value)
    sets = record.get("sets")
    if record.get("event") != "epoch" or not isinstance(sets, Mapping) or len(sets) < 2:
        return
    for name, found in sets.items():
        for key, curve in _OF_A_SET.items():
            value = found.get(key) if isinstance(found, Mapping) else None
            if isinstance(value, int | float):
                yield f"validation {name}/{curve}", float(value)


def _time_of(record: Mapping[str, object]) -> float:
    told = record.get("time")
    return float(told) if isinstance(told, int | float) else time.time()
