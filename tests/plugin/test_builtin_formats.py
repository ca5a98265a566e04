"""The built-in sources and renderers, held to what is asked of a stranger's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ocrkit.data.records import Sample
from ocrkit.data.writers import convert
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.plugin.testing.renderers import check_renderer
from ocrkit.plugin.testing.sources import check_source

if TYPE_CHECKING:
    from pathlib import Path


PAGE = (
    '<PcGts><Page imageFilename="a.png"><TextRegion><TextLine id="l"><Coords points="0,0 3,0 3,3 0,3"/>'
    "<TextEquiv><Unicode>x</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"
)
ALTO = (
    '<alto><Layout><Page><PrintSpace><TextLine ID="l" HPOS="0" VPOS="0" WIDTH="4" HEIGHT="4"><String CONTENT="x"/>'
    "</TextLine></PrintSpace></Page></Layout></alto>"
)


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
        ("iam", "lines/a01/a01-000u/a01-000u-00.png", {"lines.txt": "a01-000u-00 ok 154 19 408 746 1661 89 A|MOVE\n"}),
        ("page", "a.png", {"a.xml": PAGE}),
        ("alto", "a.png", {"a.xml": ALTO}),
    ],
)
def test_every_format_on_disk_lists_what_can_be_opened(
    tmp_path: Path, registry: Registry, name: str, image: str, table: dict[str, str]
) -> None:
    (tmp_path / image).parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4)).save(tmp_path / image)
    for file, content in table.items():
        (tmp_path / file).write_text(content)

    check_source(registry.source(name), tmp_path, samples=1)


@pytest.mark.parametrize(("name", "needed"), [("lmdb", "lmdb"), ("parquet", "pyarrow")])
def test_every_container_lists_what_can_be_opened(tmp_path: Path, registry: Registry, name: str, needed: str) -> None:
    pytest.importorskip(needed)
    made = Sample("made", partial(Image.new, "L", (4, 4)), "x")
    convert([made], tmp_path / "set", to=name)

    check_source(registry.source(name), tmp_path / "set", samples=1)


@pytest.mark.parametrize(
    "name",
    ["labels", "gt.txt", "mjsynth", "iam", "page", "alto", "lmdb", "parquet", "iiit5k", "svt", "filename", "synthetic"],
)
def test_no_format_claims_a_folder_of_plain_images(tmp_path: Path, registry: Registry, name: str) -> None:
    Image.new("L", (4, 4)).save(tmp_path / "a.png")

    assert not registry.source(name).recognises(tmp_path)
