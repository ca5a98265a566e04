"""A run of the engine that is to be killed: ``killed_driver.py ADDRESS FOLDER COUNT HELD...``."""

from __future__ import annotations

import sys
from pathlib import Path

from ocrkit_ray.engine import make_engine
from ocrkit_ray.options import RayOptions
from stub_jobs import StubJob, task_named

if __name__ == "__main__":
    address, folder, count, *held = sys.argv[1:]
    tasks = (task_named(f"p{number:04d}") for number in range(int(count)))
    for outcome in make_engine(RayOptions(address=address)).run(tasks, StubJob(Path(folder), held=tuple(held))):
        print(outcome.task.name, outcome.state, flush=True)
