from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path


def test_ocrmypdf_finds_the_plugin_by_its_entry_point() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["entry-points"]["ocrmypdf"] == {"ocrkit": "ocrkit_ocrmypdf"}
    assert importlib.util.find_spec("ocrkit_ocrmypdf") is not None
