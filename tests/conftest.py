"""Fixtures that several test folders share."""

from __future__ import annotations

import io
import resource
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import Ran, RunOcrkit

from ocrkit.cli.app import main
from ocrkit.plugin.loading import ENVIRONMENT
from ocrkit.plugin.registry import default_registry

Distribute = Callable[..., Path]

HEADER = "from ocrkit import Charset, DecoderSpec, RendererSpec, hookimpl\n"


@pytest.fixture(autouse=True, scope="session")
def heeded_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP as a terminal gives them, here and in the processes begun here.

    A shell has its jobs in the background ignore Ctrl-C, and what is ignored is inherited.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def distribute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Distribute:
    """Make a fake distribution importable, and give the folder: ``distribute("ocrkit-kenlm", body, version="0.2")``.

    A module and its metadata lie in a folder on ``sys.path``, as an installer would leave them.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def make(name: str, body: str, *, version: str = "1.0") -> Path:
        module = f"fake_{name.replace('-', '_')}"
        (site / f"{module}.py").write_text(HEADER + textwrap.dedent(body), encoding="utf-8")
        monkeypatch.delitem(sys.modules, module, raising=False)
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[ocrkit]\n{module} = {module}\n", encoding="utf-8")
        return site

    return make


@pytest.fixture
def no_plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing but what ocrkit brings itself, whatever is installed beside it."""
    monkeypatch.setenv(ENVIRONMENT, "none")
    default_registry.cache_clear()
    yield
    default_registry.cache_clear()


@pytest.fixture
def run_ocrkit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[RunOcrkit]:
    """Run the command line in this process: ``run_ocrkit("decode", "a.png", stdin="")``; stdin is empty by default."""
    import torch

    # What main() sets in the environment is taken back after the test.
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    def run(*arguments: str | Path, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["ocrkit", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        printed = capsys.readouterr()
        return Ran(code if isinstance(code, int) else int(code is not None), printed.out, printed.err)

    yield run
    torch.set_num_threads(threads)


@pytest.fixture
def largest_file() -> Callable[[int], None]:
    """Bound the files that this process may write, as a full disk does, until the test's own code has ended."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    return lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process is left with one when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Lift the bound of ``largest_file`` before pytest tells what came of the test: it may be writing to a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        return (yield)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
