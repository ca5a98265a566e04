"""Makes all that ships of the model that finds lines: its file, its evaluation file and its card.

``python -m ocrkit_models.segmenter NAME MODEL [SET=PLACE]...`` in the source tree; see the README.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrkit.data.image import open_image, to_grey
from ocrkit.errors import ModelError, OcrkitError, OptionError
from ocrkit.evaluation.pages import PageScores, score_page
from ocrkit.layout.reading import picture_of, read_layout
from ocrkit.pages.finding import choose_segmenter
from ocrkit.segmentation.net import load_segmentation_net, read_net
from ocrkit_models.onnx_form import write_onnx_form
from ocrkit_models.package import SOURCES, segmenter_table, write_json
from ocrkit_models.segmenter_card import segmenter_card

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["main", "make_segmenter", "write_segmenter_card"]

LARGEST = 4_000_000  # bytes of the file
_MOST_DIFFERENT = 0.05  # of 1, by which a value of a map may differ in float16
_DIGITS = 4
_ROOT = SOURCES.parents[1]


def make_segmenter(name: str, weights: Path, sets: Mapping[str, Path], *, root: Path = _ROOT) -> dict[str, Any]:
    """Measure, and write all files, or none where the model cannot ship; what the evaluation file says.

    Args:
        name: of the model, which has a table in ``models.toml``.
        weights: the file to make it from.
        sets: folders of PAGE or ALTO files beside their pictures, by name.
        root: of the source tree.

    Raises:
        ModelError: the file is too large, or gives other maps than the weights that it was made from.
        OcrkitError: whatever is wrong with names and files.
    """
    segmenter_table(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.safetensors"
        read_net(weights).save(file, half=True)
        data = file.read_bytes()
        if len(data) > LARGEST:
            raise ModelError(f"{file.name} has {len(data):,} bytes; expected at most {LARGEST:,}")
        differs = _difference(weights, file)
        onnx = write_onnx_form(file).read_bytes()
        figures = [{"name": key, **_figures(file, place)} for key, place in sets.items()]
    evaluation = {
        "model": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "half": {"differs": round(differs, _DIGITS)},
        "sets": figures,
    }
    sources = root / "src" / "ocrkit_models"
    (sources / f"{name}.safetensors").write_bytes(data)
    (sources / f"{name}.onnx").write_bytes(onnx)
    write_json(sources / f"{name}.json", evaluation)
    write_segmenter_card(name, root=root)
    return evaluation


def write_segmenter_card(name: str, *, root: Path = _ROOT) -> Path:
    """Make its card anew from the files that are there, after a change of ``models.toml``; its path."""
    sources = root / "src" / "ocrkit_models"
    path = sources / f"{name}.md"
    path.write_text(segmenter_card(name, sources=sources), "utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ocrkit_models.segmenter")
    parser.add_argument("name", metavar="NAME", help="the model's name, which models.toml has")
    parser.add_argument("model", metavar="MODEL", nargs="?", type=Path, help="the file to make it from; else the card")
    parser.add_argument("sets", metavar="SET=PLACE", nargs="*", help="pages with truth to measure it by")
    given = parser.parse_args(arguments)
    try:
        if not (_ROOT / "pyproject.toml").is_file():
            raise OptionError(f"{str(_ROOT)!r} is no source tree of ocrkit-models; install it from one: pip install -e")
        if given.model is None:
            print(write_segmenter_card(given.name))
            return 0
        parted = [each.partition("=") for each in given.sets]
        if not all(key and place for key, _, place in parted):
            raise OptionError("a set is no SET=PLACE; expected such as hooker-htr=DATA/hooker-htr/pages")
        evaluation = make_segmenter(given.name, given.model, {key: Path(place) for key, _, place in parted})
    except OcrkitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for figures in evaluation["sets"]:
        print(f"{figures['name']}\t{figures['pages']}\t{figures['truth']}\t{figures['f50']:.3f}\t{figures['f70']:.3f}")
    return 0


def _figures(file: Path, place: Path) -> dict[str, Any]:
    """What the evaluation file says of a set."""
    segmenter = choose_segmenter("lines", weights=file).segmenter
    total = PageScores()
    for path in sorted(place.rglob("*.xml")):
        truth = read_layout(path, report=lambda _row: None)
        grey = np.asarray(to_grey(open_image(picture_of(path, truth))))
        total += score_page(segmenter.segment(grey), truth, grey)
    told = {key: value for key, value in total.to_dict().items() if key not in ("text", "elsewhere")}
    return {key: _rounded(value) for key, value in told.items()}


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return round(value, _DIGITS) if isinstance(value, float) else value


def _difference(one: Path, other: Path) -> float:
    """By how much the maps that are probabilities differ at most, on a page of strokes."""
    maps = [load_segmentation_net(path).maps(_strokes())[[0, 1, 2, 5, 6]] for path in (one, other)]
    differs = float(np.abs(maps[0] - maps[1]).max())
    if differs > _MOST_DIFFERENT:
        raise ModelError(
            f"in float16 its maps differ by {differs:.3f}; expected {_MOST_DIFFERENT} at most: train it on"
        )
    return differs


def _strokes() -> NDArray[np.uint8]:
    """Rows of strokes as high as small letters."""
    page = np.full((256, 384), 240, np.uint8)
    rng = np.random.default_rng(1)
    for baseline in range(40, 240, 28):
        for left in range(30, 340, 7):
            page[baseline - int(rng.integers(6, 18)) : baseline, left : left + int(rng.integers(1, 4))] = 40
    return page


if __name__ == "__main__":
    sys.exit(main())
