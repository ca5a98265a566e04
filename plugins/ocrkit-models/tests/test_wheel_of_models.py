"""The wheel: it brings the weights, the cards and the figures, and no pictures."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from ocrkit_models.package import read_tables

ROOT = Path(__file__).resolve().parents[1]


def test_the_wheel_brings_each_model_with_its_card_and_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flit = pytest.importorskip("flit_core.buildapi")
    monkeypatch.chdir(ROOT)

    with zipfile.ZipFile(tmp_path / flit.build_wheel(str(tmp_path))) as wheel:
        names = wheel.namelist()

    wanted = [
        f"ocrkit_models/{table['name']}.{suffix}"
        for kind in ("model", "segmenter")
        for table in read_tables()[kind]
        for suffix in ("safetensors", "md", "json")
    ]
    assert set(wanted) | {"ocrkit_models/models.toml"} <= set(names)
    assert not [name for name in names if name.endswith(".png")]
