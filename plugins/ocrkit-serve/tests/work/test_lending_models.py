"""Models lent to requests: what one asks for does not hold up the others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ocrkit_serve.work.models import Models
from uploads import MODEL

from ocrkit import hookimpl
from ocrkit.model_files import installed_models, load_model
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

SECONDS = 20  # beyond which something waits that should not


class Plugin:
    @hookimpl
    def ocrkit_models(self) -> Iterator[ModelSpec]:
        yield ModelSpec("slow", "English.", installed_models()[MODEL], ("en",), "CC0-1.0")


class SlowLoading:
    """Loads the first model at once, and the next one not before it may."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()
        self.loaded = 0

    def __call__(self, path: Path, **options: object) -> object:
        self.loaded += 1
        if self.loaded == 2:
            self.asked.set()
            self.go.wait(3 * SECONDS)
        return load_model(path, **options)  # type: ignore[arg-type]


def lent(models: Models, name: str) -> str:
    with models.lent(name) as model:
        return model.name


def test_neither_counts_nor_other_models_wait_for_one_that_is_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loading, registry = SlowLoading(), load_registry()
    monkeypatch.setattr("ocrkit_serve.work.models.load_model", loading)
    registry.register(Plugin(), distribution="ocrkit-slow", version="1")
    models = Models([MODEL], threads=1, registry=registry)
    models.load()
    with ThreadPoolExecutor(3) as threads:
        slow = threads.submit(lent, models, "slow")
        try:
            assert loading.asked.wait(SECONDS)

            assert threads.submit(models.counts).result(SECONDS) == (0, 0, 0)
            assert threads.submit(lent, models, MODEL).result(SECONDS) == MODEL
        finally:
            loading.go.set()
        assert slow.result(SECONDS) == "slow"
    models.close(1)
