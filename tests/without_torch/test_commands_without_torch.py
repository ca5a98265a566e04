"""Commands where torch is not installed: what needs none runs, and what does says how to install it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from torchless import Torchless

NEEDED = "needs torch, which is not installed; pip install 'ocrkit[train]' brings it"
HELP = "", "read", "decode", "evaluate", "align", "train", "train-segmenter", "data check", "serve", "models", "demo"
LISTS = "charsets list", "models list", "plugins list"


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a labelled line."""
    folder: Path = tmp_path_factory.mktemp("lines")
    Image.new("L", (60, 32), 255).save(folder / "one.png")
    (folder / "labels.tsv").write_text("one.png\tone\n", "utf-8")
    return folder


def test_the_environment_has_no_torch_and_what_reading_takes(torchless: Torchless, tmp_path: Path) -> None:
    code = "import ocrkit, onnxruntime, pypdfium2; from importlib.util import find_spec; print(find_spec('torch'))"

    ran = torchless.python("-c", code, cwd=tmp_path)

    assert (ran.code, ran.out, ran.err) == (0, "None\n", "")


@pytest.mark.parametrize("arguments", ["--version", *LISTS, *(f"{command} --help" for command in HELP)])
def test_a_command_that_reads_nothing_runs_without_torch(torchless: Torchless, tmp_path: Path, arguments: str) -> None:
    ran = torchless.ocrkit(*arguments.split(), cwd=tmp_path)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out


def test_no_plugin_is_broken_without_torch(torchless: Torchless, tmp_path: Path) -> None:
    ran = torchless.ocrkit("plugins", "list", cwd=tmp_path)

    kinds = {row.split()[0] for row in ran.out.splitlines()}
    assert {"charset", "backbone", "decoder", "segmenter"} <= kinds
    assert "broken" not in kinds


@pytest.mark.parametrize("arguments", ["data convert LINES new --to gt.txt", "data split LINES new"])
def test_a_command_without_a_network_runs_without_torch(
    torchless: Torchless, lines: Path, tmp_path: Path, arguments: str
) -> None:
    given = [str(lines) if each == "LINES" else each for each in arguments.split()]

    ran = torchless.ocrkit(*given, cwd=tmp_path)

    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ("train LINES", "training"),
        ("train-segmenter LINES", "training"),
        ("demo", "this command"),
        ("data check LINES --charset english", "this command"),
    ],
)
def test_a_command_that_needs_torch_says_how_to_install_it(
    torchless: Torchless, lines: Path, tmp_path: Path, arguments: str, what: str
) -> None:
    given = [str(lines) if each == "LINES" else each for each in arguments.split()]

    ran = torchless.ocrkit(*given, cwd=tmp_path)

    assert ran.code == 1
    assert ran.err.splitlines()[-1] == f"error: {what} {NEEDED}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["from ocrkit import Model", "import ocrkit; ocrkit.Model"])
def test_a_name_that_needs_torch_says_how_to_install_it(torchless: Torchless, tmp_path: Path, code: str) -> None:
    ran = torchless.python("-c", code, cwd=tmp_path)

    assert ran.err.splitlines()[-1] == f"ocrkit.errors.DependencyError: ocrkit.Model {NEEDED}"


def test_the_check_of_what_needs_torch_is_told_to_be_left_out(torchless: Torchless, tmp_path: Path) -> None:
    ran = torchless.ocrkit("plugins", "check", "ocrkit", cwd=tmp_path)

    told = ran.out.splitlines()
    assert f"skipped backbone vgg: its check {NEEDED}" in told
    assert f"skipped augmentation blur: its check {NEEDED}" in told
    assert "ok      charset english" in told
