"""The wheel, as ``make wheel`` builds it: what an installation without the source tree has to go by."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
TABLES = [
    *(f"ocrkit/charsets/{path.name}" for path in sorted((ROOT / "charsets").glob("*.toml"))),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "ocrkit").rglob("*.toml"))),
]
MODULES = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "ocrkit").rglob("*.py"))]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """A wheel of the source tree. The build folder is the installation's, so that hardly anything is compiled again."""
    if importlib.util.find_spec("build") is None or not (ROOT / "pyproject.toml").is_file():
        pytest.skip("building a wheel needs the distribution 'build' and the source tree")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_there_are_charsets_and_recipes_to_look_for() -> None:
    assert "ocrkit/charsets/malayalam.toml" in TABLES
    assert "ocrkit/training/recipes/captcha.toml" in TABLES


@pytest.mark.parametrize("name", TABLES)
def test_the_wheel_has_every_charset_and_every_recipe(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


@pytest.mark.parametrize("name", ["ocrkit/py.typed", "ocrkit/_ctc.pyi", "ocrkit/_drawing.pyi", "ocrkit/_ink.pyi"])
def test_the_wheel_has_what_type_checkers_read(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


def test_the_wheel_has_every_module(wheel: zipfile.ZipFile) -> None:
    assert not set(MODULES) - set(wheel.namelist())


@pytest.mark.parametrize("module", ["_ctc", "_drawing", "_ink"])
def test_the_wheel_has_the_native_modules(wheel: zipfile.ZipFile, module: str) -> None:
    assert [name for name in wheel.namelist() if re.fullmatch(rf"ocrkit/{module}\.[\w.-]*(so|pyd)", name)]


def test_the_wheel_has_the_plugin_template(wheel: zipfile.ZipFile) -> None:
    parts = {
        str(Path("ocrkit/plugin/template") / path.relative_to(ROOT / "plugins" / "template"))
        for path in (ROOT / "plugins" / "template").rglob("*")
        if path.is_file() and path.suffix in {".py", ".toml", ".md"} and "/." not in str(path)
    }

    assert "ocrkit/plugin/template/src/ocrkit_example/example.toml" in parts
    assert not parts - set(wheel.namelist())


def test_the_wheel_has_the_command(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))

    assert re.search(r"^ocrkit *= *ocrkit\.__main__:main$", wheel.read(entry_points).decode(), flags=re.MULTILINE)


def test_the_wheel_has_nothing_else(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"ocrkit"}
    assert not [name for name in wheel.namelist() if re.search(r"^ocrkit/(tests|benchmarks|csrc|docs)/|\.pyc$", name)]
