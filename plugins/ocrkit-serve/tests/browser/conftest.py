"""A real service and a real browser: both are started once, and every test has a visitor of its own.

A visitor fails its test when the page writes an error to the console, raises one, or asks any other site for anything.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
from typing import TYPE_CHECKING, Any

import pytest
from serving_here import MAX_PIXELS, MAX_UPLOAD, MODEL, NEEDS_PLAYWRIGHT, PATIENCE, PATIENCE_MS, Running, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("-m", MODEL, "--port", "0", "--max-upload", str(MAX_UPLOAD), "--max-pixels", str(MAX_PIXELS))
FLAGS = ("--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--font-render-hinting=none")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service with a model that ships, on a port that was free."""
    pytest.importorskip("ocrkit_models", reason="the model is in plugins/ocrkit-models, which is not installed")
    folder = tmp_path_factory.mktemp("service")
    with open(folder / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ocrkit", "serve", *OPTIONS, "--collect", folder / "kept"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.search(r"http://\S+", said)
            assert found, (folder / "log").read_text("utf-8")
            running = Running(found[0], folder / "kept", process)
            _wait_until_ready(running, folder / "log")
            yield running
            assert process.poll() is None, (folder / "log").read_text("utf-8")
            assert "Traceback" not in (folder / "log").read_text("utf-8")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()
                process.communicate()


def _wait_until_ready(running: Running, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while running.process.poll() is None and time.monotonic() < until:
        try:
            running.get("readyz")
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(log.read_text("utf-8"))


@pytest.fixture(scope="module")  # for as long as it is there, no other test can run an event loop in this thread
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason=NEEDS_PLAYWRIGHT)
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no chromium; apt-get install chromium")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    api.expect.set_options(timeout=PATIENCE_MS)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *root])
        yield browser
        browser.close()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def visitor(chromium: Browser, service: Running, seen: Seen) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers that know nothing yet: ``visitor(viewport={...}, color_scheme="dark", locale="ml")``."""
    contexts: list[BrowserContext] = []

    def visit(**options: Any) -> BrowserContext:
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "en", "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", seen.hear)
        context.on("weberror", lambda error: seen.errors.append(f"raised: {error.error}"))
        elsewhere = re.compile(rf"^(?!{re.escape(service.address)}|blob:|data:)")

        def refuse(route: Any) -> None:
            seen.elsewhere.append(route.request.url)
            route.abort()

        context.route(elsewhere, refuse)
        return context

    yield visit
    for context in contexts:
        context.close()
    assert seen.errors == []
    assert seen.elsewhere == []


@pytest.fixture
def page(visitor: Callable[..., BrowserContext], service: Running) -> Page:
    """The service's page in a browser that knows nothing yet."""
    page = visitor().new_page()
    page.goto(service.address)
    return page
