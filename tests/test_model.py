from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit import BackboneSpec, HeadSpec, hookimpl
from ocrkit.checkpoint import read_checkpoint, write_checkpoint
from ocrkit.data.image import Preprocessing
from ocrkit.errors import (
    CheckpointError,
    ConfigError,
    ModelError,
    OcrkitError,
    OptionError,
    PluginError,
    UnknownNameError,
)
from ocrkit.model import Architecture, Model, check_charset_fits
from ocrkit.nets.heads import Blstms
from ocrkit.nets.options import BlstmOptions, HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

BuildModel = Callable[..., Model]
Tamper = Callable[[dict[str, object]], object]


class Measuring:
    """A plugin whose backbone reads a tensor while it is built, which one without memory cannot."""

    @hookimpl
    def ocrkit_backbones(self) -> list[BackboneSpec]:
        return [BackboneSpec("measured", "Reads a tensor.", 32, VggOptions, self.build)]

    def build(self, options: VggOptions) -> Vgg:
        assert float(torch.ones(2).sum()) == 2
        return Vgg(options)


@dataclass(frozen=True)
class LeanOptions:
    size: int = 4
    spare: int | None = None


class Lean:
    """A plugin with a head that has options of its own, and no dropout."""

    @hookimpl
    def ocrkit_heads(self) -> list[HeadSpec]:
        return [HeadSpec("lean", "One LSTM.", LeanOptions, self.build)]

    def build(self, features: int, options: LeanOptions) -> Blstms:
        return Blstms(features, BlstmOptions((LstmLayer(options.size),)))


@pytest.fixture
def with_lean() -> Registry:
    registry = load_registry("none")
    registry.register(Lean(), distribution="ocrkit-lean", version="0.3")
    return registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry("none")


@pytest.fixture
def build(registry: Registry) -> BuildModel:
    """Build a small model for the charset with these letters."""

    def make(letters: str = "abc", **changes: object) -> Model:
        torch.manual_seed(3)
        parts: dict[str, object] = {
            "options": {"channels": [4, 8], "pools": ["2x2", "2x1"]},
            "head": HeadOptions((LstmLayer(6),), dropout=0.25, skip_frames=1),
            "preprocessing": Preprocessing(height=16, width=200),
        }
        return Model.build(Charset("letters", ("", *letters)), Architecture(**{**parts, **changes}), registry=registry)  # type: ignore[arg-type]

    return make


