"""The check of engines, each time on one that breaks the contract in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import PluginError
from ocrkit.plugin.engine_specs import EngineSpec
from ocrkit.plugin.registry import default_registry
from ocrkit.plugin.testing import check_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ocrkit.plugin.engine_specs import Job, Outcome, PageTask


@dataclass(frozen=True)
class Options:
    pass


@dataclass(frozen=True)
class Told:
    """An engine that does as a function says with the outcomes that it should give."""

    alter: Callable[[list[Outcome]], Iterable[Outcome]]

    def run(self, tasks: Iterable[PageTask], job: Job) -> Iterator[Outcome]:
        worker = job.worker()
        return iter(self.alter([worker(task) for task in tasks]))


def spec(alter: Callable[[list[Outcome]], Iterable[Outcome]]) -> EngineSpec:
    return EngineSpec("told", "For the test.", Options, lambda options: Told(alter))


def test_an_engine_may_give_outcomes_in_any_order() -> None:
    check_engine(spec(lambda outcomes: outcomes[::-1]))


@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (lambda outcomes: outcomes[:-1], "gives no outcome of the tasks 39"),
        (lambda outcomes: [*outcomes, *outcomes[:1]], "gives two outcomes of the tasks 0"),
        (lambda outcomes: [replace(each, state="read") for each in outcomes], "expected"),
        (lambda outcomes: outcomes or [None], "gives .* of no tasks; expected nothing"),
    ],
)
def test_what_an_engine_does_wrong_is_told(alter: Callable[[list[Outcome]], Iterable[Outcome]], message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_engine(spec(alter))


def test_the_local_engine_keeps_its_contract() -> None:
    check_engine(default_registry().engine("local"))
