"""``ocrkit read`` into a folder: what was read before stays, what is left is read, and it goes on where it stopped."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.cli.page_outputs import PageOutput
    from ocrkit.cli.page_reading import Asked, Reading
    from ocrkit.collections.job import ReadJob
    from ocrkit.collections.tasks import Collection
    from ocrkit.plugin.engine_specs import Engine

__all__ = ["Deadline", "EngineName", "Many", "MaxFailures", "RetryFailed", "ShardOf", "Workers", "read_collection"]

EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="What reads the pages of a folder: local, or a plugin's."),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", help="Processes that read; else by cores, and none where pages are few."),
]
ShardOf = Annotated[str | None, typer.Option("--shard", metavar="K/N", help="Read the Kth of N parts, such as 3/16.")]
RetryFailed = Annotated[
    bool,
    typer.Option("--retry-failed", help="Read pages again that had processes die, or were left out."),
]
MaxFailures = Annotated[
    int | None, typer.Option("--max-failures", metavar="N", help="Stop when more than N pages have failed.")
]
Deadline = Annotated[
    float | None,
    typer.Option("--deadline", metavar="S", help="Seconds a page may take in its own process; 600, 0 for any."),
]


_DEADLINE = 600.0
_LONGEST = 10_000_000  # seconds, four months; a system's clocks go no further than some centuries
_ON_A_GPU = 4  # processes that share one


@dataclass(frozen=True, slots=True)
class Many:
    """What is asked of the reading of many pages, in the words of the options."""

    engine: str | None
    workers: int | None
    shard: str | None
    retry_failed: bool
    max_failures: int | None
    deadline: float | None

    def refuse(self, engine_options: Mapping[str, object]) -> None:
        """Refuse what only files in a folder can be asked of.

        Raises:
            OptionError: something is asked for.
        """
        from ocrkit.errors import OptionError

        asked = [field.name for field in fields(self) if getattr(self, field.name) not in (None, False)]
        if asked or engine_options:
            name = asked[0] if asked else "engine"
            raise OptionError(f"`{name}` is for files and folders that are read into a folder; name one with `output`")

    def check(self) -> None:
        """Refuse numbers that are none.

        Raises:
            OptionError: so one is.
        """
        from ocrkit.errors import OptionError

        for name, least in (("workers", -1), ("max_failures", 0), ("deadline", 0)):
            value = getattr(self, name)
            if value is not None and not value >= least:
                raise OptionError(f"`{name}` is {value!r}; expected at least {least}")
        if self.deadline is not None and self.deadline > _LONGEST:
            raise OptionError(f"`deadline` is {self.deadline!r}; expected at most {_LONGEST:,} s, or 0 for any time")


def read_collection(
    reading: Reading, writing: PageOutput, asked: Asked, many: Many, engine_options: Mapping[str, object]
) -> None:
    """Read pages of files and folders into a folder, those that are not there yet."""
    from ocrkit.cli.collection_talk import CollectionTalk
    from ocrkit.cli.progress import Stages
    from ocrkit.cli.reporting import Terminated
    from ocrkit.collections.run import CollectionRun

    many.check()
    job = _job(reading, writing, asked, many)
    collection = _collection(asked, job, many)
    collection.check()
    engine = _engine(many, engine_options)
    with Stages(remaining=False) as stages:
        talk = CollectionTalk(stages, job.output)
        run = CollectionRun(
            job,
            collection,
            engine=engine,
            processes=lambda: _processes(reading.device),
            most_failures=many.max_failures,
            on_outcome=talk.settle,
            on_page=talk.page,
            on_wait=talk.wait,
        )
        threading.Thread(target=talk.count, args=(run.count(),), daemon=True).start()
        try:
            run.read()
        except (KeyboardInterrupt, Terminated):
            talk.say_it_was_stopped()
            raise
        finally:
            talk.stop()
    talk.report(run, asked.reject)
    if talk.failed:
        raise typer.Exit(1)


def _job(reading: Reading, writing: PageOutput, asked: Asked, many: Many) -> ReadJob:
    from ocrkit.collections import ReadJob, format_keys, key_of
    from ocrkit.collections.beside import LayoutsBeside
    from ocrkit.collections.run import new_run_name
    from ocrkit.pages.opening import PageNumbers

    if writing.folder is None:
        raise ValueError("there is no folder to write to")
    wanted, dpi, reject = PageNumbers.of(asked.numbers), asked.dpi, asked.reject
    settings = {"reading": reading.settings(), "pages": wanted, "dpi": dpi, "reject": reject, "per": writing.per}
    return ReadJob(
        reading,
        writing.folder,
        tuple(each.spec.name for each in writing.formats),
        writing.settings,
        format_keys(key_of(settings), writing.formats),
        new_run_name(),
        per=writing.per,
        wanted=wanted,
        dpi=dpi,
        password=asked.password,
        reject=reject,
        beside=None if reading.layout is None else LayoutsBeside(reading.layout),
        deadline=_DEADLINE if many.deadline is None else many.deadline,
        again=many.retry_failed,
    )


def _collection(asked: Asked, job: ReadJob, many: Many) -> Collection:
    from ocrkit.collections.tasks import Collection, Shard
    from ocrkit.pages.formats import choose_formats

    together = [each.spec.together for each in choose_formats(job.formats, job.settings)]
    return Collection(
        asked.places,
        job.output,
        by_page=job.per == "page" or not any(together),
        mixed=not all(together),
        wanted=job.wanted,
        shard=Shard.of(many.shard),
        password=job.password,
        suffixes=job.suffixes(),
    )


def _engine(many: Many, options: Mapping[str, object]) -> Engine | None:
    """The engine that is asked for; None where it is to be chosen by how many pages there are."""
    from ocrkit.config import from_table
    from ocrkit.errors import OptionError
    from ocrkit.plugin.local_engine import HereEngine
    from ocrkit.plugin.registry import default_registry

    if many.engine is None and many.workers == 0:
        return HereEngine()
    if many.engine is None and many.workers is None and many.deadline is None and not options:
        return None
    spec = default_registry().engine(many.engine or "local")
    table = dict(options)
    if many.workers is not None:
        if all(field.name != "workers" for field in fields(spec.options)):
            raise OptionError(f"engine {spec.name!r} takes no number of processes; leave `workers` out")
        table["workers"] = many.workers
    made: Any = from_table(spec.options, table, where=f"engine {spec.name!r}")
    return spec.build(made)


def _processes(device: str) -> Engine:
    """Processes of this machine, as many as do it good."""
    from ocrkit.plugin.local_engine import LocalEngine, process_count

    count = process_count(-1)
    return LocalEngine(min(count, _ON_A_GPU) if count > _ON_A_GPU and _is_on_a_gpu(device) else count)


def _is_on_a_gpu(device: str) -> bool:
    try:
        from ocrkit.nets.device import resolve_device
    except ImportError:  # without torch
        return device not in ("auto", "cpu")
    return resolve_device(device).type != "cpu"
