"""Which model is taken, with a name and without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.errors import MissingFileError, UnknownNameError
from ocrkit.model_files import find_model, installed_models, models_folder, offered_models
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.registry import Registry
from ocrkit.plugin.specs import ModelSpec
from ocrkit.segmentation.net import SegmentationNet
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "model.safetensors"
MALAYALAM = Charset("malayalam", ("", "x", "y"))
OTHER = Charset("other", ("", "x", "y"))


pytestmark = pytest.mark.usefixtures("no_plugins")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an empty folder of installed models."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    models_folder().mkdir(parents=True)
    return tmp_path / "work"


def install(name: str, charset: Charset = bars.ABC) -> Path:
    path = models_folder() / f"{name}.safetensors"
    bars.reader(charset).save(path)
    return path


class Bringing:
    """A plugin that brings models."""

    def __init__(self, *specs: ModelSpec) -> None:
        self._specs = specs

    @hookimpl
    def ocrkit_models(self) -> tuple[ModelSpec, ...]:
        return self._specs


def brought(home: Path, *, by: str = "ocrkit-models", to: Registry | None = None, **models: Charset) -> Registry:
    """A registry in which a distribution brings models, each under the name of its keyword."""
    registry = to or Registry()
    (home / by).mkdir()
    specs = []
    for name, charset in models.items():
        path = home / by / f"{name}.safetensors"
        bars.reader(charset).save(path)
        specs.append(ModelSpec(name, "Reads.", path, ("en",), "Apache-2.0"))
    registry.register(Bringing(*specs), distribution=by, version="1.0")
    return registry


def run(folder: Path, name: str, *, age: float, charset: Charset = bars.ABC) -> Path:
    """A run's model that was written ``age`` seconds ago."""
    path = folder / "runs" / name / MODEL
    path.parent.mkdir(parents=True)
    bars.reader(charset).save(path)
    written = path.stat().st_mtime - age
    os.utime(path, (written, written))
    return path


def test_a_name_may_be_a_file(home: Path) -> None:
    bars.reader().save(home / "m.safetensors")

    found = find_model(str(home / "m.safetensors"))

    assert (found.path, found.why) == (home / "m.safetensors", "")


def test_a_name_may_be_the_folder_of_a_run(home: Path) -> None:
    path = run(home, "abc-1", age=0)

    assert find_model("runs/abc-1").path.resolve() == path


def test_a_name_may_be_that_of_an_installed_model() -> None:
    path = install("latin")

    assert installed_models() == {"latin": path}
    assert find_model("latin").path == path


def test_a_folder_without_a_model_says_so(home: Path) -> None:
    (home / "empty").mkdir()

    with pytest.raises(MissingFileError, match=r"the folder 'empty' holds no model\.safetensors or model\.onnx"):
        find_model("empty")


@pytest.mark.parametrize("name", ["gone.safetensors", "gone.onnx", "runs/gone"])
def test_a_path_that_leads_nowhere_is_a_missing_file(name: str) -> None:
    with pytest.raises(MissingFileError, match=f"no model file '{name}'"):
        find_model(name)


def test_an_unknown_name_names_the_nearest() -> None:
    install("latin")

    with pytest.raises(UnknownNameError, match="no model 'latn'; did you mean 'latin'"):
        find_model("latn")


def test_a_name_where_nothing_is_installed_says_where_it_looked() -> None:
    with pytest.raises(UnknownNameError, match="no model file or folder 'latin', and no model is installed in"):
        find_model("latin")


def test_a_folder_that_the_system_will_not_look_into_has_no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", f"/{'x' * 300}")  # refused to root too, as another user's home is to a service

    assert offered_models(Registry()) == ()


def test_without_a_name_the_newest_run_is_taken(home: Path) -> None:
    run(home, "abc-1", age=100)
    newest = run(home, "abc-2", age=10)
    run(home, "abc-3", age=50)
    install("latin")

    found = find_model(None)

    assert (found.path.resolve(), found.why) == (newest, "the newest run")


