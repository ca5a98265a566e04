"""Making what ships: everything at once, or nothing where a model cannot ship."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from ocrkit_models.making import Wanted as AnyWanted
from ocrkit_models.making import main, make, write_card
from ocrkit_models.measuring import LineSet
from ocrkit_models.package import SOURCES

from ocrkit.data.image import Preprocessing
from ocrkit.errors import ModelError, OptionError, UnknownNameError
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions
from ocrkit.plugin.charset_expression import resolve_charset

ROOT = Path(__file__).resolve().parents[1]
FAST = SOURCES / "malayalam-fast.safetensors"
Wanted = partial(AnyWanted, check=1)  # all batches would take minutes


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree of the distribution, with a few of the drawn lines and without models."""
    (tmp_path / "src" / "ocrkit_models").mkdir(parents=True)
    for language in ("ml", "en"):
        folder, origin = tmp_path / "tests" / "drawn" / language, ROOT / "tests" / "drawn" / language
        folder.mkdir(parents=True)
        rows = (origin / "labels.tsv").read_text("utf-8").splitlines(keepends=True)[:8]
        (folder / "labels.tsv").write_text("".join(rows), "utf-8")
        for row in rows:
            name = row.split("\t")[0]
            (folder / name).write_bytes((origin / name).read_bytes())
    return tmp_path


def test_all_that_ships_is_made_at_once(tree: Path) -> None:
    told = make(Wanted("malayalam-fast", FAST), root=tree)

    sources = tree / "src" / "ocrkit_models"
    assert [(figures["name"], figures["lines"]) for figures in told["sets"]] == [("drawn-ml", 8), ("drawn-en", 8)]
    assert told["half"] == {"lines": 16, "different": 0}
    assert json.loads((sources / "malayalam-fast.json").read_text("utf-8")) == told
    assert (sources / "malayalam-fast.md").read_text("utf-8").startswith("# malayalam-fast\n")
    assert (
        json.loads((tree / "tests" / "golden" / "malayalam-fast.json").read_text("utf-8"))["sha256"] == told["sha256"]
    )
    assert (sources / "malayalam-fast.safetensors").stat().st_size < 6_000_000


def test_a_model_is_cut_down_to_a_charset(tree: Path) -> None:
    told = make(Wanted("english", FAST, charset="english+ascii", most=4), root=tree)

    cut, whole = Model.load(tree / "src" / "ocrkit_models" / "english.safetensors"), Model.load(FAST)
    assert cut.charset.name == "english+ascii"
    assert cut.provenance["cut_from"] == {"charset": whole.charset.name, "labels": len(whole.charset)}
    assert cut.provenance["metrics"]["set"] == "drawn-en"
    assert cut.provenance["steps"] == whole.provenance["steps"]
    assert [figures["lines"] for figures in told["sets"]] == [4]


@pytest.fixture
def coarse(tmp_path: Path) -> Path:
    """A model that float16 spoils: what is added to all labels' weights changes no reading, and takes their digits."""
    model = Model.load(FAST)
    model.network.state_dict()["output.weight"].add_(512)
    model.save(tmp_path / "coarse.safetensors")
    return tmp_path / "coarse.safetensors"


def test_what_reads_otherwise_in_float16_is_refused(tree: Path, coarse: Path) -> None:
    with pytest.raises(
        ModelError, match=r"in float16 \d+ of 16 lines are read otherwise than in float32; expected 0\.1%"
    ):
        make(Wanted("malayalam-fast", coarse), root=tree)
    assert not list((tree / "src" / "ocrkit_models").iterdir())


def test_a_model_can_be_kept_in_float32(tree: Path) -> None:
    told = make(Wanted("malayalam-fast", FAST, full=True), root=tree)

    assert told["half"] is None
    assert (tree / "src" / "ocrkit_models" / "malayalam-fast.safetensors").stat().st_size > 7_000_000
    assert "float16" not in (tree / "src" / "ocrkit_models" / "malayalam-fast.md").read_text("utf-8")


def test_too_large_a_file_is_refused(tree: Path) -> None:
    with pytest.raises(ModelError, match=r"has \d,\d+,\d+ bytes; expected at most 1,000,000: train a smaller network"):
        make(Wanted("malayalam-fast", FAST, largest=1_000_000), root=tree)
    assert not list((tree / "src" / "ocrkit_models").iterdir())


@pytest.mark.parametrize(
    ("wanted", "error", "message"),
    [
        (Wanted("malayalm", FAST), UnknownNameError, "did you mean 'malayalam'"),
        (Wanted("english", FAST, charset="tamil"), OptionError, "has labels that the model was never trained for"),
        (
            Wanted("english", FAST, calibrate=("print",)),
            OptionError,
            "calibrate names 'print'; expected one of the sets",
        ),
        (Wanted("english", FAST, (LineSet("x", Path("gone")),)), Exception, "gone"),
    ],
)
def test_what_is_wrong_is_said(tree: Path, wanted: AnyWanted, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make(wanted, root=tree)


@pytest.mark.parametrize("given", [["x"], ["x="], ["=y"]])
def test_a_set_has_a_name_and_a_place(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["english", str(FAST), *given]) == 1
    assert "expected NAME=PLACE, such as print=scans/" in capsys.readouterr().err


def test_without_a_model_only_the_card_is_made_anew(tree: Path) -> None:
    make(Wanted("malayalam-fast", FAST, most=2), root=tree)
    card = tree / "src" / "ocrkit_models" / "malayalam-fast.md"
    made = card.read_text("utf-8")
    card.write_text("", "utf-8")

    assert write_card("malayalam-fast", root=tree) == card
    assert card.read_text("utf-8") == made


def test_confidences_are_learnt_from_the_sets_that_are_named(tree: Path) -> None:
    make(Wanted("malayalam-fast", FAST, calibrate=("drawn-ml", "drawn-en")), root=tree)

    sources = tree / "src" / "ocrkit_models"
    calibration = Model.load(sources / "malayalam-fast.safetensors").calibration
    assert calibration is not None
    assert (calibration.lines, calibration.data) == (16, "drawn-ml, drawn-en")
    assert "learnt from 16 lines of drawn-ml, drawn-en" in (sources / "malayalam-fast.md").read_text("utf-8")


def test_a_network_of_another_kind_is_made_too(tree: Path, tmp_path: Path) -> None:
    parts = Architecture(
        options={"channels": [8, 16], "pools": ["2x2", "2x1"]},
        head=HeadOptions(name="mixer", options={"size": 32}),
        preprocessing=Preprocessing(height=16, contrast="stretch"),
    )
    mixture = {"synthetic": {"parts": [{"share": 0.7, "text": "a.txt"}, {"share": 0.3, "families": ["Meera"]}]}}
    model = Model.build(resolve_charset("malayalam+english+ascii"), parts)
    model.provenance = {"config": mixture, "base": {"name": "malayalam", "sha256": "0" * 64}}
    model.save(tmp_path / "other.safetensors")

    make(Wanted("malayalam-fast", tmp_path / "other.safetensors", most=2), root=tree)

    card = (tree / "src" / "ocrkit_models" / "malayalam-fast.md").read_text("utf-8")
    assert "contrast stretch" in card
    assert "name mixer" in card
    assert "parts (share 0.7, text a.txt) (families Meera, share 0.3)" in card
    assert f"name malayalam, sha256 {'0' * 64}" in card