@pytest.fixture
def saved(build: BuildModel, tmp_path: Path) -> Path:
    """A small model in a file."""
    build().save(tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


@pytest.fixture
def tampered(saved: Path) -> Callable[[Tamper], Path]:
    """Write the saved model's file anew, with its metadata changed."""

    def change(tamper: Tamper) -> Path:
        checkpoint = read_checkpoint(saved)
        metadata = dict(checkpoint.metadata)
        tamper(metadata)
        write_checkpoint(saved, checkpoint.tensors, metadata)
        return saved

    return change


def test_a_model_that_was_saved_and_loaded_gives_the_same_outputs(
    build: BuildModel, tmp_path: Path, registry: Registry
) -> None:
    model = build()
    model.provenance = {"seed": 3, "metrics": {"cer": 0.5}}
    model.network.eval()
    images, widths = torch.rand(2, 1, 16, 40), torch.tensor([40, 25])

    model.save(tmp_path / "model.safetensors")
    loaded = Model.load(tmp_path / "model.safetensors", registry=registry)

    with torch.inference_mode():
        expected, found = model.network(images, widths), loaded.network(images, widths)
    assert all(torch.equal(one, other) for one, other in zip(expected, found, strict=True))
    assert loaded.charset == model.charset
    assert loaded.architecture == model.architecture
    assert loaded.provenance == model.provenance
    assert loaded.plugins == model.plugins


def test_a_loaded_model_is_set_to_read_not_to_learn(saved: Path, registry: Registry) -> None:
    assert not Model.load(saved, registry=registry).network.training


def test_the_description_spells_out_every_option(build: BuildModel) -> None:
    options = build().architecture.options

    assert options["height"] == 16
    assert options["channels"] == [4, 8]
    assert options["kernels"] == [3]
    assert options["width_multiplier"] == 1.0


def test_the_frames_follow_the_pools_and_the_skipped_ones(build: BuildModel) -> None:
    # One pool halves 40 px to 20 frames, of which the first is skipped.
    assert build().frames(40) == 19


def test_the_number_of_weights_is_that_of_the_layers(build: BuildModel) -> None:
    convolutions = (1 * 9 * 4 + 2 * 4) + (4 * 9 * 8 + 2 * 8)  # with scale and shift of each batch norm
    recurrent = 2 * (4 * 6 * (8 * 4 + 6) + 2 * 4 * 6)  # 16 px are 4 rows after two pools
    output = 12 * 4 + 4

    assert build().parameters() == convolutions + recurrent + output


def test_an_unknown_backbone_offers_the_nearest(build: BuildModel) -> None:
    with pytest.raises(UnknownNameError, match="no backbone 'vg'; did you mean 'vgg'"):
        build(backbone="vg")


def test_an_unknown_option_of_a_backbone_offers_the_nearest(build: BuildModel) -> None:
    with pytest.raises(ConfigError, match="backbone vgg: no option 'chanels'; did you mean 'channels'"):
        build(options={"chanels": [4]})


def test_options_that_do_not_fit_together_name_the_backbone(build: BuildModel) -> None:
    with pytest.raises(OptionError, match="backbone vgg: pools has 6 entries for 1 convolutions"):
        build(options={"channels": [4]})


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (lambda m: m.update(kind="state"), "holds a 'state', not a model"),
        (lambda m: m.pop("kind"), "holds a None, not a model"),
        (lambda m: m.pop("charset"), "damaged: it has no table 'charset'"),
        (lambda m: m.update(charset=["a"]), "damaged: it has no table 'charset'"),
        (lambda m: m.update(provenance=3), "damaged: it has no table 'provenance'"),
        (lambda m: m["charset"].pop("symbols"), "metadata is damaged: .*symbols"),
        (lambda m: m["charset"].update(symbols=["a", "a", "c"]), "metadata is damaged: .*'a'"),
        (lambda m: m["charset"].update(symbols=["a", 5, "c"]), "metadata is damaged"),
        (lambda m: m["charset"].update(symbols=["a", "b"]), "output.* is .*; its description needs"),
        (lambda m: m["charset"].update(symbols=["a", "b", "c", "d"]), "output.* is .*; its description needs"),
        (lambda m: m["architecture"].update(backbon="vgg"), "no option 'backbon'"),
        (lambda m: m["architecture"]["options"].update(channels="four"), "channels is 'four'; expected a list"),
        (lambda m: m["architecture"]["options"].update(channels=[4, 9]), "is .*; its description needs"),
        (lambda m: m["architecture"]["options"].update(pools=["2x2"]), "pools has 1 entries for 2 convolutions"),
        (lambda m: m["architecture"]["head"].update(rnn=[]), "its tensors do not fit its description: it adds 8: rnn"),
        (lambda m: m["architecture"]["head"]["rnn"].append({"size": 6}), "description: it lacks 8: rnn.1"),
    ],
)
def test_a_description_that_was_tampered_with_is_refused(
    tampered: Callable[[Tamper], Path], registry: Registry, tamper: Tamper, message: str
) -> None:
    path = tampered(tamper)

    with pytest.raises(CheckpointError, match=f"^{path}: .*{message}"):
        Model.load(path, registry=registry)


HUGE = 10**9  # of anything, takes gigabytes


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (lambda m: m["architecture"]["options"].update(channels=[HUGE, 8]), "its description needs"),
        (lambda m: m["architecture"]["options"].update(channels=[HUGE, HUGE]), "network cannot be built: .*overflow"),
        (lambda m: m["architecture"]["options"].update(channels=[10**30, 8]), "network cannot be built: "),
        (lambda m: m["architecture"]["options"].update(channels=[8] * 2000), "channels has 2000 entries"),
        (lambda m: m["architecture"]["options"].update(dense=HUGE), "it lacks 2: backbone.dense"),
        (lambda m: m["architecture"]["head"].update(rnn=[{"size": HUGE}]), "cannot be built|its description needs"),
        (lambda m: m["architecture"]["head"].update(rnn=[{"size": 1}] * 2000), "rnn has 2000 entries"),
        (lambda m: m["architecture"].update(backbone="resnet", options={"blocks": [HUGE, 1, 1, 1]}), "blocks holds 1"),
        (lambda m: m["architecture"].update(backbone="resnet", options={"stem": [HUGE]}), "do not fit its description"),
    ],
)
def test_a_description_that_asks_for_gigabytes_is_refused_before_they_are_taken(
    tampered: Callable[[Tamper], Path], registry: Registry, tamper: Tamper, message: str
) -> None:
    path = tampered(tamper)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(CheckpointError, match=f"^{path}: .*({message})"):
        Model.load(path, registry=registry)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < 100_000  # KiB