def test_a_charset_takes_the_newest_run_that_reads_it(home: Path) -> None:
    fitting = run(home, "abc-1", age=100)
    run(home, "other-1", age=10, charset=OTHER)

    found = find_model(None, charset="abc")

    assert (found.path.resolve(), found.why) == (fitting, "the newest run for charset 'abc'")


def test_a_charset_that_no_run_reads_takes_the_installed_model_that_does(home: Path) -> None:
    run(home, "other-1", age=10, charset=OTHER)
    fitting = install("latin")

    assert find_model(None, charset="abc").path == fitting


def test_a_charset_that_nothing_reads_takes_the_newest_run_and_says_so(home: Path) -> None:
    path = run(home, "other-1", age=10, charset=OTHER)

    found = find_model(None, charset="abc")

    assert found.path.resolve() == path
    assert found.why == "the newest run, though none is for charset 'abc'"


def test_without_runs_the_only_installed_model_is_taken() -> None:
    path = install("latin")

    found = find_model(None)

    assert (found.path, found.why) == (path, "the installed model 'latin'")


def test_of_several_installed_models_the_charset_chooses() -> None:
    fitting = install("latin")
    install("other", OTHER)

    assert find_model(None, charset="abc").path == fitting


def test_a_union_is_chosen_by_what_it_begins_with() -> None:
    union = install("both", bars.ABC + OTHER)
    install("other", OTHER)

    assert find_model(None, charset="abc").path == union


def test_several_that_would_do_are_listed() -> None:
    install("one")
    install("two")

    with pytest.raises(UnknownNameError, match="several models are installed: one, two; say which with `model`"):
        find_model(None)


def test_a_damaged_installed_model_is_no_choice_for_a_charset() -> None:
    fitting = install("latin")
    install("damaged").write_bytes(b"nothing")

    assert find_model(None, charset="abc").path == fitting


def test_no_model_at_all_says_where_they_come_from() -> None:
    with pytest.raises(MissingFileError, match="no model: there is no run below 'runs' and none is installed in"):
        find_model(None)


def test_a_distributions_model_is_found_by_its_name(home: Path) -> None:
    registry = brought(home, reader=bars.ABC)

    found = find_model("reader", registry=registry)

    assert (found.path, found.why, found.is_users) == (home / "ocrkit-models" / "reader.safetensors", "", False)


def test_of_the_models_of_a_distribution_the_first_that_reads_the_charset_is_taken(home: Path) -> None:
    registry = brought(home, other=OTHER, best=bars.ABC, fast=bars.ABC)

    found = find_model(None, charset="abc", registry=registry)

    assert (found.path.stem, found.why) == ("best", "the installed model 'best' of ocrkit-models 1.0")


def test_without_a_charset_a_model_for_malayalam_is_taken_before_others(home: Path) -> None:
    registry = brought(home, best=bars.ABC, malayalam=MALAYALAM)

    assert find_model(None, registry=registry).path.stem == "malayalam"


def test_without_a_charset_and_without_malayalam_the_first_is_taken(home: Path) -> None:
    registry = brought(home, best=OTHER, fast=OTHER)

    assert find_model(None, registry=registry).path.stem == "best"


@pytest.mark.parametrize("charset", [None, "abc"])
def test_a_model_of_the_users_own_comes_before_those_of_distributions(home: Path, charset: str | None) -> None:
    registry = brought(home, malayalam=MALAYALAM, best=bars.ABC)
    own = install("latin")

    found = find_model(None, charset=charset, registry=registry)

    assert (found.path, found.why, found.is_users) == (own, "the installed model 'latin'", True)


def test_a_run_comes_before_every_installed_model(home: Path) -> None:
    registry = brought(home, malayalam=MALAYALAM)
    newest = run(home, "abc-1", age=10)

    assert find_model(None, registry=registry).path.resolve() == newest


