"""Jobs that are kept for a time, with a bound on how many and how large."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from ocrkit_serve.work import Asked, Job, Limits, Refused
from ocrkit_serve.work.jobs import Jobs
from uploads import serving

if TYPE_CHECKING:
    from pathlib import Path


def job(folder: Path, name: str, size: int = 10) -> Job:
    file = folder / name
    file.write_bytes(b"x" * size)
    return Job(file, name, Asked())


def done(one: Job) -> Job:
    one.end("done", seconds=100)
    return one


def test_ids_have_128_bits_that_nobody_can_guess(tmp_path: Path) -> None:
    ids = {job(tmp_path, "a").id for _ in range(100)}

    assert len(ids) == 100
    assert all(len(bytes.fromhex(one)) == 16 for one in ids)


def test_a_job_goes_with_its_file_when_its_time_is_over(tmp_path: Path) -> None:
    jobs, one = Jobs(Limits()), done(job(tmp_path, "a"))
    jobs.add(one)
    assert one.kept_until is not None

    jobs.sweep(one.kept_until - 1)
    assert jobs.get(one.id) is one

    jobs.sweep(one.kept_until)
    assert not one.file.exists()
    with pytest.raises(Refused, match="no longer") as refused:
        jobs.get(one.id)
    assert refused.value.status == 410


def test_a_file_that_cannot_be_removed_keeps_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    jobs, ones = Jobs(Limits()), [done(job(tmp_path, name)) for name in "ab"]
    for one in ones:
        jobs.add(one)
    ones[0].file.unlink()
    ones[0].file.mkdir()  # which no unlink takes away

    jobs.sweep(1e12)

    assert jobs.all() == []
    assert not ones[1].file.exists()
    assert "could not be removed" in caplog.text


def test_a_job_in_hand_stays_whatever_time_it_is(tmp_path: Path) -> None:
    jobs, one = Jobs(Limits()), job(tmp_path, "a")
    jobs.add(one)

    jobs.sweep(1e12)

    assert jobs.get(one.id) is one


def test_an_id_that_never_was_is_none_that_is_gone() -> None:
    assert Jobs(Limits()).get("0" * 32) is None


@pytest.mark.parametrize("limits", [Limits(kept_jobs=2), Limits(kept_bytes=25)])
def test_the_oldest_that_is_done_makes_room(tmp_path: Path, limits: Limits) -> None:
    jobs = Jobs(limits)
    first, second, third = job(tmp_path, "a"), done(job(tmp_path, "b")), job(tmp_path, "c")
    jobs.add(first)
    jobs.add(second)

    jobs.add(third)

    assert jobs.all() == [first, third]
    assert not second.file.exists()


def test_where_none_is_done_there_is_no_room(tmp_path: Path) -> None:
    jobs = Jobs(Limits(kept_jobs=1))
    jobs.add(job(tmp_path, "a"))

    with pytest.raises(Refused) as refused:
        jobs.add(job(tmp_path, "b"))

    assert (refused.value.status, refused.value.retry_after is not None) == (503, True)


def test_a_sweep_that_fails_is_logged_and_not_the_last(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    swept = []

    def sweep() -> None:
        swept.append(1)
        raise PermissionError("an unlink that is refused")

    async def test() -> None:
        async with serving(keep=0.02) as work:
            monkeypatch.setattr(work._jobs, "sweep", sweep)
            while len(swept) < 3:
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(test(), 60))

    assert "could not be swept away" in caplog.text
