from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING

import pytest
import torch
from PIL import Image
from watching import Watching, log_of

from ocrkit.checkpoint import read_metadata
from ocrkit.config import from_table, merge, read_toml
from ocrkit.errors import DataError, ModelError, OcrkitError, OptionError
from ocrkit.model import Model
from ocrkit.training import Outcome, RunConfig, resume, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]
    DrawLines = Callable[..., Path]

ONE_EPOCH = {"epochs": 1}


def test_a_run_leaves_all_that_it_should(finished: Outcome) -> None:
    found = {str(path.relative_to(finished.folder)) for path in finished.folder.rglob("*") if path.is_file()}

    pictures = {"samples.png", "metrics.png"}
    models = {"model.safetensors", "last.safetensors", "state/latest.safetensors"}
    assert found == {"config.toml", "log.jsonl", *models, *pictures}
    for name in pictures:
        with Image.open(finished.folder / name) as picture:
            assert min(picture.size) > 100


def test_the_outcome_says_how_the_run_ended(finished: Outcome) -> None:
    assert (finished.reason, finished.epochs, finished.steps) == ("epochs", 2, 8)
    assert finished.model == finished.folder / "model.safetensors"
    assert finished.best is not None
    assert finished.best.cer is not None
    assert finished.best.cer >= 0


def test_the_configuration_that_is_left_spells_out_every_option(finished: Outcome, make_config: MakeConfig) -> None:
    config = from_table(RunConfig, read_toml(finished.folder / "config.toml"))

    assert config.backbone.options["kernels"] == [3]
    assert config.backbone.options["height"] == 16
    assert config.training == make_config(training={"epochs": 2}).training


def test_the_log_tells_the_run_from_start_to_end(finished: Outcome) -> None:
    log = log_of(finished.folder)

    assert [entry["event"] for entry in log] == ["start", "epoch", "epoch", "end"]
    assert (log[0]["training"], log[0]["validation"]) == (32, 8)
    assert [entry["epoch"] for entry in log[1:3]] == [0, 1]
    assert log[-1]["reason"] == "epochs"


def test_the_model_says_how_it_was_trained(finished: Outcome) -> None:
    provenance = read_metadata(finished.model)["provenance"]

    assert isinstance(provenance, dict)
    assert finished.best is not None
    assert provenance["config"]["training"]["seed"] == 5
    assert provenance["steps"] == finished.best.step
    assert provenance["metrics"]["cer"] == finished.best.cer
    assert len(provenance["data"]) == 64
    assert provenance["device"].startswith("cpu (")
    assert provenance["versions"].keys() == {"python", "ocrkit", "torch", "numpy", "pillow"}


def test_a_model_says_nothing_of_the_folders_where_it_was_trained(
    finished: Outcome, lines_folder: Path, tmp_path: Path, registry: Registry
) -> None:
    charset = tmp_path / "mine.toml"
    charset.write_text('name = "mine"\nscript = "Latn"\nlanguages = ["en"]\n[[group]]\ntext = "abcd"\n', "utf-8")
    table = {
        "charset": str(charset),
        "load": str(finished.model),
        "data": {"training": [str(lines_folder), f"{lines_folder}/labels.tsv"], "evaluation": [str(lines_folder)]},
        "training": {"epochs": 1, "workers": 0, "device": "cpu"},
    }

    outcome = train(from_table(RunConfig, table), output=tmp_path / "run", registry=registry)
    broken = train(
        from_table(RunConfig, merge(table, {"training": {"epochs": 2}})),
        output=tmp_path / "broken",
        observer=Watching(stop_after=2),
        registry=registry,
    )
    spelled = hashlib.sha256(charset.read_bytes()).hexdigest()
    charset.unlink()
    resumed = resume(broken.folder, registry=registry)

    for model in (outcome.model, resumed.model, broken.folder / "state" / "latest.safetensors"):
        assert "/" not in json.dumps(read_metadata(model))
    provenance = read_metadata(outcome.model)["provenance"]
    assert isinstance(provenance, dict)
    assert provenance["config"]["data"]["training"] == [lines_folder.name, "labels.tsv"]
    assert provenance["config"]["charset"] == "mine.toml"
    base = hashlib.sha256(finished.model.read_bytes()).hexdigest()
    assert provenance["config"]["load"] == finished.folder.name
    for model in (outcome.model, resumed.model):
        provenance = read_metadata(model)["provenance"]
        assert isinstance(provenance, dict)
        assert provenance["base"] == {"name": finished.folder.name, "sha256": base}
        assert provenance["files"] == [{"name": "mine.toml", "sha256": spelled}]


