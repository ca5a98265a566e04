"""A network that finds lines, in 8 bits: kept where the same lines are found, by pages that are given or drawn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from ribbons import SeesRibbons, with_ribbons
from stroke_page import StrokePage

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from ocrkit.errors import DataError, ExportError
from ocrkit.exporting import Int8, Quantised, export_model, int8_finder
from ocrkit.exporting.findings import Findings, compare_findings
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.pages.opening import open_scans
from ocrkit.plugin.datasets import open_samples
from ocrkit.segmentation.net import SegmentationNet

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from ocrkit.data.progress import Progress
    from ocrkit.layout.scan import Scan

pytestmark = pytest.mark.usefixtures("no_plugins")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The file of a network that has learnt nothing."""
    SegmentationNet(Labeller(LabellerOptions(channels=(4, 8), dilations=(1,)))).save(tmp_path / "lines.safetensors")
    return tmp_path / "lines.safetensors"


def strokes(lines: int) -> StrokePage:
    page = StrokePage(400, 40 * lines + 60)
    for place in range(lines):
        page.write([(40, 60 + 40 * place), (340, 60 + 40 * place)])
    return page


def written(folder: Path, count: int) -> list[Scan]:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        Image.fromarray(strokes(3).grey).save(folder / f"{number:02}.png")
    return list(open_scans([folder]))


class SeesTheUpper(SeesRibbons):
    """A labeller that overlooks what stands in the lowest quarter of the picture."""

    def maps(self, picture: np.ndarray) -> np.ndarray:
        maps = super().maps(picture)
        maps[:, 77 * maps.shape[1] // 100 :] = 0
        return maps


def test_lines_that_both_find_are_counted() -> None:
    page = with_ribbons(strokes(8))

    found = compare_findings(SeesRibbons(), SeesTheUpper(), [page, page])

    assert (found.pages, found.lines, found.both) == (2, (16, 12), 12)
    assert found.f == pytest.approx(24 / 28)
    assert found.gain > 0


def test_nothing_found_by_either_is_alike() -> None:
    assert Findings(3, (0, 0), 0, 1.0).f == 1.0


def quantised_with(measured: Findings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the pages, whatever they are, give these counts."""

    def compared(_before: object, _after: object, pages: object) -> Findings:
        assert len(list(pages)) == measured.pages  # type: ignore[call-overload]
        return measured

    monkeypatch.setattr(int8_finder, "compare_findings", compared)


def test_eight_bits_that_find_the_same_lines_are_kept_and_told(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quantised_with(Findings(6, (200, 198), 196, 1.5), monkeypatch)

    done = export_model(model, tmp_path / "lines.onnx", int8=Int8(pages=written(tmp_path / "pages", 9)), check=1)

    assert isinstance(done.quantised, Quantised)
    assert done.quantised.to_dict() == {
        "calibrating_pages": 3,
        "pages": 6,
        "drawn": False,
        "lines": [200, 198],
        "both": 196,
        "f70": 0.9849,  # 392 of 398
        "gain": 1.5,
    }
    assert "QuantizeLinear" in {node.op_type for node in done.quantised.graph.graph.node}


def test_eight_bits_that_find_other_lines_are_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quantised_with(Findings(6, (200, 200), 195, 1.5), monkeypatch)

    with pytest.raises(ExportError, match=r"195 are among the 200 found before: F\.7 is 0\.9750, and 0\.98 is"):
        export_model(model, tmp_path / "lines.onnx", int8=Int8(pages=written(tmp_path / "pages", 9)), check=1)

    assert sorted(os.listdir(tmp_path)) == ["lines.safetensors", "pages"]


def test_a_network_that_finds_too_few_lines_to_tell_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"finds \d+ lines on 4 pages, which cannot tell what 8 bits cost"):
        export_model(model, tmp_path / "lines.onnx", int8=Int8(pages=written(tmp_path / "pages", 6)), check=1)


def test_pages_that_cannot_be_opened_are_left_out_and_counted(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quantised_with(Findings(5, (200, 200), 200, 1.5), monkeypatch)
    scans = written(tmp_path / "pages", 9)
    (tmp_path / "pages" / "03.png").write_bytes(b"no picture")

    done = export_model(model, tmp_path / "lines.onnx", int8=Int8(pages=scans), check=1)

    assert isinstance(done.quantised, Quantised)
    assert done.quantised.bad == 1


def test_each_stage_is_told_to_its_end(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quantised_with(Findings(6, (200, 200), 200, 1.5), monkeypatch)
    told: dict[str, tuple[int, int]] = {}

    def stages(name: str) -> Progress:
        return lambda done, count: told.update({name: (done, count)})

    int8 = Int8(pages=written(tmp_path / "pages", 9))
    export_model(model, tmp_path / "lines.onnx", int8=int8, check=1, stages=stages)

    assert (told["loading pages"], told["measuring"]) == ((3, 3), (6, 6))


def test_too_few_pages_are_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are 5 pages to quantise by; expected at least 6"):
        export_model(model, tmp_path / "lines.onnx", int8=Int8(pages=written(tmp_path / "pages", 5)), check=1)


def test_empty_pages_are_refused(model: Path, tmp_path: Path) -> None:
    scans = written(tmp_path / "pages", 6)
    for path in (tmp_path / "pages").iterdir():
        Image.new("L", (200, 200), 255).save(path)

    with pytest.raises(DataError, match="nothing is written on the pages to quantise by"):
        export_model(model, tmp_path / "lines.onnx", int8=Int8(pages=scans), check=1)


def test_labelled_lines_are_no_pages(model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "labels.tsv").write_text("a.png\ta\n")

    with pytest.raises(ExportError, match="is quantised by pages; give those, and no labelled lines"):
        export_model(model, tmp_path / "lines.onnx", int8=Int8(open_samples(str(tmp_path))), check=1)
