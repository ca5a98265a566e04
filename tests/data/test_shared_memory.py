from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.free_memory import free_memory
from ocrkit.data.shared_memory import SharedMemory
from ocrkit.data.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def claim_and_fill(number: int, shared: SharedMemory) -> int | None:
    start = shared.claim(0, 10)
    if start is not None:
        shared.array(start, (10,))[:] = number
    return start


def test_processes_claim_places_of_their_own_and_write_in_place() -> None:
    memory = SharedMemory([10_000, 4096])
    with Workers.opened(claim_and_fill, count=2, shared=memory) as workers:
        futures = [workers.submit(number) for number in range(200)]
        starts = [future.result()[0] for future in futures]

    assert len(set(starts)) == 200
    for number, start in enumerate(starts):
        assert start is not None
        assert memory.array(start, (10,)).tolist() == [number] * 10


def test_a_room_that_is_full_gives_no_place_and_the_next_does() -> None:
    memory = SharedMemory([4096, 4096])

    assert memory.claim(0, 4000) == memory.starts(0)
    assert memory.claim(0, 100) is None
    assert memory.claim(0, 96) == memory.starts(0) + 4000
    assert memory.claim(1, 4096) == memory.starts(1)


def test_a_room_can_be_cleared() -> None:
    memory = SharedMemory([4096])
    memory.claim(0, 4096)

    memory.clear(0)

    assert memory.claim(0, 4096) == memory.starts(0)


def test_a_room_ends_where_memory_runs_short(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = SharedMemory([1 << 40])
    assert memory.claim(0, 100) is not None

    monkeypatch.setattr("ocrkit.data.shared_memory.free_memory", lambda: 1e8)

    assert memory.claim(0, 100) is not None  # of what was taken before
    assert memory.claim(0, 64 << 20) is None


def test_a_room_ends_where_the_system_gives_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)

    assert SharedMemory([1 << 20]).claim(0, 1) is None


def test_memory_that_is_not_written_to_takes_none() -> None:
    memory = SharedMemory([1 << 36])

    assert os.fstat(memory._file).st_blocks * 512 < 1 << 20


def test_without_files_in_memory_one_on_disk_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    memory = SharedMemory([10_000])
    with Workers.opened(claim_and_fill, count=1, shared=memory) as workers:
        [start] = workers.submit(7).result()

    assert memory.array(start, (10,)).tolist() == [7] * 10
    assert list(tmp_path.iterdir()) == []


def test_where_files_may_not_be_large_it_serves_one_process(largest_file: Callable[[int], None]) -> None:
    largest_file(8192)
    memory = SharedMemory([1 << 20])
    start = memory.claim(0, 1000)

    assert not memory.shareable
    assert start is not None
    memory.array(start, (1000,))[:] = 1


def test_it_is_sent_only_with_a_process_that_starts() -> None:
    memory = SharedMemory([100])
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=answer, args=(theirs, memory))
    process.start()
    np.copyto(memory.array(memory.starts(0), (4,)), np.arange(4, dtype=np.uint8))

    ours.send("look")

    assert ours.recv() == [0, 1, 2, 3]
    process.join()


def answer(pipe: multiprocessing.connection.Connection, memory: SharedMemory) -> None:  # type: ignore[name-defined]
    pipe.recv()
    pipe.send(memory.array(memory.starts(0), (4,)).tolist())


def test_some_memory_is_free() -> None:
    assert free_memory() > 1 << 20


def test_a_containers_bound_counts_without_the_pages_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocrkit.data.free_memory._CGROUPS", tmp_path)
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 400\ninactive_file 250\n")

    assert free_memory() == 550
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory() > 1 << 20
