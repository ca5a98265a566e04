"""What the tests in an environment without torch share."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image
from torchless import Torchless

DRAWN = Path(__file__).resolve().parents[2] / "plugins" / "ocrkit-models" / "tests" / "drawn" / "en"


@pytest.fixture(scope="session")
def torchless(tmp_path_factory: pytest.TempPathFactory) -> Torchless:
    """An environment without torch; it takes a moment to make."""
    folder: Path = tmp_path_factory.mktemp("torchless")
    return Torchless.make(folder / "venv")


@pytest.fixture(scope="session")
def english_lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two labelled lines of a few words."""
    if find_spec("ocrkit_models") is None or not DRAWN.is_dir():
        pytest.skip("needs ocrkit-models' sources")
    folder: Path = tmp_path_factory.mktemp("lines")
    rows = [row for row in (DRAWN / "labels.tsv").read_text("utf-8").splitlines() if row[:6] in ("07.png", "38.png")]
    for row in rows:
        name = row.split("\t")[0]
        (folder / name).write_bytes((DRAWN / name).read_bytes())
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def english_texts(english_lines: Path) -> list[str]:
    """What stands in those lines."""
    return [row.split("\t")[1] for row in (english_lines / "labels.tsv").read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def english_page(english_lines: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of those lines."""
    image = Image.new("L", (1200, 500), 255)
    for row, name in enumerate(sorted(english_lines.glob("*.png"))):
        image.paste(Image.open(name).convert("L"), (80, 100 + 150 * row))
    path: Path = tmp_path_factory.mktemp("page") / "page.png"
    image.save(path)
    return path
