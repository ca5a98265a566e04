"""Models lent to requests: what one asks for does not hold up the others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ocrkit_serve.work.models import Models
from uploads import MODEL

from ocrkit import hookimpl
from ocrkit.model_files import installed_models
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 20  # beyond which something waits that should not


class SlowFile:
    """The English model's file, which is not told before it may go."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def __fspath__(self) -> str:
        self.asked.set()
        self.go.wait(3 * SECONDS)
        return str(installed_models()[MODEL])


class Plugin:
    def __init__(self, file: SlowFile) -> None:
        self.file = file

    @hookimpl
    def ocrkit_models(self) -> Iterator[ModelSpec]:
        yield ModelSpec("slow", "English.", self.file, ("en",), "CC0-1.0")  # type: ignore[arg-type]  # a path all the same


def lent(models: Models, name: str) -> str:
    with models.lent(name) as model:
        return model.name


def test_neither_counts_nor_other_models_wait_for_one_that_is_being_loaded() -> None:
    file, registry = SlowFile(), load_registry()
    registry.register(Plugin(file), distribution="ocrkit-slow", version="1")
    models = Models([MODEL], threads=1, registry=registry)
    models.load()
    with ThreadPoolExecutor(3) as threads:
        slow = threads.submit(lent, models, "slow")
        try:
            assert file.asked.wait(SECONDS)

            assert threads.submit(models.counts).result(SECONDS) == (0, 0, 0)
            assert threads.submit(lent, models, MODEL).result(SECONDS) == MODEL
        finally:
            file.go.set()
        assert slow.result(SECONDS) == "slow"
    models.close(1)