def test_a_tensor_of_another_kind_is_named(saved: Path, registry: Registry) -> None:
    checkpoint = read_checkpoint(saved)
    tensors = {**checkpoint.tensors, "output.bias": checkpoint.tensors["output.bias"].astype(np.int32)}
    write_checkpoint(saved, tensors, checkpoint.metadata)

    with pytest.raises(CheckpointError, match=r"output.bias holds int32; its network needs torch.float32"):
        Model.load(saved, registry=registry)


def test_a_network_that_a_plugin_builds_from_real_values_loads(tmp_path: Path) -> None:
    registry = load_registry("none")
    registry.register(Measuring(), distribution="ocrkit-measuring")
    model = Model.build(Charset("letters", ("", "a")), Architecture("measured"), registry=registry)
    model.save(tmp_path / "m.safetensors")

    loaded = Model.load(tmp_path / "m.safetensors", registry=registry)

    assert torch.equal(loaded.network.output.weight, model.network.output.weight)


def test_loading_imports_no_compiler(saved: Path) -> None:
    code = (
        "import sys\nfrom ocrkit.model import Model\n"
        "Model.load(sys.argv[1])\nprint('torch._dynamo' in sys.modules or 'sympy' in sys.modules)\n"
    )

    ran = subprocess.run([sys.executable, "-c", code, saved], capture_output=True, text=True, check=False)

    assert (ran.stdout, ran.stderr) == ("False\n", "")


def test_a_missing_plugin_is_named_with_its_version(tampered: Callable[[Tamper], Path], registry: Registry) -> None:
    def of_a_stranger(metadata: dict[str, object]) -> None:
        metadata["plugins"] = {"ocrkit-swin": "0.3"}
        metadata["architecture"]["backbone"] = "swin"  # type: ignore[index]

    path = tampered(of_a_stranger)

    with pytest.raises(PluginError, match=r"needs the plugins ocrkit-swin 0.3: no backbone 'swin'"):
        Model.load(path, registry=registry)


def test_a_model_with_a_plugins_head_is_saved_and_loaded(
    build: BuildModel, with_lean: Registry, tmp_path: Path
) -> None:
    parts = Architecture("vgg", {"channels": [4], "pools": ["2x2"]}, HeadOptions(name="lean", options={"size": 3}))
    model = Model.build(Charset("letters", ("", *"abc")), parts, registry=with_lean)

    model.save(tmp_path / "model.safetensors")
    loaded = Model.load(tmp_path / "model.safetensors", registry=with_lean)

    assert model.network.output.in_features == 2 * 3
    assert loaded.architecture.head == HeadOptions(name="lean", options={"size": 3})
    assert loaded.plugins.keys() == {"ocrkit", "ocrkit-lean"}
    with pytest.raises(PluginError, match=r"needs the plugins ocrkit .*, ocrkit-lean 0.3: no head 'lean'"):
        Model.load(tmp_path / "model.safetensors", registry=load_registry("none"))


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (HeadOptions(name="lean", options={"sise": 3}), "head lean: no option 'sise'; did you mean 'size'"),
        (HeadOptions((LstmLayer(3),), name="lean"), "head lean: no option 'rnn'"),
        (HeadOptions(dropout=0.1, name="lean"), "head.dropout is 0.1, and head lean drops nothing; expected 0"),
        (HeadOptions(name="leen"), "no head 'leen'; did you mean 'lean'"),
    ],
)
def test_a_head_that_cannot_be_built_as_asked_is_refused(with_lean: Registry, head: HeadOptions, message: str) -> None:
    with pytest.raises(OcrkitError, match=message):
        Model.build(Charset("letters", ("", "a")), Architecture(head=head), registry=with_lean)


