"""Reading with an ONNX file: as with any model, without torch, and what is wrong with a file is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from correctors import Told
from onnx import TensorProto, helper
from tiny_onnx import CHARSET, RECORD, description, fields, graph, line, write

from ocrkit.checkpoint import read_metadata, read_shapes
from ocrkit.ctc import Lexicon
from ocrkit.errors import CheckpointError, EmissionsError, MissingFileError, OptionError
from ocrkit.model import Model
from ocrkit.onnx_file import is_onnx
from ocrkit.onnx_model import OnnxModel
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer
from ocrkit.text.calibration import Calibration

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "a-b-bb-a"
WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from tiny_onnx import line
from ocrkit.onnx_model import OnnxModel
from ocrkit.recognition import Recognizer
print(*(reading.text for reading in Recognizer(OnnxModel.load(sys.argv[1])).read([line("a-b"), line("b-a-a")])))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "stripes.onnx")


def reader(path: Path, **options: object) -> Recognizer:
    return Recognizer(OnnxModel.load(path), **options)  # type: ignore[arg-type]  # what the test says


def read(path: Path, *texts: str, **options: object) -> list[str]:
    return [reading.text for reading in reader(path, **options).read([line(text) for text in texts])]


def test_lines_are_read(file: Path) -> None:
    assert read(file, TEXT, "b", "-") == ["abba", "b", ""]


def test_it_needs_no_torch_and_says_nothing(file: Path, request: pytest.FixtureRequest) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_TORCH, file],
        capture_output=True, text=True, check=False, cwd=request.config.rootpath / "tests",
    )  # fmt: skip

    assert (run.stdout, run.stderr) == ("ab baa\n", "")


def test_a_line_reads_alone_as_among_others(file: Path) -> None:
    texts = [("a-b-" * 30)[:length] for length in range(1, 90)]

    together = read(file, *texts)

    assert together == [text.replace("-", "") for text in texts]


def test_lines_that_are_batched_in_any_order_keep_their_rows(file: Path) -> None:
    samples = [line(text) for text in ("b", "a-" * 40, "", "b-" * 7, *["a"] * 20) if text]

    rows = list(reader(file).log_probs(_samples(samples)))

    assert [len(row) for row in rows] == [1, 80, 14, *[1] * 20]  # type: ignore[arg-type]  # all can be opened


def test_where_characters_stand_follows_the_record(tmp_path: Path) -> None:
    path = write(tmp_path / "m.onnx", offset=2.0, skip_frames=1)

    [reading] = reader(path).read([line("--a--")])

    assert [(each.left, each.right) for each in reading.characters] == [(14, 18)]  # 2 + (2 + 1) * 4, and 4 more


@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_every_decoder_takes_its_output(file: Path, decoder: str) -> None:
    assert read(file, TEXT, decoder=decoder) == ["abba"]


@pytest.mark.parametrize("decoder", ["lexicon", "text"])
def test_a_lexicon_is_heeded(file: Path, decoder: str) -> None:
    options = DecoderOptions(lexicon=Lexicon.from_words(["abb", "ba"], CHARSET), separators=None)

    assert read(file, TEXT, decoder=decoder, options=options) == ["abb"]


def test_a_corrector_mends_what_is_read(file: Path) -> None:
    told = Told("bb", "b")

    assert read(file, TEXT, corrector=told) == ["aba"]
    assert told.asked[0].log_probs.shape == (len(TEXT), 3)


def test_its_calibration_is_heeded_and_kept(tmp_path: Path) -> None:
    plain = OnnxModel.load(write(tmp_path / "m.onnx"))
    calibration = Calibration(4.0, lines=9, error=0.0, error_before=0.1, data="lines", curve=())
    plain.calibration = calibration
    plain.save(tmp_path / "warm.onnx")

    warm = OnnxModel.load(tmp_path / "warm.onnx")

    assert warm.calibration == calibration
    assert warm.metadata["onnx"] == RECORD
    [cold_reading] = Recognizer(OnnxModel.load(tmp_path / "m.onnx")).read([line("a")])
    [warm_reading] = Recognizer(warm).read([line("a")])
    assert warm_reading.confidence < cold_reading.confidence


def test_saving_leaves_the_graph_as_it_is(file: Path, tmp_path: Path) -> None:
    OnnxModel.load(file).save(tmp_path / "again.onnx")

    assert onnx.load(tmp_path / "again.onnx").graph == onnx.load(file).graph
    onnx.checker.check_model(tmp_path / "again.onnx")


def test_what_a_later_version_says_of_the_graph_is_let_be(tmp_path: Path) -> None:
    model = OnnxModel.load(write(tmp_path / "m.onnx", newer={"and": "more"}))

    assert model.record.labels == 3


def test_a_file_is_known_by_what_is_in_it(file: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "stripes.bin"
    renamed.write_bytes(file.read_bytes())

    assert is_onnx(renamed)
    assert read_metadata(renamed) == read_metadata(file)


def test_no_part_of_a_file_is_taken_for_the_whole(file: Path, tmp_path: Path) -> None:
    data, part = file.read_bytes(), tmp_path / "part.onnx"

    for place in fields(data):
        part.write_bytes(data[:place])
        with pytest.raises(CheckpointError, match=r"part\.onnx: is not an ONNX file|an ONNX file, but not one of"):
            OnnxModel.load(part)


def test_bytes_that_are_changed_raise_nothing_else(file: Path, tmp_path: Path) -> None:
    data, rng, hurt = file.read_bytes(), np.random.default_rng(0), tmp_path / "hurt.onnx"

    for place in rng.integers(0, len(data), 300).tolist():
        hurt.write_bytes(data[:place] + bytes([data[place] ^ int(rng.integers(1, 256))]) + data[place + 1 :])
        with suppress(CheckpointError, EmissionsError):
            read(hurt, "a-b")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not an ONNX file"),
        (b"PK\x03\x04 a zip archive", "is not an ONNX file"),
        (b"\x08\x0a" + b"\x80" * 20, "is not an ONNX file"),
        (b"\x08\x0a" * 20_000, "is not an ONNX file: it has too many parts"),
        (b"\x08\x0a:\xff\xff\xff\xff\x7f", "is not an ONNX file, or truncated"),
        (b"\x08\x0a", "is not an ONNX file"),
    ],
)
def test_what_is_no_onnx_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)

    with pytest.raises(CheckpointError) as caught:
        OnnxModel.load(path)

    assert str(caught.value).startswith(f"{path}: {reason}")


def test_a_file_of_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(graph().SerializeToString())

    with pytest.raises(CheckpointError, match="an ONNX file, but not one of ocrkit's: it has no 'ocrkit' key"):
        OnnxModel.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file .*gone\.onnx"):
        OnnxModel.load(tmp_path / "gone.onnx")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "segmentation"}, "is a model that finds lines on pages; expected one that reads them"),
        ({"kind": "state"}, "holds a 'state', not a model"),
        ({"charset": {}}, "its metadata is damaged"),
        ({"architecture": []}, "its metadata is damaged: it has no table 'architecture'"),
        ({"calibration": {"temperature": -1}}, "its metadata is damaged: of its calibration"),
    ],
)
def test_a_description_that_is_none_of_a_reader_is_refused(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    path = write(tmp_path / "m.onnx", {**description(), **change})

    with pytest.raises(CheckpointError) as caught:
        OnnxModel.load(path)

    assert str(caught.value).startswith(f"{path}: {reason}")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stride": 0.0}, "stride is 0.0; expected px above 0"),
        ({"stride": float("nan")}, "stride is nan; expected px above 0"),
        ({"offset": float("inf")}, "offset is inf; expected px"),
        ({"stride": 1e308}, "stride is 1e+308; expected px above 0, 100,000 at most"),
        ({"skip_frames": -1}, "skip_frames is -1; expected 0 or more"),
        ({"skip_frames": 10**30}, "skip_frames is 1000000000000000000000000000000; expected 100,000 at most"),
        ({"labels": "three"}, "onnx: labels is 'three'"),
        ({"labels": 10**12}, "its graph has 1000000000000 labels, and its charset 3"),
        ({"height": 20_000}, "its graph takes lines 20000 px high, and images are made 8 px high"),
    ],
)
def test_a_record_that_contradicts_the_description_is_refused(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    path = write(tmp_path / "m.onnx", **change)

    with pytest.raises(CheckpointError) as caught:
        OnnxModel.load(path)

    assert reason in str(caught.value)
    assert str(caught.value).endswith("export it again")


def test_a_file_without_a_record_of_its_graph_is_refused(tmp_path: Path) -> None:
    path, network = tmp_path / "m.onnx", graph()
    network.metadata_props.add(key="ocrkit", value=json.dumps({**description(), "format": 1}))
    path.write_bytes(network.SerializeToString())

    with pytest.raises(CheckpointError, match="it has no table 'onnx'; export it again"):
        OnnxModel.load(path)


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        (graph(labels=4), "it gives ['batch', 'frames', 4], not 3 labels a frame"),
        (graph(height=16), "it takes images ['batch', 1, 16, 'width'], not lines 8 px high"),
        (
            helper.make_model(
                helper.make_graph(
                    [helper.make_node("Identity", ["x"], ["y"])],
                    "other",
                    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
                    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
                ),
                opset_imports=[helper.make_opsetid("", 20)],
                ir_version=10,
            ),
            "it takes x and gives y, not images, widths and lengths, log_probs",
        ),
    ],
)
def test_a_graph_that_contradicts_its_record_is_refused(tmp_path: Path, network: onnx.ModelProto, reason: str) -> None:
    path = write(tmp_path / "m.onnx", network=network)

    with pytest.raises(CheckpointError) as caught:
        reader(path)

    assert str(caught.value) == f"{path}: its graph is not what its record says: {reason}; export the model again"


@pytest.mark.parametrize("extra", [5, -9])
def test_lengths_that_the_frames_do_not_reach_are_refused(tmp_path: Path, extra: int) -> None:
    path = write(tmp_path / "m.onnx", network=graph(extra_frames=extra))

    with pytest.raises(CheckpointError, match="of its 3 frames"):
        read(path, "a-b")


def test_a_graph_that_onnxruntime_refuses_is_named_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    network = graph()
    network.graph.node[0].op_type = "NoSuchOperator"

    with pytest.raises(
        CheckpointError, match=r"m\.onnx: onnxruntime cannot open it: .*copy or export it again"
    ) as caught:
        reader(write(tmp_path / "m.onnx", network=network))

    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_graph_that_fails_as_it_runs_is_told_in_a_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    network = graph()
    network.graph.initializer.add().CopyFrom(onnx.numpy_helper.from_array(np.array([7, 1, 7]), "wrong"))
    network.graph.node[1].CopyFrom(helper.make_node("Reshape", ["pooled", "wrong"], ["columns"]))

    with pytest.raises(CheckpointError, match=r"m\.onnx: onnxruntime cannot compute it: ") as caught:
        read(write(tmp_path / "m.onnx", network=network), "a-b")

    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_name_that_onnxruntime_cannot_open_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / os.fsdecode(b"m\xff.onnx"))

    with pytest.raises(CheckpointError, match="opens no file whose name is not UTF-8; rename it"):
        OnnxModel.load(path).forward_pass()


@pytest.mark.parametrize("location", ["../outside", "/etc/passwd", "missing"])
def test_weights_outside_of_the_folder_are_not_opened(tmp_path: Path, location: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "outside").write_bytes(np.array([[0, 20, 40]], np.float32).tobytes())
    network = graph()
    slopes = network.graph.initializer[0]
    slopes.ClearField("raw_data")
    slopes.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": "12"}.items():
        slopes.external_data.add(key=key, value=value)
    path = write(folder / "m.onnx", network=network)

    with pytest.raises(CheckpointError, match="onnxruntime cannot open it"):
        reader(path)


def test_bfloat16_is_refused_with_the_way_out(file: Path) -> None:
    with pytest.raises(OptionError, match="computes this model in float32; take auto or float32"):
        reader(file, precision="bfloat16")


def test_a_precision_that_is_none_is_refused(file: Path) -> None:
    with pytest.raises(OptionError, match="no precision 'flaot32'; did you mean 'float32'"):
        reader(file, precision="flaot32")


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        ("cuda", "device 'cuda' is not there: this onnxruntime computes on the CPU alone"),
        ("cuda:1", "device 'cuda:1' is not there"),
        ("cuda:x", "no device 'cuda:x' for an ONNX file; expected auto, cpu, cuda or cuda:N"),
        ("mps", "no device 'mps'"),
    ],
)
def test_a_device_that_is_not_there_is_refused(file: Path, device: str, reason: str) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime knows CUDA")

    with pytest.raises(OptionError) as caught:
        reader(file, device=device)

    assert str(caught.value).startswith(reason)


def test_it_says_where_and_in_what_it_computes(file: Path) -> None:
    forward = OnnxModel.load(file).forward_pass(threads=1)

    assert (forward.device, forward.precision()) == ("cpu", "float32 by onnxruntime")


@pytest.mark.parametrize("taken", [Model.load, read_shapes])
def test_nothing_takes_it_for_weights_to_go_on_from(file: Path, taken: object) -> None:
    with pytest.raises(CheckpointError, match="is an ONNX file, which is for reading alone; take the safetensors file"):
        taken(file)  # type: ignore[operator]  # either function


def _samples(images: list[object]) -> object:
    from ocrkit.data.given import as_samples

    return as_samples(images)  # type: ignore[arg-type]  # arrays
