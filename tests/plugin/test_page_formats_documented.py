"""``docs/page-formats.md`` cannot rot: it describes every format of pages with its options, and the JSON's keys."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from ocrkit.layout.outputs.json import page_record
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.testing.page_samples import read_pages

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "page-formats.md").read_text("utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in TEXT.split("\n## ")[1:]}
FORMATS = [offer.value for offer in load_registry("none").page_renderers()]


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.name)
def test_every_format_is_described_with_its_options(spec: object) -> None:
    section = SECTIONS[f"`{spec.name}`"]  # type: ignore[attr-defined]

    described = re.findall(r"^\| `(\w+)` \| .", section.partition("| option | |")[2], flags=re.M)

    assert described == [field.name for field in fields(spec.options)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.name)
def test_every_format_stands_in_the_table_at_the_top(spec: object) -> None:
    assert f"| [`{spec.name}`](#{spec.name}) |" in TEXT  # type: ignore[attr-defined]


def test_every_key_of_the_json_is_described() -> None:
    records = [page_record(read.page) for read in read_pages()]
    keys = set(re.findall(r'"(\w+)": ', json.dumps(records)))

    assert keys == {key for key in keys if f"`{key}`" in SECTIONS["`json`"]}
