"""What the distribution asks for: who reads needs no torch, and what the set-up installs is pinned."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {name: [Requirement(each) for each in found] for name, found in PROJECT["optional-dependencies"].items()}
PINNED = {canonicalize_name(line.split("==")[0]) for line in (ROOT / "constraints.txt").read_text().split()}
TRAINS = {"torch", "onnx", "onnxscript"}


def needed(*extras: str) -> set[str]:
    """The distributions that these extras ask for, with those of the extras that they name."""
    found: set[str] = set()
    for requirement in (each for extra in extras for each in EXTRAS[extra]):
        if requirement.name == PROJECT["name"]:
            found |= needed(*requirement.extras)
        else:
            found.add(canonicalize_name(requirement.name))
    return found


def test_ocrkit_alone_asks_for_no_engine() -> None:
    alone = {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]}

    assert not alone & (TRAINS | {"onnxruntime"})


def test_reading_pages_takes_no_torch() -> None:
    assert not needed("pdf", "onnx") & TRAINS
    assert "onnxruntime" in needed("pdf", "onnx")


def test_an_export_takes_torch_and_onnx_runtime() -> None:
    assert needed("export") == TRAINS | {"onnxruntime"}


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")))
def test_no_plugin_brings_torch(folder: str) -> None:
    project = tomllib.loads((ROOT / "plugins" / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    for requirement in map(Requirement, project["dependencies"]):
        brought = needed(*requirement.extras) if requirement.name == "ocrkit" else {canonicalize_name(requirement.name)}
        assert not brought & TRAINS


def test_the_set_up_installs_every_extra_and_pins_what_it_installs() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installed = set(re.findall(r"-e '\.\[([a-z,]+)\]'", makefile)[0].split(","))

    assert installed == set(EXTRAS)
    assert needed(*installed) <= PINNED


def test_the_readme_describes_every_extra_but_that_of_developers() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Install")[2].partition("\n## ")[0]

    assert set(re.findall(r"`([a-z]+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))) == set(EXTRAS) - {
        "dev"
    }
