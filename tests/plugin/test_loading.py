"""Plugins found through their entry points, as installed distributions."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path

import pytest

import ocrkit
from ocrkit.errors import UnknownNameError
from ocrkit.plugin import builtin
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.loading import ENVIRONMENT
from ocrkit.plugin.offers import CORRECTOR, KINDS, MODEL
from ocrkit.plugin.registry import Registry, default_registry, load_registry

Distribute = Callable[..., Path]

GOOD = """
    @hookimpl
    def ocrkit_charsets():
        yield Charset("{name}", ("", "a", "b"))
"""
RAISES_HALFWAY = """
    @hookimpl
    def ocrkit_charsets():
        yield Charset("half", ("", "a", "b"))
        raise RuntimeError("no more")
"""
UNKNOWN_HOOK = """
    @hookimpl
    def ocrkit_charset():
        return ()
"""
WRONG_TYPE = """
    @hookimpl
    def ocrkit_charsets():
        yield {"name": "dict"}
"""


def charset_names(registry: Registry) -> set[str]:
    return {offer.name for offer in registry.charsets() if offer.distribution != "ocrkit"}


def test_an_installed_plugin_is_found_by_its_entry_point(distribute: Distribute) -> None:
    distribute("ocrkit-runes", GOOD.format(name="runes"), version="0.3")

    registry = load_registry("ocrkit-runes")

    (offer,) = (offer for offer in registry.charsets() if offer.name == "runes")
    assert (offer.distribution, offer.version) == ("ocrkit-runes", "0.3")
    assert registry.broken == ()


@pytest.mark.parametrize(
    ("body", "where", "reason"),
    [
        ("import kenlm_that_is_not_there", "import", "ModuleNotFoundError: No module named 'kenlm_that_is_not_there'"),
        ("raise SystemExit('no licence')", "import", "SystemExit: no licence"),
        ("def broken(:", "import", "SyntaxError"),
        (UNKNOWN_HOOK, "registration", "no hook ocrkit_charset;"),
        (RAISES_HALFWAY, "ocrkit_charsets", "RuntimeError: no more"),
        (WRONG_TYPE, "ocrkit_charsets", "yielded a dict; expected Charset records"),
    ],
)
def test_a_plugin_that_fails_is_set_aside_and_named(distribute: Distribute, body: str, where: str, reason: str) -> None:
    distribute("ocrkit-bad", body, version="0.2")
    distribute("ocrkit-runes", GOOD.format(name="runes"))

    registry = load_registry("ocrkit-bad,ocrkit-runes")
    names = charset_names(registry)

    (broken,) = registry.broken
    assert names == {"runes"}
    assert (str(broken.origin), broken.where) == ("ocrkit-bad 0.2", where)
    assert reason in broken.reason


def test_a_plugin_without_its_module_is_set_aside(distribute: Distribute) -> None:
    site = distribute("ocrkit-gone", GOOD.format(name="gone"))
    (site / "fake_ocrkit_gone.py").unlink()

    (broken,) = load_registry("ocrkit-gone").broken

    assert broken.reason == "ModuleNotFoundError: No module named 'fake_ocrkit_gone'"


def test_a_stranger_that_takes_a_built_in_name_makes_it_ambiguous(distribute: Distribute) -> None:
    distribute("ocrkit-rival", GOOD.format(name="malayalam"), version="0.2")
    registry = load_registry("ocrkit-rival")

    with pytest.raises(UnknownNameError, match=rf"ocrkit {ocrkit.__version__} and by ocrkit-rival 0\.2"):
        registry.charset("malayalam")
    assert len(registry.charset("ocrkit-rival:malayalam")) == 3
    assert len(registry.charset("ocrkit:malayalam")) > 100


def test_strangers_come_after_the_built_ins_in_order_of_their_names(distribute: Distribute) -> None:
    for name in ("ocrkit-b", "Ocrkit_A", "ocrkit-c"):
        distribute(name, GOOD.format(name=name[-1].lower()))

    offers = load_registry("ocrkit-a,ocrkit-b,ocrkit-c").charsets()

    strangers = [offer.distribution for offer in offers if offer.distribution != "ocrkit"]
    assert strangers == ["Ocrkit_A", "ocrkit-b", "ocrkit-c"]
    assert [offer.distribution for offer in offers[:-3]] == ["ocrkit"] * (len(offers) - 3)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("none", set()),
        ("ocrkit-one", {"one"}),
        ("OCRKIT_one , ocrkit.two", {"one", "two"}),
        ("ocrkit,ocrkit-one", {"one"}),
    ],
)
def test_a_selection_picks_exactly(distribute: Distribute, selection: str, expected: set[str]) -> None:
    for name in ("one", "two", "three"):
        distribute(f"ocrkit-{name}", GOOD.format(name=name))

    registry = load_registry(selection)

    assert charset_names(registry) == expected
    assert registry.broken == ()


@pytest.mark.parametrize("selection", [None, "", "  "])
def test_no_selection_means_all(distribute: Distribute, selection: str | None) -> None:
    for name in ("one", "two"):
        distribute(f"ocrkit-{name}", GOOD.format(name=name))

    assert charset_names(load_registry(selection)) >= {"one", "two"}


def test_a_plugin_that_is_not_selected_is_not_imported(distribute: Distribute) -> None:
    distribute("ocrkit-loud", "raise RuntimeError('imported')")

    assert load_registry("none").broken == ()


def test_a_selected_name_that_is_not_installed_is_named_with_the_nearest(distribute: Distribute) -> None:
    distribute("ocrkit-runes", GOOD.format(name="runes"))

    (broken,) = load_registry("ocrkit-rune").broken

    assert (broken.origin.distribution, broken.where) == ("ocrkit-rune", ENVIRONMENT)
    assert "did you mean 'ocrkit-runes'?" in broken.reason


def test_the_environment_selects_for_the_default_registry(
    distribute: Distribute, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribute("ocrkit-runes", GOOD.format(name="runes"))
    monkeypatch.setenv(ENVIRONMENT, "ocrkit-runes")
    default_registry.cache_clear()

    try:
        assert charset_names(default_registry()) == {"runes"}
        assert default_registry() is default_registry()
    finally:
        default_registry.cache_clear()


def test_the_built_ins_all_register_and_none_is_broken() -> None:
    registry = load_registry("none")

    offers = registry.everything()

    assert registry.broken == ()
    assert {offer.distribution for offer in offers} == {"ocrkit"}
    assert {module.__name__.rpartition(".")[2] for module in builtin.modules()} == {
        f"{kind.name.replace(' ', '_')}s" for kind in KINDS if kind not in (MODEL, CORRECTOR)
    }


def test_a_failure_of_a_built_in_is_raised() -> None:
    class Failing:
        @hookimpl
        def ocrkit_charsets(self) -> list[object]:
            raise OSError("the disk is gone")

    registry = Registry()
    registry.register(Failing(), distribution="ocrkit", version=ocrkit.__version__, trusted=True)

    with pytest.raises(OSError, match="the disk is gone"):
        registry.charsets()


def test_first_party_plugins_are_installed_and_found_by_their_entry_points() -> None:
    found = {entry.dist.name: entry for entry in importlib.metadata.entry_points(group="ocrkit") if entry.dist}

    assert "ocrkit-tamil" in found, "install the first-party plugins: pip install --no-deps -e plugins/ocrkit-tamil"
    registry = load_registry("ocrkit-tamil")
    assert registry.charset("tamil").script == "Taml"
    assert registry.broken == ()
