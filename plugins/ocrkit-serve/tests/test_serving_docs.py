"""docs/serving.md: its curl examples are run, and every option of the command is described."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from described import DOCUMENT
from ocrkit_serve.command import app

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[3] / "docs" / "serving.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.findall(r"^```console\n(.*?)^```$", TEXT, re.DOTALL | re.M)


def commands() -> list[tuple[str, str]]:
    """Each command, and what the page says it prints."""
    parts = [part for block in EXAMPLES for part in re.split(r"^\$ ", block, flags=re.M)[1:]]
    return [(part.partition("\n")[0], part.partition("\n")[2].strip()) for part in parts]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_do_what_the_page_shows(serving: Callable[..., object], tmp_path: Path) -> None:
    for name, data in (("page.png", b"any"), ("line.png", b"any"), ("book.pdf", b"pages 3")):
        (tmp_path / name).write_bytes(data)

    with serving() as found:
        script = "set -e\n" + "".join(f"echo '<<{n}>>'\n{line}\n" for n, (line, _) in enumerate(commands()))
        script = script.replace("127.0.0.1:8000", f"127.0.0.1:{found.port}").replace("python3", _python())
        run = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, env=_environment())

    assert run.returncode == 0, run.stderr
    printed = [part.strip() for part in re.split(r"<<\d+>>\n", run.stdout)[1:]]
    for (command, expected), said in zip(commands(), printed, strict=True):
        pattern = ".*".join(map(re.escape, expected.split("…")))
        assert re.fullmatch(pattern, said, re.DOTALL), f"{command}\nprints\n{said}"
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "book.zip").read_bytes().startswith(b"PK")
    assert (tmp_path / "page-1.jpg").read_bytes().startswith(b"\xff\xd8")
    assert "ocr_page" in (tmp_path / "page.hocr").read_text("utf-8")


def _python() -> str:
    return shutil.which("python3") or "python"


def _environment() -> dict[str, str]:
    """Ours, without a proxy of the machine, which is none for the machine itself."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def own_options() -> dict[str, typer.core.TyperOption]:
    """The command's options by their long flags, without those that a shell's completion brings."""
    [callback] = app.registered_commands
    single = typer.Typer(add_completion=False)
    single.registered_commands = [callback]
    parameters = typer.main.get_command(single).params
    return {next(flag for flag in each.opts if flag.startswith("--")): each for each in parameters}


def test_every_option_of_the_command_is_described() -> None:
    flags = [flag for option in own_options().values() for flag in option.opts]

    assert not [flag for flag in flags if f"`{flag}`" not in TEXT]


def test_the_defaults_that_are_described_are_the_command_s() -> None:
    described = dict(re.findall(r"^\| `(--[\w-]+)`(?:, `-\w`)? \| `([^`]+)` \|", TEXT, re.M))
    own = {flag: str(option.default) for flag, option in own_options().items()}

    assert len(described) > 5
    assert {flag: own[flag] for flag in described} == described


def test_every_option_of_reading_is_described() -> None:
    parameters = DOCUMENT["paths"]["/v1/pages"]["post"]["parameters"]
    names = [parameter["$ref"].rpartition("/")[2] for parameter in parameters]

    assert not [name for name in names if name not in ("accept", "prefer") and f"`{name}`" not in TEXT]
