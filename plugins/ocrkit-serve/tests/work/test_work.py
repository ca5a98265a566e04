"""The whole of the reading: uploads opened and read, in turn, within limits."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from ocrkit_serve.work import Asked, Limits, Refused, Work
from PIL import Image
from told_corrector import registry
from uploads import MODEL, line, page, png_that_claims, saved, serving, tiff

from ocrkit import Change, read_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path
    from typing import Any

    from ocrkit_serve.work import Job

    WithWork = Callable[[Callable[[Work], Coroutine[Any, Any, None]]], None]

LINE = Asked(kind="line")


@pytest.fixture(scope="module")
def with_work() -> Iterator[WithWork]:
    """Runs a test with a service that several share."""
    with asyncio.Runner() as runner:
        work = Work([MODEL], limits=Limits(), segmenter="bands", threads=1, correctors=["told"], registry=registry())
        runner.run(work.start())
        yield lambda test: runner.run(asyncio.wait_for(test(work), 60))
        runner.run(work.drain(0))


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 60))


def counted(work: Work) -> dict[str, float]:
    return {metric.name: sum(metric.values.values()) for metric in work.metrics()}


async def finished(job: Job) -> Job:
    while not job.is_over:
        await asyncio.sleep(0.01)
    return job


async def read(work: Work, file: Path, asked: Asked = Asked(), **options: Any) -> str:
    opened = await work.open(file, "scan.png")
    return (await work.read(opened, 1, asked, **options)).page.text


def texts_of(files: list[Path]) -> list[str]:
    return [one.text for one in read_pages(files, model=MODEL, segmenter="bands")]


def test_what_is_read_does_not_depend_on_what_others_send(tmp_path: Path, with_work: WithWork) -> None:
    files = [saved(page(range(n, n + 5)), tmp_path / f"{n}", "PNG") for n in range(0, 20, 5)]

    async def test(work: Work) -> None:
        alone = await read(work, files[0])
        together = await asyncio.gather(*(read(work, file) for file in files))

        assert together == texts_of(files)
        assert alone == together[0]

    with_work(test)


def test_lines_of_several_requests_are_read_in_fewer_batches(tmp_path: Path, with_work: WithWork) -> None:
    files = [saved(line(n), tmp_path / f"{n}") for n in range(8)]

    async def test(work: Work) -> None:
        before = counted(work)
        alone = [await read(work, file, LINE) for file in files]
        between = counted(work)
        together = await asyncio.gather(*(read(work, file, LINE) for file in files))
        after = counted(work)

        assert together == alone
        lines, batches = "ocrkit_lines_read_total", "ocrkit_line_batches_total"
        assert (between[lines] - before[lines], between[batches] - before[batches]) == (8, 8)
        assert after[lines] - between[lines] == 8
        assert after[batches] - between[batches] < 8

    with_work(test)


def test_a_line_is_a_page_of_one_line_with_its_words(tmp_path: Path, with_work: WithWork) -> None:
    file = saved(line(3), tmp_path / "a")

    async def test(work: Work) -> None:
        found = (await work.read(await work.open(file, "line.png"), 1, LINE)).page

        [only] = found.lines
        assert found.image == "line.png"
        assert (found.width, found.height) == line(3).size
        assert [word.text for word in only.words] == (only.text or "").split()
        assert len(only.words) > 1
        lefts = [word.outline[0][0] for word in only.words]
        assert lefts == sorted(lefts)
        assert found.model == MODEL

    with_work(test)


def test_a_line_does_not_wait_behind_a_document_of_fifty_pages(tmp_path: Path) -> None:
    document = tiff(tmp_path / "fifty", [page([n]) for n in range(25)] * 2)
    own = tmp_path / "own"
    one = saved(line(0), tmp_path / "line")
    own.write_bytes(document.read_bytes())

    async def test() -> None:
        async with serving(queue=4) as work:
            job = work.submit(own, "fifty.tif", Asked())
            while job.done == 0:
                await asyncio.sleep(0.001)

            await read(work, one, LINE)
            done_then = job.done
            await read(work, one)  # as a page, which takes its turn among the other's

            assert done_then < 15
            assert job.done < 30
            await finished(job)
            assert (job.state, job.pages, job.done) == ("done", 50, 50)

    run(test())


def test_a_job_reads_every_page_and_gives_each_as_it_comes(tmp_path: Path) -> None:
    bad = Image.new("L", (1200, 1100), 255)
    file = tiff(tmp_path / "a", [page([0, 1]), bad, page([2, 3])])

    async def test() -> None:
        async with serving(max_pixels=1_200_000) as work:
            job = work.submit(file, "three.tif", Asked())
            assert work.job(job.id) is job
            await finished(job)

            first, second, third = job.read
            assert [one.page.image for one in job.read] == ["three.tif#1", "three.tif#2", "three.tif#3"]
            assert first.page.text == next(read_pages(page([0, 1]), model=MODEL, segmenter="bands")).text
            assert "expected at most 1,200,000 px" in second.page.error
            assert third.scan.image().tobytes() == page([2, 3]).tobytes()
            assert third.page.number == 3

            work.cancel(job.id)
            assert not file.exists()

    run(test())


def test_a_document_that_does_not_open_is_a_job_that_failed(tmp_path: Path, with_work: WithWork) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"%PDF-1.7 nothing")

    async def test(work: Work) -> None:
        job = await finished(work.submit(file, "a.pdf", Asked()))

        assert job.state == "failed"
        assert "damaged" in job.error

    with_work(test)


def test_a_cancelled_job_stops_and_leaves_nothing(tmp_path: Path, with_work: WithWork) -> None:
    file = tiff(tmp_path / "a", [page([n]) for n in range(20)])

    async def test(work: Work) -> None:
        job = work.submit(file, "a.tif", Asked())
        while job.done == 0:
            await asyncio.sleep(0.001)

        work.cancel(job.id)

        assert job.state == "cancelled"
        assert not file.exists()
        with pytest.raises(Refused):
            work.job(job.id)

    with_work(test)


def test_a_full_service_says_when_to_come_again(tmp_path: Path) -> None:
    file = tiff(tmp_path / "a", [page([n]) for n in range(20)])
    other = saved(line(0), tmp_path / "line")

    async def test() -> None:
        async with serving(queue=1) as work:
            opened = await work.open(other)
            job = work.submit(file, "a.tif", Asked())

            with pytest.raises(Refused, match="busy") as refused:
                await work.read(opened, 1, Asked())

            assert refused.value.status == 503
            assert refused.value.retry_after is not None
            assert refused.value.retry_after >= 1
            work.cancel(job.id)
            assert (await work.read(opened, 1, LINE)).page.text

    run(test())


def test_an_answer_that_comes_too_late_is_none(tmp_path: Path) -> None:
    file = saved(page([0, 1]), tmp_path / "a")

    async def test() -> None:
        async with serving(deadline=0.001) as work:
            opened = await work.open(file)

            with pytest.raises(Refused, match="took more than") as refused:
                await work.read(opened, 1, Asked())

            assert refused.value.status == 504

    run(test())


def test_what_nobody_waits_for_is_not_read(tmp_path: Path, with_work: WithWork) -> None:
    file = saved(page(range(8)), tmp_path / "a")

    async def test(work: Work) -> None:
        opened, left, before = await work.open(file), asyncio.Event(), counted(work)
        left.set()

        with pytest.raises(Refused):
            await work.read(opened, 1, Asked(), cancelled=left)
        while counted(work)["ocrkit_readings"]:
            await asyncio.sleep(0.001)

        assert counted(work)["ocrkit_pages_read_total"] == before["ocrkit_pages_read_total"]

    with_work(test)


def test_draining_ends_what_is_in_hand_and_takes_nothing_new(tmp_path: Path) -> None:
    file = saved(page([0, 1]), tmp_path / "a")

    async def test() -> None:
        async with serving() as work:
            opened = await work.open(file)
            reading = asyncio.create_task(work.read(opened, 1, Asked()))
            await asyncio.sleep(0)
            folder = work.folder

            draining = asyncio.create_task(work.drain(30))
            await asyncio.sleep(0)
            with pytest.raises(Refused) as refused:
                await work.read(opened, 1, Asked())
            await draining

            assert refused.value.status == 503
            assert [(await reading).page.text] == texts_of([file])
            assert not work.ready
            assert not folder.exists()

    run(test())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Asked(model="/etc/passwd"), "no model"),
        (Asked(model="../models/english"), "no model"),
        (Asked(segmenter="nobody"), "no segmenter"),
        (Asked(correct="nobody"), "no corrector 'nobody'; take one of told"),
        (Asked(lexicon=("a",) * 20_001), "20001 words"),
        (Asked(alternatives=10), "alternatives is 10"),
        (Asked(reject=0.5), "not calibrated"),
        (Asked(reject=7), "reject"),
        (Asked(lexicon=("\u0416",)), "charset"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(
    tmp_path: Path, asked: Asked, told: str, with_work: WithWork
) -> None:
    file = saved(page([0]), tmp_path / "a")

    async def test(work: Work) -> None:
        with pytest.raises(Refused, match=told) as refused:
            await work.read(await work.open(file), 1, asked)

        assert refused.value.status == 400

    with_work(test)


def test_a_lexicon_is_that_of_its_request_alone(tmp_path: Path, with_work: WithWork) -> None:
    file = saved(line(9), tmp_path / "a")

    async def test(work: Work) -> None:
        free = await read(work, file, LINE)
        bound = await read(work, file, Asked(kind="line", lexicon=("with", "wen")))

        assert set(bound.split()) <= {"with", "wen"}
        assert await read(work, file, LINE) == free

    with_work(test)


def test_a_corrector_mends_what_is_read_and_what_was_read_stays_known(tmp_path: Path, with_work: WithWork) -> None:
    file = saved(line(9), tmp_path / "a")

    async def test(work: Work) -> None:
        assert work.correctors == ["told"]
        opened = await work.open(file)
        [plain] = (await work.read(opened, 1, LINE)).page.lines
        [mended] = (await work.read(opened, 1, Asked(kind="line", correct="told"))).page.lines

        assert plain.text == "wer cithou"
        assert mended.text == "war cithou"
        assert mended.original == "wer cithou"
        assert [(word.text, word.original) for word in mended.words] == [("war", "wer"), ("cithou", "")]

    with_work(test)


def test_what_is_proposed_by_the_log_probabilities_changes_nothing(tmp_path: Path, with_work: WithWork) -> None:
    file = saved(line(9), tmp_path / "a")

    async def test(work: Work) -> None:
        [only] = (await work.read(await work.open(file), 1, Asked(kind="line", propose="told"))).page.lines

        assert only.text == "wer cithou"
        assert only.proposals == (Change(0, 3, "wer", "war", 2.0),)

    with_work(test)


def test_alternatives_come_where_they_are_asked_for(tmp_path: Path, with_work: WithWork) -> None:
    file = saved(line(0), tmp_path / "a")

    async def test(work: Work) -> None:
        opened = await work.open(file)
        [only] = (await work.read(opened, 1, Asked(kind="line", alternatives=3))).page.lines

        assert len(only.alternatives) == 3

    with_work(test)


def test_an_installed_model_is_loaded_when_it_is_asked_for(tmp_path: Path, with_work: WithWork) -> None:
    file = saved(line(0), tmp_path / "a")

    async def test(work: Work) -> None:
        names = {str(entry["name"]): entry for entry in work.models}
        assert (names[MODEL]["default"], names["malayalam-fast"]["loaded"]) == (True, False)

        opened = await work.open(file)
        found = await work.read(opened, 1, Asked(kind="line", model="malayalam-fast"))

        assert found.page.model == "malayalam-fast"

    with_work(test)


def test_hostile_files_leave_the_service_as_it_was(tmp_path: Path, with_work: WithWork) -> None:
    good = saved(page([0]), tmp_path / "good")
    whole = good.read_bytes()
    hostile = [
        b"",
        whole[:100],
        whole[: len(whole) // 2],
        png_that_claims(60_000, 60_000),
        bytes(reversed(whole)),
        b"\x89PNG\r\n\x1a\n" + os.urandom(2000),
        b"II*\x00" + b"\xff" * 200,
        b"GIF89a" + b"\xff" * 40,
        b"BM" + b"\xff" * 100,
        b"P6 999999 999999 255\n",
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\x00" * 40,
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages",
    ]

    async def test(work: Work) -> None:
        for number, data in enumerate(hostile):
            file = tmp_path / f"{number}"
            file.write_bytes(data)
            with pytest.raises(Refused) as refused:
                await read(work, file)
            assert refused.value.status in (413, 415, 422)

        assert [await read(work, good)] == texts_of([good])

    with_work(test)
