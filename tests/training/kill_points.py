"""Ends training runs at chosen points, each in a process of its own, and says what resuming them gave.

Run as ``python kill_points.py END CONFIG FOLDER FIRST STRIDE``; prints a JSON object. The points are the calls that
write: half of a file or of a line written, and for the END ``kill`` also a file flushed, renamed, removed, a folder
flushed. Of a run that nothing ends the points are counted first. The n-th run comes to its end at its point FIRST + n
STRIDE, by SIGKILL or, for the END ``full``, by a disk that is full from then on; then it is resumed.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch

import ocrkit.files as files
from ocrkit.checkpoint import read_checkpoint
from ocrkit.config import from_table, read_toml
from ocrkit.model import Model
from ocrkit.plugin.registry import load_registry
from ocrkit.training import RunConfig, resume, train

sys.modules["matplotlib"] = None  # type: ignore[assignment]  # drawing curves takes longer than such a run
REGISTRY = load_registry("none")


class Points:
    """Counts the points, and brings about the end at one of them."""

    def __init__(self, deadly: int = 0, *, full: bool = False) -> None:
        self.seen = 0
        self.deadly = deadly
        self.full = full

    def pass_one(self) -> bool:
        """Whether this is the one, or comes after it where the disk stays full."""
        self.seen += 1
        return self.seen == self.deadly or (self.full and 0 < self.deadly < self.seen)

    def end(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.kill(os.getpid(), signal.SIGKILL)

    def set_up(self) -> None:
        """Have every call of the library that writes pass by here."""
        for name in ("replace", "fsync", "chmod", "unlink") if not self.full else ():
            setattr(os, name, self._before(getattr(os, name)))
        setattr(files, "open", self._opened)  # noqa: B010 - a name that the module looks up before the builtin

    def _before(self, call: Any) -> Any:
        def passing(*arguments: Any, **options: Any) -> Any:
            if self.pass_one():
                self.end()
            return call(*arguments, **options)

        return passing

    def _opened(self, *arguments: Any, **options: Any) -> Any:
        file = builtins.open(*arguments, **options)  # noqa: SIM115 - the caller closes it
        points = self

        class Half(io.BufferedWriter):
            def write(self, data: Any) -> int:
                if points.pass_one():
                    super().write(data[: len(data) // 2])
                    self.flush()
                    points.end()
                return int(super().write(data))

        return Half(file.detach()) if isinstance(file, io.BufferedWriter) else file


def in_a_process(task: Any, said: Path) -> int:
    """How a task ended in a fork of this process; what error it raised stands in a file then."""
    child = os.fork()
    if child == 0:
        try:
            task()
        except BaseException as error:
            with builtins.open(os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), "w") as file:
                file.write(f"{type(error).__name__}: {error}")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_of(config: RunConfig, folder: Path, points: Points) -> int:
    def task() -> None:
        points.set_up()
        train(config, output=folder, registry=REGISTRY)
        folder.with_suffix(".points").write_text(str(points.seen))

    return in_a_process(task, folder.with_suffix(".error"))


def left_by(folder: Path) -> dict[str, Any]:
    """What must be equal between a broken and an unbroken run."""
    found: dict[str, Any] = {}
    for name in ("state/latest.safetensors", "model.safetensors", "last.safetensors"):
        tensors = read_checkpoint(folder / name).tensors
        found[name] = {key: array.tobytes().hex() for key, array in tensors.items()}
    records = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    # Steps so few are logged by the clock alone.
    timeless = ("epoch", "step", "loss", "cer", "best")
    found["log"] = [[each.get(key) for key in timeless] for each in records if each["event"] == "epoch"]
    steps = [each["step"] for each in records if each["event"] == "step"]
    found["steps told twice"] = len(steps) - len(set(steps))
    found["hidden"] = sorted(path.name for path in folder.rglob(".*"))
    return found


def trouble_at(config: RunConfig, folder: Path, points: Points, expected: dict[str, Any]) -> str:
    """What is wrong after an end at a point; empty when nothing is."""
    ended = run_of(config, folder, points)
    if ended == 0:  # a run that told fewer steps than the whole one had fewer points
        return ""
    if ended != (1 if points.full else -signal.SIGKILL):
        return f"it ended with {ended}"
    error = folder.with_suffix(".error")
    begun = (folder / "config.toml").exists()
    if points.full and not is_a_way_out(error.read_text(), folder, begun=begun):
        return error.read_text()
    if (folder / "model.safetensors").exists():
        Model.load(folder / "model.safetensors", registry=REGISTRY)
    if not begun:
        code = in_a_process(lambda: train(config, output=folder, registry=REGISTRY), error)
    else:
        code = in_a_process(lambda: resume(folder, registry=REGISTRY), error)
    if code and "has done all its" not in error.read_text():
        return error.read_text()
    found = left_by(folder)
    return ", ".join(key for key, value in expected.items() if found[key] != value)


def is_a_way_out(said: str, folder: Path, *, begun: bool) -> bool:
    """Whether a full disk is told with the name of the file and with what to do."""
    named = str(folder) in said and "cannot be written: No space left on device" in said
    return named and (not begun or f"once it can be, `resume={str(folder)!r}` goes on" in said)


def main() -> None:
    torch.set_num_threads(1)
    full, config = sys.argv[1] == "full", from_table(RunConfig, read_toml(sys.argv[2]))
    place, first, stride = Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    assert run_of(config, place / "whole", Points(full=full)) == 0
    points = int((place / "whole.points").read_text())
    expected = left_by(place / "whole")
    tried = list(range(first, points + 1, stride))
    troubles = {point: trouble_at(config, place / str(point), Points(point, full=full), expected) for point in tried}
    print(json.dumps({"points": points, "tried": tried, "troubles": {k: v for k, v in troubles.items() if v}}))


if __name__ == "__main__":
    main()
