"""Kills training runs at chosen points, each in a process of its own, and says what resuming them gave.

Run as ``python kill_points.py CONFIG FOLDER FIRST STRIDE``; prints a JSON object. The points are the calls that write:
half of a file or of a line written, a file flushed, renamed, removed, a folder flushed. Of a run that is never killed
the points are counted first. The n-th run is killed at its point FIRST + n STRIDE, then resumed without being killed.
"""

from __future__ import annotations

import builtins
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
    """Counts the points, and kills this process at one of them."""

    def __init__(self, deadly: int = 0) -> None:
        self.seen = 0
        self.deadly = deadly

    def pass_one(self) -> bool:
        """Whether this is the one."""
        self.seen += 1
        return self.seen == self.deadly

    def pass_or_die(self) -> None:
        if self.pass_one():
            os.kill(os.getpid(), signal.SIGKILL)

    def set_up(self) -> None:
        """Have every call of the library that writes pass by here."""
        for name in ("replace", "fsync", "chmod", "unlink"):
            setattr(os, name, self._before(getattr(os, name)))
        setattr(files, "open", self._opened)  # noqa: B010 - a name that the module looks up before the builtin

    def _before(self, call: Any) -> Any:
        def passing(*arguments: Any, **options: Any) -> Any:
            self.pass_or_die()
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
                    os.kill(os.getpid(), signal.SIGKILL)
                return int(super().write(data))

        return Half(file.detach()) if isinstance(file, io.BufferedWriter) else file


def in_a_process(task: Any) -> int:
    """How a task ended in a fork of this process."""
    child = os.fork()
    if child == 0:
        try:
            task()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_of(config: RunConfig, folder: Path, deadly: int) -> int:
    def task() -> None:
        points = Points(deadly)
        points.set_up()
        train(config, output=folder, registry=REGISTRY)
        folder.with_suffix(".points").write_text(str(points.seen))

    return in_a_process(task)


def left_by(folder: Path) -> dict[str, Any]:
    """What must be equal between a broken and an unbroken run."""
    found: dict[str, Any] = {}
    for name in ("state/latest.safetensors", "model.safetensors", "last.safetensors"):
        tensors = read_checkpoint(folder / name).tensors
        found[name] = {key: array.tobytes().hex() for key, array in tensors.items()}
    records = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    timeless = ("epoch", "step", "loss", "cer", "best")
    found["log"] = [[each.get(key) for key in timeless] for each in records if each["event"] in ("step", "epoch")]
    found["hidden"] = sorted(path.name for path in folder.rglob(".*"))
    return found


def trouble_at(config: RunConfig, folder: Path, point: int, expected: dict[str, Any]) -> str:
    """What is wrong after a kill at a point; empty when nothing is."""
    if run_of(config, folder, point) != -signal.SIGKILL:
        return "it was not killed"
    if (folder / "model.safetensors").exists():
        Model.load(folder / "model.safetensors", registry=REGISTRY)
    if not (folder / "config.toml").exists():  # then it has never begun
        return "" if in_a_process(lambda: train(config, output=folder, registry=REGISTRY)) == 0 else "no new beginning"
    ended = in_a_process(lambda: resume(folder, registry=REGISTRY))
    if ended and not (folder / "last.safetensors").exists():
        return "it does not resume"
    found = left_by(folder)
    return ", ".join(key for key, value in expected.items() if found[key] != value)


def main() -> None:
    torch.set_num_threads(1)
    config = from_table(RunConfig, read_toml(sys.argv[1]))
    place, first, stride = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    assert run_of(config, place / "whole", 0) == 0
    points = int((place / "whole.points").read_text())
    expected = left_by(place / "whole")
    tried = list(range(first, points + 1, stride))
    troubles = {point: trouble_at(config, place / str(point), point, expected) for point in tried}
    print(json.dumps({"points": points, "tried": tried, "troubles": {k: v for k, v in troubles.items() if v}}))


if __name__ == "__main__":
    main()
