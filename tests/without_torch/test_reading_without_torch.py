"""Lines and pages read with the models of ocrkit-models where torch is not installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from torchless import Torchless

DRAWN = Path(__file__).resolve().parents[2] / "plugins" / "ocrkit-models" / "tests" / "drawn" / "en"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ocrkit_models") is None or not DRAWN.is_dir(), reason="needs ocrkit-models' sources"),
]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two labelled lines."""
    folder: Path = tmp_path_factory.mktemp("lines")
    rows = [row for row in (DRAWN / "labels.tsv").read_text("utf-8").splitlines() if row][:2]
    for row in rows:
        name = row.split("\t")[0]
        (folder / name).write_bytes((DRAWN / name).read_bytes())
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def test_lines_are_read(torchless: Torchless, lines: Path, tmp_path: Path) -> None:
    names = sorted(lines.glob("*.png"))

    ran = torchless.ocrkit("decode", "--model", "english", *names, cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert len(ran.out.splitlines()) == len(names)


def test_lines_are_evaluated(torchless: Torchless, lines: Path, tmp_path: Path) -> None:
    ran = torchless.ocrkit("evaluate", "--model", "english", lines, cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert "CER" in ran.out + ran.err


def test_a_page_is_read(torchless: Torchless, lines: Path, tmp_path: Path) -> None:
    page = Image.new("L", (1200, 500), 255)
    for row, name in enumerate(sorted(lines.glob("*.png"))):
        page.paste(Image.open(name).convert("L"), (80, 100 + 150 * row))
    page.save(tmp_path / "page.png")

    ran = torchless.ocrkit("read", "--model", "english", "page.png", cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert "'lines'" in ran.err
    assert ran.out.strip()
