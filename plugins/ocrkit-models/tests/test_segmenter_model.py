"""The model that finds lines: whole, small, told of truly, and never taken for one that reads."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import ocrkit_models
import pytest
from ocrkit_models.package import SOURCES, read_json, read_tables
from ocrkit_models.segmenter_card import segmenter_card
from PIL import Image, ImageDraw, ImageFont

from ocrkit.model_files import find_model
from ocrkit.pages.finding import segmentation_models
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.plugin.testing import check_model, check_segmenter
from ocrkit.segmentation.maps import MAPS
from ocrkit.segmentation.net import load_segmentation_net

if TYPE_CHECKING:
    from pathlib import Path

SEGMENTERS = [spec for spec in ocrkit_models.ocrkit_models() if spec.task == "segmentation"]
NAMES = [table["name"] for table in read_tables()["segmenter"]]


@pytest.mark.parametrize("spec", SEGMENTERS, ids=lambda spec: spec.name)
def test_it_keeps_its_contract_and_is_small(spec: ocrkit_models.ModelSpec) -> None:
    assert check_model(spec).endswith("finds lines")
    assert spec.path.stat().st_size <= 4_000_000


@pytest.mark.parametrize("name", NAMES)
def test_its_card_is_made_of_the_files_beside_it(name: str) -> None:
    assert segmenter_card(name) == (SOURCES / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_its_figures_are_those_of_the_file_that_ships(name: str) -> None:
    data = (SOURCES / f"{name}.safetensors").read_bytes()

    assert read_json(SOURCES / f"{name}.json")["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_its_card_names_the_hands_and_their_licence(name: str) -> None:
    card = (SOURCES / f"{name}.md").read_text("utf-8")

    assert "Hooker" in card
    assert "CC-BY-SA 4.0" in card


def test_it_sees_the_lines_of_a_page() -> None:
    page = Image.new("L", (420, 300), 235)
    draw, face = ImageDraw.Draw(page), ImageFont.load_default(19)
    rows = [60, 110, 160, 210]
    for row in rows:
        draw.text((40, row), "some words on a line of a page", font=face, fill=30, anchor="ls")

    ribbon = load_segmentation_net(SEGMENTERS[0].path).maps(np.asarray(page))[MAPS.index("baseline")]

    assert [ribbon[row // 2 - 1 : row // 2 + 2, 40:120].max(0).mean() > 0.6 for row in rows] == [True] * 4
    assert [ribbon[row // 2 - 14, 40:120].mean() < 0.1 for row in rows] == [True] * 4


def test_it_is_never_taken_for_a_model_that_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    registry = Registry()
    registry.register(ocrkit_models, distribution="ocrkit-models", version="0.1.0", trusted=True)

    assert find_model(None, registry=registry).path.stem == "malayalam"
    assert find_model("lines", registry=registry).path.stem == "lines"


def test_the_segmenter_keeps_its_contract_with_the_weights_that_ship() -> None:
    spec = default_registry().segmenter("lines")
    weights = str(segmentation_models()[0].value.path)

    check_segmenter(replace(spec, build=lambda options: spec.build(replace(options, weights=weights))))
