"""Plugins that hand over what cannot be kept: the page is told to have failed, and the service goes on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit_serve.work import Asked, Limits, Work
from uploads import MODEL, line, saved

from ocrkit import hookimpl
from ocrkit.plugin.corrector_specs import Change, CorrectorSpec
from ocrkit.plugin.registry import Registry, load_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ocrkit_serve.work import Job

    from ocrkit.layout.records import Page
    from ocrkit.plugin.corrector_specs import LineReading


@dataclass(frozen=True)
class Options:
    pass


class Odd:
    """Proposes one letter, with a gain of a type that no other place knows."""

    def correct(self, reading: LineReading) -> Sequence[Change]:
        class Gain(float):
            pass

        return [Change(0, 1, reading.text[0], "#", Gain(1))]


class Plugin:
    @hookimpl
    def ocrkit_correctors(self) -> Iterator[CorrectorSpec]:
        yield CorrectorSpec("odd", "What cannot be kept.", Options, lambda *_: Odd())


def registry() -> Registry:
    found = load_registry()
    found.register(Plugin(), distribution="ocrkit-odd", version="1")
    return found


async def finished(job: Job) -> Job:
    while not job.is_over:
        await asyncio.sleep(0.01)
    return job


def test_a_page_that_cannot_be_kept_is_told_and_stops_nobody(tmp_path: Path) -> None:
    file = saved(line(0), tmp_path / "a")

    async def kept(work: Work, number: int, asked: Asked) -> Page:
        own = tmp_path / f"{number}"
        own.write_bytes(file.read_bytes())
        job = await finished(work.submit(own, "a.png", asked))
        return job.read[0].page

    async def test() -> None:
        work = Work([MODEL], limits=Limits(), segmenter="bands", threads=1, correctors=["odd"], registry=registry())
        await work.start()
        try:
            # More than there are threads for lines.
            odd = [await kept(work, number, Asked(kind="line", propose="odd")) for number in range(5)]
            good = await kept(work, 5, Asked(kind="line"))
        finally:
            await work.drain(0)

        assert {page.error for page in odd} == {"a page could not be read, by a fault of the service"}
        assert good.text
        assert not good.error

    asyncio.run(asyncio.wait_for(test(), 60))
