from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import FittedLine, LineLoader
from ocrkit.data.records import BadImage, Sample
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
HEIGHT_8 = Preprocessing(height=8, contrast="keep")

# Loads two lines with two workers, says so, and then waits with the workers still there.
WAITING = """
import multiprocessing, time
from pathlib import Path
from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import LineLoader
from ocrkit.data.records import Sample

if __name__ == "__main__":
    with LineLoader.opened(Preprocessing(), workers=2) as loader:
        list(loader.load([Sample(str(n), image=Path("nowhere")) for n in range(64)]))
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        time.sleep(600)
"""

UNGUARDED = """
from pathlib import Path
from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import LineLoader
from ocrkit.data.records import Sample

with LineLoader.opened(Preprocessing(), workers=1) as loader:
    list(loader.load([Sample("a", image=Path("nowhere"))]))
"""


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """Forty pictures 8 px high and 5 to 44 px wide, each of its own grey; the fourth is no picture."""
    for number in range(40):
        Image.new("L", (5 + number, 8), number).save(tmp_path / f"{number}.png")
    (tmp_path / "3.png").write_text("no picture")
    return [Sample(f"{number}.png", tmp_path / f"{number}.png") for number in range(40)]


def assert_in_order(loaded: Sequence[FittedLine | BadImage]) -> None:
    assert len(loaded) == 40
    for number, line in enumerate(loaded):
        if number == 3:
            assert isinstance(line, BadImage)
        else:
            assert isinstance(line, FittedLine)
            np.testing.assert_array_equal(line.pixels, np.full((8, 5 + number), number, np.uint8))


@pytest.mark.parametrize("workers", [0, 2, -1])
def test_lines_come_in_the_order_of_the_samples(samples: list[Sample], workers: int) -> None:
    with LineLoader.opened(HEIGHT_8, workers=workers) as loader:
        loaded = list(loader.load(samples))

    assert_in_order(loaded)


def test_a_loader_can_be_asked_again(samples: list[Sample]) -> None:
    with LineLoader.opened(HEIGHT_8, workers=1) as loader:
        list(loader.load(samples[:5]))
        loaded = list(loader.load(samples))

    assert_in_order(loaded)


def test_a_bad_image_comes_back_as_a_record_that_says_why(samples: list[Sample]) -> None:
    with LineLoader.opened(HEIGHT_8) as loader:
        [bad] = loader.load(samples[3:4])

    assert isinstance(bad, BadImage)
    assert bad.name == "3.png"
    assert "3.png" not in bad.reason


def test_the_width_before_fitting_is_kept(tmp_path: Path) -> None:
    Image.new("L", (100, 40), 255).save(tmp_path / "a.png")

    with LineLoader.opened(HEIGHT_8) as loader:
        [line] = loader.load([Sample("a.png", tmp_path / "a.png")])

    assert isinstance(line, FittedLine)
    assert (line.frame.width, line.pixels.shape) == (100, (8, 20))


def test_the_workers_are_gone_after_the_block(samples: list[Sample]) -> None:
    before = {child.pid for child in multiprocessing.active_children()}
    with LineLoader.opened(HEIGHT_8, workers=2) as loader:
        list(loader.load(samples))
        during = {child.pid for child in multiprocessing.active_children()} - before
        assert during

    assert not [pid for pid in during if alive(pid)]


def test_the_workers_are_gone_after_an_error(samples: list[Sample]) -> None:
    before = {child.pid for child in multiprocessing.active_children()}

    with contextlib.suppress(KeyboardInterrupt), LineLoader.opened(HEIGHT_8, workers=2) as loader:
        for _ in loader.load(samples):
            raise KeyboardInterrupt

    assert {child.pid for child in multiprocessing.active_children()} <= before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_workers_end_with_a_process_that_is_killed(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "script.py").write_text(WAITING)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        workers = [int(pid) for pid in process.stdout.readline().split()]
        assert workers
        process.send_signal(number)

    patience = time.monotonic() + 20
    while any(alive(pid) for pid in workers) and time.monotonic() < patience:
        time.sleep(0.05)  # for the kernel to tell them
    assert not [pid for pid in workers if alive(pid)]


def test_a_script_needs_no_guard_to_load_with_workers(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(UNGUARDED)

    run = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 0, run.stderr


def test_a_worker_that_dies_is_an_error_and_no_wait_without_end() -> None:
    with (
        pytest.raises(DataError, match="a process that loads images died"),
        LineLoader.opened(HEIGHT_8, workers=1) as loader,
    ):
        list(loader.load([Sample("deadly", _die)]))


def _die() -> Image.Image:
    os._exit(3)


def alive(pid: int | None) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
