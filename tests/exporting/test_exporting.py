"""Exports: whole records, files whole or not at all, and 8 bits only where lines are read as well."""

from __future__ import annotations

import itertools
import json
import os
import re
import string
from dataclasses import replace
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from ocrkit.checkpoint import METADATA_KEY, read_metadata
from ocrkit.ctc import greedy
from ocrkit.data.batching import pad_batch
from ocrkit.data.image import Preprocessing
from ocrkit.errors import DataError, ExportError, FontError, MissingFileError, OptionError
from ocrkit.exporting import Int8, export_model
from ocrkit.exporting.lines import drawn_samples, load_lines
from ocrkit.exporting.sources import RecogniserSource, open_source
from ocrkit.model import Model
from ocrkit.nets.exporting.parity import open_session
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.onnx_model import OnnxModel
from ocrkit.plugin.datasets import open_samples
from ocrkit.recognition import Recognizer
from ocrkit.segmentation.net import SegmentationNet
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ocrkit.data.records import Sample


pytestmark = pytest.mark.usefixtures("no_plugins")
TEXTS = ["ab", "ca", "bcb", "a", "cc", "bac"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The file of a model that reads bars."""
    bars.reader().save(tmp_path / "bars.safetensors")
    return tmp_path / "bars.safetensors"


def record(path: Path) -> dict[str, object]:
    """What an ONNX file says, as any reader of ONNX finds it."""
    found = open_session(path).get_modelmeta().custom_metadata_map
    assert list(found) == [METADATA_KEY]
    said: dict[str, object] = json.loads(found[METADATA_KEY])
    return said


def read(path: Path, texts: Sequence[str]) -> list[str]:
    """What an ONNX file reads in pictures of texts, by what it says itself, in one batch."""
    said = record(path)
    charset = Charset.from_dict(said["charset"])  # type: ignore[arg-type]
    padded, widths = pad_batch([np.asarray(bars.picture(text)) for text in texts])
    log_probs, lengths = open_session(path).run(None, {"images": padded, "widths": widths})
    return [charset.decode(line[0].labels.tolist()) for line in greedy(log_probs, lengths)]


def labelled(folder: Path, texts: Sequence[str]) -> Sequence[Sample]:
    """Pictures of texts, in order."""
    return open_samples(str(bars.write(folder, {f"{k:03}.png": text for k, text in enumerate(texts)})))


@pytest.mark.parametrize("portable", [False, True], ids=["sequence", "portable"])
def test_a_file_reads_by_what_it_says_itself(model: Path, tmp_path: Path, portable: bool) -> None:
    done = export_model(model, tmp_path / "bars.onnx", portable=portable)

    assert read(done.path, TEXTS) == TEXTS
    assert done.size == done.path.stat().st_size
    assert done.parity.batches == 24


def test_a_file_says_all_that_the_models_own_says_and_where_frames_lie(tmp_path: Path) -> None:
    model = replace(bars.reader(skip_frames=1), provenance={"metrics": {"cer": 0.25}, "note": "ക്ഷ"})
    model.save(tmp_path / "bars.safetensors")

    export_model(tmp_path / "bars.safetensors", tmp_path / "bars.onnx", portable=True, check=2)

    said = record(tmp_path / "bars.onnx")
    own = said.pop("onnx")
    assert said == read_metadata(tmp_path / "bars.safetensors")
    assert own == {
        "form": "portable",
        "precision": "float32",
        "stride": 4.0,
        "offset": 0.0,
        "skip_frames": 1,
        "labels": 4,
        "height": 4,
        "opset": 20,
        "parameters": model.parameters(),
    }


def test_a_model_that_finds_lines_is_exported_with_what_its_maps_mean(tmp_path: Path) -> None:
    net = SegmentationNet(Labeller(LabellerOptions(channels=(4, 8), dilations=(1,))), {"steps": 3})
    net.save(tmp_path / "lines.safetensors")

    done = export_model(tmp_path / "lines.safetensors", tmp_path / "lines.onnx", check=3)

    said = record(done.path)
    own = said.pop("onnx")
    assert said == read_metadata(tmp_path / "lines.safetensors")
    assert own == {
        "form": "portable",
        "precision": "float32",
        "multiple": net.network.multiple,
        "opset": 20,
        "parameters": net.parameters(),
    }
    assert done.parity.batches == 3


def spoil_weights(source: RecogniserSource) -> Callable[..., object]:
    """Graphs of the source with one weight changed."""
    import onnx

    right = source.graph

    def wrong(*, portable: bool) -> object:
        graph = right(portable=portable)
        bias = next(tensor for tensor in graph.graph.initializer if tensor.name == "output.bias")
        spoilt = onnx.numpy_helper.to_array(bias).copy()
        spoilt[0] += 0.01
        bias.CopyFrom(onnx.numpy_helper.from_array(spoilt, bias.name))
        return graph

    return wrong


class Wrong(RecogniserSource):
    """A recogniser whose graph computes something else."""

    def graph(self, *, portable: bool):  # type: ignore[no-untyped-def]
        return spoil_weights(RecogniserSource(self.metadata, self.model))(portable=portable)


@pytest.mark.parametrize("before", [b"", b"\x08an older export"])
def test_what_computes_something_else_is_not_kept_and_an_old_file_stays(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    opened = open_source(model)
    assert isinstance(opened, RecogniserSource)
    monkeypatch.setattr("ocrkit.exporting.export.open_source", lambda *_, **__: Wrong(opened.metadata, opened.model))
    target = tmp_path / "bars.onnx"
    if before:
        target.write_bytes(before)

    with pytest.raises(ExportError, match="differ"):
        export_model(model, target)

    assert (target.read_bytes() if target.exists() else b"") == before
    assert sorted(os.listdir(tmp_path)) == sorted({"bars.safetensors", *(["bars.onnx"] if before else [])})


@pytest.mark.parametrize("stage", ["exporting", "comparing with torch", "calibrating", "measuring"])
def test_an_interrupted_export_leaves_nothing(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    places = tmp_path / "temporary"
    places.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(places))
    lines = labelled(tmp_path / "lines", TEXTS * 6)

    def stages(name: str) -> Callable[[int, int], None]:
        def progress(done: int, total: int) -> None:
            if name == stage and done:
                raise KeyboardInterrupt

        return progress

    with pytest.raises(KeyboardInterrupt):
        export_model(model, tmp_path / "bars.onnx", int8=Int8(lines), stages=stages)

    assert sorted(os.listdir(tmp_path)) == ["bars.safetensors", "lines", "temporary"]
    assert os.listdir(places) == []


def test_a_full_disk_leaves_the_old_file(model: Path, tmp_path: Path, largest_file: Callable[[int], None]) -> None:
    target = tmp_path / "bars.onnx"
    target.write_bytes(b"\x08old")
    largest_file(100)

    with pytest.raises(ExportError, match="cannot be written"):
        export_model(model, target)

    assert target.read_bytes() == b"\x08old"
    assert sorted(os.listdir(tmp_path)) == ["bars.onnx", "bars.safetensors"]


def test_eight_bits_read_as_before_and_say_what_they_are_worth(model: Path, tmp_path: Path) -> None:
    lines = labelled(tmp_path / "lines", TEXTS * 6)

    done = export_model(model, tmp_path / "bars.onnx", int8=Int8(lines))

    assert read(done.path, TEXTS) == TEXTS
    assert done.quantised is not None
    assert (done.quantised.calibrating, done.quantised.measured.lines) == (12, 24)
    assert (done.quantised.measured.cer, done.quantised.measured.exact) == ((0.0, 0.0), (1.0, 1.0))
    assert done.quantised.measured.gain > 0
    own = record(done.path)["onnx"]
    assert own["precision"] == "int8"  # type: ignore[index]
    assert own["int8"]["cer"] == [0.0, 0.0]  # type: ignore[index]
    kinds = [node.op_type for node in done.quantised.graph.graph.node]
    assert "QuantizeLinear" in kinds


def coarse_in_eight_bits(charset: Charset) -> Model:
    """A reader of 63 greys whose convolution adds 4 to the ink, which its last layer takes away.

    From 0 to 5, the steps of 8 bits are 5/255 apart, and the greys 1/63.
    """
    model = bars.reader(charset)
    state = model.network.state_dict()
    state["backbone.stack.stages.0.layers.0.bias"] += 4
    state["output.bias"] -= 4 * state["output.weight"][:, 0]
    return model


def test_eight_bits_that_read_worse_are_refused_by_how_much(tmp_path: Path) -> None:
    charset = Charset("greys", ("", *string.ascii_letters, *string.digits, "."))
    coarse_in_eight_bits(charset).save(tmp_path / "greys.safetensors")
    texts = ["".join(charset.symbols[start : start + 9]) for start in range(1, 64, 9)] * 5
    folder = bars.write(tmp_path / "lines", {f"{k:03}.png": text for k, text in enumerate(texts)}, charset)

    with pytest.raises(ExportError, match=r"24 lines are read at a CER of 0\.\d+ instead of 0\.0000, \d+\.\d\d points"):
        export_model(tmp_path / "greys.safetensors", tmp_path / "greys.onnx", int8=Int8(open_samples(str(folder))))

    assert sorted(os.listdir(tmp_path)) == ["greys.safetensors", "lines"]


@pytest.mark.parametrize("told", ["other", "blank"])
def test_lines_that_the_model_does_not_read_judge_nothing(model: Path, tmp_path: Path, told: str) -> None:
    folder = tmp_path / "lines"
    bars.write(folder, {f"{k:03}.png": text for k, text in enumerate(TEXTS * 6)})
    if told == "blank":
        for path in folder.glob("*.png"):
            Image.new("L", (1, bars.SIZE), 255).save(path)
    else:
        table = folder / "labels.tsv"
        table.write_text(re.sub(r"\t.*", "\tccccccccc", table.read_text()))

    with pytest.raises(ExportError, match=r"the model itself reads 24 lines at a CER of .*; give labelled lines"):
        export_model(model, tmp_path / "bars.onnx", int8=Int8(open_samples(str(folder))), check=1)

    assert not (tmp_path / "bars.onnx").exists()


def test_weights_have_seven_bits_so_that_no_processor_overflows(model: Path, tmp_path: Path) -> None:
    from onnx import TensorProto, numpy_helper

    done = export_model(model, tmp_path / "bars.onnx", int8=Int8(labelled(tmp_path / "lines", TEXTS * 6)), check=1)

    assert done.quantised is not None
    weights = [
        numpy_helper.to_array(tensor)
        for tensor in done.quantised.graph.graph.initializer
        if tensor.data_type == TensorProto.INT8 and len(tensor.dims) == 4
    ]
    assert len(weights) == 1
    assert all(np.abs(weight).max() <= 64 for weight in weights)


def test_too_few_lines_are_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are 6 lines to quantise by; expected at least 30"):
        export_model(model, tmp_path / "bars.onnx", int8=Int8(labelled(tmp_path / "lines", TEXTS)))


def test_lines_without_labels_are_refused(model: Path, tmp_path: Path) -> None:
    lines = [replace(sample, text=None) for sample in labelled(tmp_path / "lines", TEXTS * 6)]

    with pytest.raises(DataError, match=r"000\.png has no label"):
        export_model(model, tmp_path / "bars.onnx", int8=Int8(lines))


def test_images_that_cannot_be_opened_are_left_out_and_counted(model: Path, tmp_path: Path) -> None:
    lines = labelled(tmp_path / "lines", TEXTS * 6)
    (tmp_path / "lines" / "007.png").write_bytes(b"no picture")

    done = export_model(model, tmp_path / "bars.onnx", int8=Int8(lines), check=1)

    assert done.quantised is not None
    assert (done.quantised.bad, done.quantised.calibrating, done.quantised.measured.lines) == (1, 11, 24)


def test_an_export_is_not_exported_again(model: Path, tmp_path: Path) -> None:
    first = export_model(model, tmp_path / "bars.onnx", check=1).path

    with pytest.raises(ExportError, match=r"is an ONNX file already; give the model that it was made of"):
        export_model(first, tmp_path / "again.onnx")


def test_an_older_export_is_replaced(model: Path, tmp_path: Path) -> None:
    (tmp_path / "bars.onnx").write_bytes(b"\x08old")

    export_model(model, tmp_path / "bars.onnx", check=1)

    assert read(tmp_path / "bars.onnx", ["cab"]) == ["cab"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bars.safetensors", r"does not end in \.onnx, .*; say '.*bars\.onnx'"),
        ("folder.onnx", r"is a folder; say '.*folder\.onnx/model\.onnx'"),
        ("table.onnx", r"is there and is no ONNX file; remove it yourself, or give another name"),
    ],
)
def test_a_place_for_something_else_is_refused(model: Path, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "table.onnx").write_text("a\tb\n")

    with pytest.raises(ExportError, match=said):
        export_model(model, tmp_path / name)


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(model: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")

    with pytest.raises(ExportError, match="cannot be read: it is a pipe"):
        export_model(model, tmp_path / "pipe.onnx")


def test_a_folder_that_is_not_there_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no folder '.*missing' to write 'a\.onnx' into; make it"):
        export_model(model, tmp_path / "missing" / "a.onnx")


def test_nothing_compared_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="check is 0; it is at least 1"):
        export_model(model, tmp_path / "bars.onnx", check=0)


@pytest.mark.parametrize("int8", [False, True], ids=["float", "int8"])
def test_a_recognizer_reads_with_an_export_as_with_the_model(model: Path, tmp_path: Path, int8: bool) -> None:
    lines = labelled(tmp_path / "lines", TEXTS * 6)
    export_model(model, tmp_path / "bars.onnx", int8=Int8(lines) if int8 else None, check=1)

    exported, own = OnnxModel.load(tmp_path / "bars.onnx"), Model.load(model)

    assert exported.parameters() == own.parameters()
    assert exported.pixels(3.0) == own.pixels(3.0)
    assert [line.text for line in Recognizer(exported).read(lines)] == TEXTS * 6


def test_lines_are_drawn_from_the_models_charset_where_none_are_given() -> None:
    try:
        samples = drawn_samples(Charset("few", ("", "a", "b", " ")))
    except FontError as error:
        pytest.skip(str(error))

    assert len(samples) == 600
    assert set("".join(sample.text or "" for sample in samples[:20])) <= {"a", "b", " "}


def test_a_charset_that_nothing_can_draw_asks_for_lines() -> None:
    with pytest.raises((FontError, DataError), match="no lines can be drawn to quantise by, so give labelled ones: "):
        drawn_samples(Charset("private", ("", "\ue123", "\ue124")))


def test_the_lines_calibrated_on_are_none_of_those_measured(tmp_path: Path) -> None:
    texts = ["".join(letters) for letters in itertools.product("abc", repeat=4)]

    lines = load_lines(labelled(tmp_path / "lines", texts), Preprocessing(height=4))

    calibrating, measured = ({line.text for line in part} for part in (lines.calibrating, lines.measured))
    assert (len(calibrating), len(measured)) == (27, 54)
    assert not calibrating & measured
    # Every third of the list would end in one letter.
    assert {text[-1] for text in calibrating} == set("abc")
