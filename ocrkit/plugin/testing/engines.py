"""Whether an engine has each task done once, also where processes die."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocrkit.plugin.engine_specs import Outcome, PageTask
from ocrkit.plugin.testing.defaults import default_options
from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.plugin.engine_specs import EngineSpec

__all__ = ["check_engine"]

_TASKS = 40


@dataclass(frozen=True, slots=True)
class _Echo:
    """Tells of each task its name's length; one is bad."""

    def worker(self) -> _Echo:
        return self

    def lost(self, task: PageTask, how: str, after: float) -> Outcome | None:
        del after
        return Outcome(task, "failed", how, died=True)

    def __call__(self, task: PageTask) -> Outcome:
        if task.name == "7":
            return Outcome(task, "failed", "it is damaged")
        return Outcome(task, "read", pages=1, lines=len(task.name), files=(f"{task.stem}.txt",))


def check_engine(spec: EngineSpec, *, options: Any = None) -> None:
    """Have an engine do forty tasks that cost nothing, none, and then some of which it is stopped in the middle.

    Args:
        spec: the engine.
        options: an instance of ``spec.options``; the defaults where None.

    Raises:
        PluginError: it fails; a task is done twice or not at all, or its outcome is not what the worker said; or it
            takes all tasks before it gives an outcome.
    """
    what = f"engine {spec.name!r}"
    require_summary(what, spec.summary)
    chosen = options if options is not None else default_options(what, spec.options)
    with running(f"{what}: build"):
        engine = spec.build(chosen)
    worker = _Echo()
    with running(f"{what}: run"):
        outcomes = list(engine.run(_tasks(_TASKS), worker))
        none = list(engine.run(iter(()), worker))
    require(none == [], f"{what} gives {none} of no tasks; expected nothing")
    counts = Counter(outcome.task.name for outcome in outcomes)
    expected = {task.name: worker(task) for task in _tasks(_TASKS)}
    missing = sorted(set(expected) - set(counts))
    require(not missing, f"{what} gives no outcome of the tasks {', '.join(missing)}")
    twice = [name for name, count in counts.items() if count > 1]
    require(not twice, f"{what} gives two outcomes of the tasks {', '.join(twice)}")
    wrong = [outcome for outcome in outcomes if outcome != expected[outcome.task.name]]
    require(not wrong, f"{what} gives {wrong[:1]}; expected {[expected[each.task.name] for each in wrong[:1]]}")
    with running(f"{what}: run, closed after one outcome"):
        begun = iter(engine.run(_tasks(_TASKS), worker))
        next(begun)
        if hasattr(begun, "close"):
            begun.close()


def _tasks(count: int) -> Iterator[PageTask]:
    for number in range(count):
        yield PageTask(str(number), f"{number}.png", None, str(number), 1, 1)