def test_a_charset_that_no_run_reads_takes_a_distributions_model_that_does(home: Path) -> None:
    run(home, "abc-1", age=10)
    registry = brought(home, malayalam=MALAYALAM)

    assert find_model(None, charset="malayalam", registry=registry).path.stem == "malayalam"


def test_a_charset_that_nothing_reads_is_said_with_what_is_installed(home: Path) -> None:
    registry = brought(home, best=OTHER, fast=OTHER)

    with pytest.raises(UnknownNameError, match="no model reads charset 'abc'; installed: best, fast; say which with"):
        find_model(None, charset="abc", registry=registry)


def test_a_name_that_two_give_is_an_error_that_says_how_to_choose(home: Path) -> None:
    registry = brought(home, by="ocrkit-more", to=brought(home, reader=bars.ABC), reader=OTHER)

    with pytest.raises(
        UnknownNameError, match=r"model 'reader' is given by ocrkit-models 1\.0 and by ocrkit-more 1\.0;"
    ):
        find_model("reader", registry=registry)
    assert find_model("ocrkit-more:reader", registry=registry).path.parent.name == "ocrkit-more"


def test_the_users_model_of_a_distributions_name_is_chosen_as_the_users(home: Path) -> None:
    registry, own = brought(home, reader=bars.ABC), install("reader")

    with pytest.raises(UnknownNameError, match="say 'ocrkit-models:reader' or 'user:reader'"):
        find_model("reader", registry=registry)
    assert find_model("user:reader", registry=registry).path == own
    assert list(installed_models(registry)) == ["user:reader", "ocrkit-models:reader"]


def test_an_unknown_name_names_the_nearest_that_a_distribution_brings(home: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no model 'raeder'; did you mean 'reader'.*'ocrkit models list' shows"):
        find_model("raeder", registry=brought(home, reader=bars.ABC))


def test_an_unknown_name_tells_of_a_plugin_that_failed(home: Path) -> None:
    class Failing:
        @hookimpl
        def ocrkit_models(self) -> tuple[ModelSpec, ...]:
            raise ValueError("no such luck")

    registry = brought(home, reader=bars.ABC)
    registry.register(Failing(), distribution="ocrkit-more", version="2.0")

    with pytest.raises(
        UnknownNameError, match=r"ocrkit-more 2\.0 is off \(at ocrkit_models\): ValueError: no such luck"
    ):
        find_model("writer", registry=registry)


def test_a_folder_of_lines_may_be_called_as_a_model_is(home: Path) -> None:
    (home / "english").mkdir()

    assert find_model("english", registry=brought(home, english=bars.ABC)).path.stem == "english"


def test_a_card_lies_beside_a_model_of_the_users_own() -> None:
    install("latin").with_suffix(".md").write_text("# latin\n", encoding="utf-8")
    install("other")

    cards = [offer.value.card for offer in offered_models()]

    assert cards == [models_folder() / "latin.md", None]


def segmenter(path: Path) -> Path:
    """The file of a model that finds lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    network = Labeller(LabellerOptions(channels=(4, 8), dilations=(1,)))
    SegmentationNet(network).save(path)
    return path


def test_a_model_that_finds_lines_is_never_taken_to_read_them(home: Path) -> None:
    segmenter(home / "runs/segmenter-1" / MODEL)
    segmenter(models_folder() / "finder.safetensors")
    reader = install("reader")

    assert find_model(None).path == reader
    assert find_model(None).why == "the installed model 'reader'"
    assert {offer.name: offer.value.task for offer in offered_models()} == {
        "finder": "segmentation",
        "reader": "recognition",
    }
    assert list(installed_models(task="segmentation")) == ["finder"]


def test_where_nothing_reads_there_is_no_model(home: Path) -> None:
    segmenter(home / "runs/segmenter-1" / MODEL)
    segmenter(models_folder() / "finder.safetensors")

    with pytest.raises(MissingFileError, match="no model"):
        find_model(None)


def test_a_model_that_finds_lines_is_found_by_its_name(home: Path) -> None:
    path = segmenter(models_folder() / "finder.safetensors")

    assert find_model("finder").path == path