def test_the_description_spells_out_the_lstms_of_the_head_where_they_always_stood(build: BuildModel) -> None:
    described = build(head=HeadOptions()).description()["architecture"]

    layer = {"size": 256, "merge": "concat"}
    assert described["head"] == {"name": "blstm", "options": {}, "rnn": [layer, layer], "skip_frames": 0}  # type: ignore[index]


def test_lstms_among_the_options_of_the_head_are_the_same(build: BuildModel) -> None:
    options = {"rnn": [{"size": 6, "merge": "sum"}]}

    assert build(head=HeadOptions(options=options)).architecture.head == HeadOptions((LstmLayer(6, "sum"),))


def test_a_file_from_before_heads_had_names_is_read(tampered: Callable[[Tamper], Path], registry: Registry) -> None:
    def without_a_name(metadata: dict[str, object]) -> None:
        head = metadata["architecture"]["head"]  # type: ignore[index]
        del head["name"], head["options"]

    model = Model.load(tampered(without_a_name), registry=registry)

    assert model.architecture.head == HeadOptions((LstmLayer(6),), dropout=0.25, skip_frames=1)


def test_tensors_that_are_missing_are_named(saved: Path, registry: Registry) -> None:
    checkpoint = read_checkpoint(saved)
    tensors = {name: tensor for name, tensor in checkpoint.tensors.items() if name != "output.bias"}
    write_checkpoint(saved, tensors, checkpoint.metadata)

    with pytest.raises(CheckpointError, match=r"its tensors do not fit its description: it lacks 1: output.bias"):
        Model.load(saved, registry=registry)


def test_for_another_charset_shared_symbols_keep_their_weights(build: BuildModel, registry: Registry) -> None:
    model = build("abc")
    with torch.no_grad():  # fresh, all of the bias is 0
        model.network.output.bias.copy_(torch.arange(4.0))

    other = model.with_charset(Charset("other", ("", "c", "x", "a")), registry=registry)

    for layer in ("weight", "bias"):
        old = getattr(model.network.output, layer).detach().numpy()
        new = getattr(other.network.output, layer).detach().numpy()
        np.testing.assert_array_equal(new[[0, 1, 3]], old[[0, 3, 1]])
    assert other.network.output.weight.shape == (4, 12)


def test_for_another_charset_all_else_stays(build: BuildModel, registry: Registry) -> None:
    model = build("abc")

    other = model.with_charset(Charset("other", ("", "x")), registry=registry)

    before, after = model.network.state_dict(), other.network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before if not name.startswith("output."))
    assert other.architecture == model.architecture


def test_a_charset_of_the_same_symbols_fits(build: BuildModel) -> None:
    check_charset_fits(build("abc"), Charset("another name", ("", "a", "b", "c")))


def test_a_charset_of_other_symbols_does_not_fit(build: BuildModel) -> None:
    with pytest.raises(
        ModelError, match=r"1 symbols are new \(x\), 2 would be lost \(bc\); `resize='union'` keeps the model's"
    ):
        check_charset_fits(build("abc"), Charset("other", ("", "a", "x")))


def test_what_is_not_lost_is_not_spoken_of_and_of_many_symbols_some_are_shown(build: BuildModel) -> None:
    with pytest.raises(ModelError, match=r"'more': 12 symbols are new \(bcdefghijk …\); `resize"):
        check_charset_fits(build("a"), Charset("more", ("", *"abcdefghijklm")))


def test_labels_that_stand_in_another_order_do_not_fit(build: BuildModel) -> None:
    old = Model.build(Charset("old", ("", "א", "ב"), direction="rtl", order="logical"), build("ab").architecture)
    visual = Charset("hebrew", ("", "א", "ב"), direction="rtl")

    with pytest.raises(ModelError, match=r"labels stand in the order of the text .* those of charset 'hebrew' as on"):
        check_charset_fits(old, visual)
    check_charset_fits(old, Charset("hebrew", ("", "א", "ב"), direction="rtl", order="logical"))


def test_symbols_in_another_order_do_not_fit(build: BuildModel) -> None:
    with pytest.raises(ModelError, match="in another order"):
        check_charset_fits(build("abc"), Charset("other", ("", "b", "a", "c")))