def test_training_learns_to_read_lines_that_it_has_not_seen(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(
        training={"epochs": 30, "lrate": 0.02, "batch_size": 4, "quit": "fixed"},
        head={"dropout": 0.0},
        augmentation={"slant": 0.0},
    )

    outcome = train(config, output=tmp_path, registry=registry)

    assert outcome.best is not None
    assert outcome.best.exact == 1.0
    assert log_of(tmp_path)[-2]["validation_loss"] == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("cache", [0, 4096], ids=["loaded again in each epoch", "kept"])
def test_workers_and_memory_change_nothing_but_the_time(
    make_config: MakeConfig, finished: Outcome, tmp_path: Path, registry: Registry, cache: int
) -> None:
    config = make_config(training={"epochs": 2, "workers": 2}, data={"cache": cache})

    outcome = train(config, output=tmp_path, registry=registry)

    one, other = (Model.load(run.model, registry=registry).network.state_dict() for run in (finished, outcome))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_progress_is_told_step_by_step(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    watching = Watching()

    train(make_config(training=ONE_EPOCH), output=tmp_path, observer=watching, registry=registry)

    assert [report.step for report in watching.steps] == [1, 2, 3, 4]
    assert {report.steps for report in watching.steps} == {4}
    assert [report.lines for report in watching.steps] == [8, 8, 8, 8]
    assert watching.stages == [("reading training labels", 32, 32), ("reading validation labels", 8, 8)]
    assert len(watching.epochs) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"backbone": {"name": "vg"}}, "no backbone 'vg'; did you mean 'vgg'"),
        ({"backbone": {"options": {"chanels": [1]}}}, "no option 'chanels'; did you mean 'channels'"),
        ({"charset": "malyalam"}, "no charset 'malyalam'; did you mean 'malayalam'"),
        ({"charset": "malayalam"}, "cannot spell 32 of 32 labels; it lacks"),
        ({"data": {"training": ["nowhere"]}}, "no file or folder 'nowhere'"),
        ({"data": {"format": "label"}}, "no source 'label'; did you mean 'labels'"),
        ({"augmentation": {"blurr": 0.5}}, "no augmentation 'blurr'; did you mean 'blur'"),
        ({"training": {"device": "gpu"}}, "no device 'gpu'"),
        ({"training": {"precision": "float16"}}, "'float16' needs a CUDA device"),
        ({"load": "nowhere.safetensors"}, "no model file 'nowhere.safetensors'"),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_written(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(OcrkitError) as caught:
        train(make_config(**changes), output=tmp_path / "run", registry=registry)

    assert message in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_too_many_bad_images_stop_a_run_before_anything_is_written(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path, registry: Registry
) -> None:
    folder = draw_lines(20)
    (folder / "003.png").write_text("no picture")
    config = make_config(data={"training": [str(folder)], "evaluation": [str(folder)]})

    with pytest.raises(DataError, match=r"2 of 40 lines are bad, more than `data.max_bad=0.01` allows: .*003.png: "):
        train(config, output=tmp_path / "run", registry=registry)

    assert not (tmp_path / "run").exists()


def test_bad_images_that_are_few_enough_are_named_and_left_out(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path, registry: Registry
) -> None:
    folder = draw_lines(20)
    (folder / "003.png").write_text("no picture")
    config = make_config(
        data={"training": [str(folder)], "evaluation": [str(folder)], "max_bad": 0.05}, training=ONE_EPOCH
    )
    watching = Watching()

    train(config, output=tmp_path / "run", observer=watching, registry=registry)

    log = log_of(tmp_path / "run")
    assert [entry["name"] for entry in log if entry["event"] == "left out"] == [str(folder / "003.png")] * 2
    assert (log[0]["training"], log[0]["validation"]) == (19, 19)
    assert any(note.startswith(f"left out {folder / '003.png'}: ") for note in watching.notes)


def test_labels_that_cannot_be_spelled_can_be_left_out_with_a_note(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    (tmp_path / "abc.toml").write_text(
        'name = "abc"\nscript = "Latn"\nlanguages = ["en"]\n[[group]]\nname = "letters"\ntext = "abc"\n', "utf-8"
    )
    config = make_config(charset=str(tmp_path / "abc.toml"), data={"unencodable": "skip"}, training=ONE_EPOCH)
    watching = Watching()

    train(config, output=tmp_path / "run", observer=watching, registry=registry)

    assert watching.notes[0].startswith("left out ")
    assert watching.notes[0].endswith(" of 32 training lines, which need characters like d")


def test_validation_labels_that_no_frame_can_spell_do_not_spoil_the_loss(
    make_config: MakeConfig, draw_lines: DrawLines, tmp_path: Path, registry: Registry
) -> None:
    folder = draw_lines(6)
    for name, width in (("short.png", 40), ("narrow.png", 1)):
        Image.new("L", (width, 16), 255).save(folder / name)
    with (folder / "labels.tsv").open("a") as file:
        file.write(f"short.png\t{'ab' * 50}\nnarrow.png\ta\n")
    config = make_config(data={"evaluation": [str(folder)]}, training=ONE_EPOCH)

    outcome = train(config, output=tmp_path / "run", registry=registry)

    assert outcome.best is not None
    assert outcome.best.validation_loss is not None
    assert 0 < outcome.best.validation_loss < 20
    assert log_of(tmp_path / "run")[0]["validation"] == 8


def test_without_validation_lines_the_last_model_is_kept(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(data={"validation_fraction": 0}, training={"epochs": 2})

    outcome = train(config, output=tmp_path, registry=registry)

    assert outcome.best is not None
    assert (outcome.best.epoch, outcome.best.cer) == (1, None)
    assert Model.load(outcome.model, registry=registry).provenance["metrics"] == {}
    assert not (tmp_path / "samples.png").exists()
    assert (tmp_path / "metrics.png").exists()


def test_a_run_that_is_out_of_time_ends_with_a_judged_model(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    outcome = train(make_config(training={"minutes": 1e-9}), output=tmp_path, registry=registry)

    assert (outcome.reason, outcome.steps) == ("time", 1)
    assert outcome.best is not None
    assert outcome.best.cer is not None


def test_a_missing_matplotlib_is_said_once_and_stops_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    watching = Watching()

    outcome = train(make_config(training={"epochs": 2}), output=tmp_path, observer=watching, registry=registry)

    assert watching.notes == ["metrics.png is not drawn, since matplotlib is missing: pip install 'ocrkit[plot]'"]
    assert outcome.reason == "epochs"
    assert (tmp_path / "samples.png").exists()


def test_training_begins_with_the_weights_of_another_model(
    make_config: MakeConfig, finished: Outcome, tmp_path: Path, registry: Registry
) -> None:
    # At so low a rate nothing changes but the statistics of the batch norms.
    config = make_config(load=str(finished.folder), training={"epochs": 1, "lrate": 1e-20})

    outcome = train(config, output=tmp_path, registry=registry)

    before, after = (Model.load(run.model, registry=registry).network for run in (finished, outcome))
    assert torch.equal(before.output.weight, after.output.weight)


def test_a_loaded_models_charset_can_grow(
    make_config: MakeConfig, finished: Outcome, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(
        load=str(finished.model), charset="from-data+english-basic", resize="union", training=ONE_EPOCH
    )

    outcome = train(config, output=tmp_path, registry=registry)

    assert Model.load(outcome.model, registry=registry).charset.symbols[:5] == ("", *"abcd")
    assert from_table(RunConfig, read_toml(tmp_path / "config.toml")).backbone.options["channels"] == [8, 12]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"backbone": {"name": "resnet", "options": {}}}, "backbone.name"),
        ({"backbone": {"options": {"channels": [9, 12]}}}, "backbone.options.channels"),
        ({"backbone": {"options": {"pools": ["2x2", ""]}}}, "backbone.options.pools"),
        ({"head": {"rnn": [{"size": 13}]}}, "head.rnn"),
        ({"head": {"name": "ocrkit:blstm", "rnn": [{"size": 12}]}}, "head.name"),
        ({"backbone": {"options": {"channels": [9, 12], "dropout": [0.2]}}}, "backbone.options.channels"),
        ({"preprocessing": {"height": 20}}, "preprocessing.height"),
    ],
)
def test_a_loaded_models_network_cannot_be_another(
    make_config: MakeConfig,
    finished: Outcome,
    tmp_path: Path,
    registry: Registry,
    changes: dict[str, object],
    name: str,
) -> None:
    with pytest.raises(OptionError, match=f"^{name} is .*, and the weights of the .* are for .*; leave {name} out"):
        train(make_config(load=str(finished.folder), **changes), output=tmp_path / "run", registry=registry)


@pytest.mark.parametrize(
    ("changes", "backbone", "head"),
    [
        ({}, [0.1], 0.1),  # those of the loaded model
        ({"head": {"dropout": 0.5}}, [0.1], 0.5),
        ({"head": {"dropout": 0.0}, "backbone": {"options": {"dropout": [0.0]}}}, [0.0], 0.0),
        ({"backbone": {"options": {"dropout": [0.2, 0.3], "dense_dropout": 0.4}}}, [0.2, 0.3], 0.1),
    ],
)
def test_a_loaded_models_dropout_can_be_another(
    lines_folder: Path,
    finished: Outcome,
    tmp_path: Path,
    registry: Registry,
    changes: dict[str, object],
    backbone: list[float],
    head: float,
) -> None:
    table = {
        "load": str(finished.folder),
        "charset": "from-data",
        "data": {"training": [str(lines_folder)]},
        "training": {"epochs": 1, "lrate": 1e-20, "workers": 0, "device": "cpu"},
    }

    outcome = train(from_table(RunConfig, merge(table, changes)), output=tmp_path, registry=registry)

    before, after = (Model.load(run.model, registry=registry) for run in (finished, outcome))
    assert after.architecture.options["dropout"] == backbone
    assert after.architecture.head.dropout == head
    assert after.network.rnn.dropout == head
    assert torch.equal(before.network.output.weight, after.network.output.weight)


def test_a_rate_that_breaks_the_weights_ends_the_run_with_a_way_out(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(training={"lrate": 1e30, "batch_size": 1, "warmup": 0})

    with pytest.raises(ModelError, match=r"not finite in 20 steps in a row, from step 2 on, .* lower `training.lrate`"):
        train(config, output=tmp_path, registry=registry)


def test_a_model_that_gives_no_numbers_is_not_judged(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(training={"lrate": 1e30, "batch_size": 16, "warmup": 0})

    with pytest.raises(ModelError, match="the network gives no numbers any more"):
        train(config, output=tmp_path, registry=registry)
