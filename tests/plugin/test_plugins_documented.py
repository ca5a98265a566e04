"""``docs/plugins.md`` cannot rot: it names every hook, field and check, and its examples work."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import bars
import pytest

from ocrkit.plugin import corrector_specs, engine_specs, hookspec, page_specs, specs, testing
from ocrkit.plugin.offers import KINDS, Kind
from ocrkit.plugin.registry import Registry
from ocrkit.plugin.testing import check_offer
from ocrkit.text.charset import Charset
from ocrkit.text.scripts import Script

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "plugins.md").read_text("utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in TEXT.split("\n## ")[1:]}
RECORDS = {
    "ocrkit_backbones": (specs.BackboneSpec,),
    "ocrkit_heads": (specs.HeadSpec,),
    "ocrkit_decoders": (specs.DecoderSpec, specs.DecoderOptions),
    "ocrkit_sources": (specs.SourceSpec, specs.SourceOptions),
    "ocrkit_augmentations": (specs.AugmentationSpec,),
    "ocrkit_renderers": (specs.RendererSpec,),
    "ocrkit_segmenters": (page_specs.SegmenterSpec,),
    "ocrkit_page_renderers": (page_specs.PageRendererSpec,),
    "ocrkit_correctors": (corrector_specs.CorrectorSpec, corrector_specs.LineReading),
    "ocrkit_engines": (engine_specs.EngineSpec, engine_specs.PageTask, engine_specs.Outcome),
    "ocrkit_scripts": (Script,),
    "ocrkit_models": (specs.ModelSpec,),
    "ocrkit_commands": (specs.CommandSpec,),
}
HOOKS = sorted(name for name in vars(hookspec) if name.startswith("ocrkit_"))


def section(hook: str) -> str:
    (found,) = (part for title, part in SECTIONS.items() if title.startswith(f"`{hook}`"))
    return found


def example(hook: str) -> str:
    (code,) = re.findall(r"```python\n(.*?)```", section(hook), flags=re.DOTALL)
    return code


def test_every_hook_is_a_kind_of_the_registry() -> None:
    assert sorted(kind.hook for kind in KINDS) == HOOKS


@pytest.mark.parametrize(
    ("hook", "field"),
    [(hook, field.name) for hook, types in RECORDS.items() for record in types for field in fields(record)],
)
def test_every_field_stands_in_its_hooks_table(hook: str, field: str) -> None:
    assert f"\n| `{field}` |" in section(hook)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_every_hook_keeps_its_contract(
    kind: Kind[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"documented_{kind.hook}"
    (tmp_path / f"{name}.py").write_text(example(kind.hook), encoding="utf-8")
    bars.reader(Charset("runes", ("", "ᚠ"), languages=("non",))).save(tmp_path / "runes.safetensors")
    (tmp_path / "runes.md").write_text("# runes\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = Registry()
    registry.register(import_module(name), trusted=True)

    offers = registry.offers(kind)

    assert offers
    for offer in offers:
        check_offer(offer)


@pytest.mark.parametrize(
    "name", [name for name in testing.__all__ if name.startswith("check_") and name != "check_offer"]
)
def test_every_check_is_described(name: str) -> None:
    assert f"\n| `{name}(" in SECTIONS["Checking it"]
