"""The built-in sources and renderers, held to what is asked of a stranger's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.plugin.testing.renderers import check_renderer
from ocrkit.plugin.testing.sources import check_source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry("none")


@pytest.mark.parametrize("name", ["tsv", "text", "jsonl"])
def test_every_output_format_takes_every_prediction(registry: Registry, name: str) -> None:
    check_renderer(registry.renderer(name))


@pytest.mark.parametrize(
    ("name", "image", "table"),
    [
        ("labels", "a.png", {"labels.tsv": "a.png\tx\n"}),
        ("gt.txt", "a.png", {"a.gt.txt": "x\n"}),
        ("mjsynth", "1_x_1.png", {"annotation.txt": "./1_x_1.png 1\n"}),
        ("filename", "x.png", {}),
    ],
)
def test_every_format_on_disk_lists_what_can_be_opened(
    tmp_path: Path, registry: Registry, name: str, image: str, table: dict[str, str]
) -> None:
    Image.new("L", (4, 4)).save(tmp_path / image)
    for file, content in table.items():
        (tmp_path / file).write_text(content)

    check_source(registry.source(name), tmp_path, samples=1)


@pytest.mark.parametrize("name", ["labels", "gt.txt", "mjsynth", "filename", "synthetic"])
def test_no_format_claims_a_folder_of_plain_images(tmp_path: Path, registry: Registry, name: str) -> None:
    Image.new("L", (4, 4)).save(tmp_path / "a.png")

    assert not registry.source(name).recognises(tmp_path)
