"""The registry, with plugins given by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import UnknownNameError
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.offers import CHARSET, RENDERER, Provider
from ocrkit.plugin.registry import Registry
from ocrkit.plugin.specs import RendererSpec
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Iterator

AB = Charset("ab", ("", "a", "b"))


def renderer(name: str) -> RendererSpec:
    return RendererSpec(name, f"The format {name}.", ".txt", lambda predictions: (item.text for item in predictions))


class Offering:
    """A plugin of one renderer and one charset, which counts the calls of its hooks."""

    def __init__(self, name: str = "plain") -> None:
        self.name = name
        self.calls: list[str] = []

    @hookimpl
    def ocrkit_renderers(self) -> Iterator[RendererSpec]:
        self.calls.append("renderers")
        yield renderer(self.name)

    @hookimpl
    def ocrkit_charsets(self) -> list[Charset]:
        self.calls.append("charsets")
        return [AB]


def test_an_empty_registry_has_nothing() -> None:
    registry = Registry()

    assert registry.everything() == ()
    assert registry.broken == ()


def test_a_name_gives_the_record() -> None:
    registry = Registry()
    registry.register(Offering("plain"), distribution="ocrkit-x", version="2.1")

    assert registry.renderer("plain").summary == "The format plain."
    assert registry.charset("ab") is AB


def test_an_offer_says_whose_it_is() -> None:
    registry = Registry()
    registry.register(Offering(), distribution="ocrkit-x", version="2.1")

    offer = registry.offer(CHARSET, "ab")

    assert (offer.kind, offer.name, offer.distribution, offer.version) == ("charset", "ab", "ocrkit-x", "2.1")
    assert offer.summary == "Zyyy, und; 3 labels"


def test_a_hook_is_called_when_its_kind_is_asked_for_and_only_once() -> None:
    plugin = Offering()
    registry = Registry()
    registry.register(plugin)

    registry.renderers()
    registry.renderer("plain")

    assert plugin.calls == ["renderers"]


def test_offers_stand_in_the_order_of_registration() -> None:
    registry = Registry()
    for name in ("b", "a", "c"):
        registry.register(Offering(name), distribution=name)

    assert [offer.name for offer in registry.renderers()] == ["b", "a", "c"]


def test_a_plugin_that_comes_later_is_found_too() -> None:
    registry = Registry()
    registry.register(Offering("early"))
    registry.renderers()

    registry.register(Offering("late"))

    assert registry.renderer("late").name == "late"


def test_a_name_given_twice_is_an_error_only_when_it_is_asked_for() -> None:
    registry = Registry()
    registry.register(Offering("plain"), distribution="ocrkit-x", version="1.0")
    registry.register(Offering("plain"), distribution="ocrkit-y", version="2.0")
    registry.register(Offering("other"), distribution="ocrkit-z")

    assert registry.renderer("other").name == "other"
    with pytest.raises(UnknownNameError, match=r"given by ocrkit-x 1\.0 and by ocrkit-y 2\.0; say 'ocrkit-x:plain'"):
        registry.renderer("plain")


@pytest.mark.parametrize("spelling", ["ocrkit-y:plain", "Ocrkit_Y:plain"])
def test_a_distribution_before_the_name_picks_one_of_two(spelling: str) -> None:
    registry = Registry()
    registry.register(Offering("plain"), distribution="ocrkit-x")
    registry.register(Offering("plain"), distribution="ocrkit-y")

    assert registry.offer(RENDERER, spelling).distribution == "ocrkit-y"


def test_a_plugin_that_gives_a_name_twice_is_told_so() -> None:
    class Twice:
        @hookimpl
        def ocrkit_renderers(self) -> list[RendererSpec]:
            return [renderer("plain"), renderer("plain")]

    registry = Registry()
    registry.register(Twice(), distribution="ocrkit-x", version="1.0")

    with pytest.raises(UnknownNameError, match=r"given 2 times by ocrkit-x 1\.0"):
        registry.renderer("plain")


def test_an_unknown_name_offers_the_nearest_and_all() -> None:
    registry = Registry()
    for name in ("jsonl", "text"):
        registry.register(Offering(name))

    with pytest.raises(UnknownNameError, match="no renderer 'jsnl'; did you mean 'jsonl'\\? known: jsonl, text"):
        registry.renderer("jsnl")


def test_an_unknown_name_behind_a_distribution_offers_names_of_that_form() -> None:
    registry = Registry()
    registry.register(Offering("plain"), distribution="ocrkit-x")

    with pytest.raises(UnknownNameError, match="did you mean 'ocrkit-x:plain'"):
        registry.renderer("ocrkit-x:plan")


def test_a_trusted_plugin_raises_at_registration() -> None:
    class Wrong:
        @hookimpl
        def ocrkit_colours(self) -> list[str]:
            return []

    with pytest.raises(TypeError, match="ocrkit_colours"):
        Registry().register(Wrong(), trusted=True)


def test_a_trusted_plugin_raises_when_its_hook_does() -> None:
    class Failing:
        @hookimpl
        def ocrkit_renderers(self) -> list[RendererSpec]:
            raise RuntimeError("out of paper")

    registry = Registry()
    registry.register(Failing(), trusted=True)

    with pytest.raises(RuntimeError, match="out of paper"):
        registry.renderers()


class WithArgument:
    @hookimpl
    def ocrkit_renderers(self, config: object) -> list[RendererSpec]:
        return []


class WithUnknownHook:
    @hookimpl
    def ocrkit_colours(self) -> list[str]:
        return []


class WithoutMark:
    def ocrkit_renderers(self) -> list[RendererSpec]:
        return []


class WithNothing:
    pass


class WithWrapper:
    @hookimpl(wrapper=True)
    def ocrkit_renderers(self) -> Iterator[None]:
        yield


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        (WithArgument(), "config"),
        (WithUnknownHook(), "no hook ocrkit_colours; ocrkit's hooks:"),
        (WithoutMark(), "ocrkit_renderers is not marked by @hookimpl"),
        (WithNothing(), "no function is marked by @hookimpl"),
        (WithWrapper(), "ocrkit_renderers is a wrapper"),
    ],
)
def test_a_plugin_that_cannot_be_registered_is_set_aside(plugin: object, reason: str) -> None:
    registry = Registry()
    registry.register(plugin, distribution="ocrkit-wrong", version="0.1")
    registry.register(Offering("plain"), distribution="ocrkit-right")

    (broken,) = registry.broken
    assert (broken.origin, broken.where) == (Provider("ocrkit-wrong", "0.1"), "registration")
    assert reason in broken.reason
    assert [offer.name for offer in registry.renderers()] == ["plain"]


def test_the_same_module_under_two_entry_points_is_set_aside_once() -> None:
    plugin = Offering()
    registry = Registry()
    registry.register(plugin)
    registry.register(plugin)

    assert len(registry.renderers()) == 1
    assert [item.where for item in registry.broken] == ["registration"]


class YieldsText:
    @hookimpl
    def ocrkit_renderers(self) -> list[object]:
        return [renderer("good"), "tsv"]


class GivesNone:
    @hookimpl
    def ocrkit_renderers(self) -> None:
        return None


class GivesOne:
    @hookimpl
    def ocrkit_renderers(self) -> object:
        return renderer("single")


class BadName:
    @hookimpl
    def ocrkit_renderers(self) -> list[RendererSpec]:
        return [renderer("two words")]


class RaisesHalfway:
    @hookimpl
    def ocrkit_renderers(self) -> Iterator[RendererSpec]:
        yield renderer("good")
        raise ZeroDivisionError("after the first")


class Exits:
    @hookimpl
    def ocrkit_renderers(self) -> Iterator[RendererSpec]:
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        (YieldsText(), "yielded a str; expected RendererSpec records"),
        (GivesNone(), "gave a NoneType; expected RendererSpec records, yielded or in a list"),
        (GivesOne(), "gave a RendererSpec; expected RendererSpec records, yielded or in a list"),
        (BadName(), "'two words'"),
        (RaisesHalfway(), "ZeroDivisionError: after the first"),
        (Exits(), "SystemExit: 3"),
    ],
)
def test_a_hook_that_fails_is_set_aside_whole_and_the_rest_goes_on(plugin: object, reason: str) -> None:
    registry = Registry()
    registry.register(plugin, distribution="ocrkit-wrong", version="0.1")
    registry.register(Offering("plain"), distribution="ocrkit-right")

    names = [offer.name for offer in registry.renderers()]

    (broken,) = registry.broken
    assert names == ["plain"]
    assert broken.where == "ocrkit_renderers"
    assert reason in broken.reason


def test_the_other_hooks_of_a_plugin_stand_when_one_fails() -> None:
    class HalfRight(RaisesHalfway):
        @hookimpl
        def ocrkit_charsets(self) -> list[Charset]:
            return [AB]

    registry = Registry()
    registry.register(HalfRight())

    registry.everything()

    assert registry.charset("ab") is AB


def test_an_unknown_name_tells_which_broken_plugin_may_have_held_it() -> None:
    registry = Registry()
    registry.register(RaisesHalfway(), distribution="ocrkit-wrong", version="0.1")

    with pytest.raises(UnknownNameError, match=r"ocrkit-wrong 0\.1 is off .*ZeroDivisionError"):
        registry.renderer("good")


def test_a_failure_of_another_kind_is_no_suspect() -> None:
    registry = Registry()
    registry.register(RaisesHalfway(), distribution="ocrkit-wrong", version="0.1")
    registry.everything()

    with pytest.raises(UnknownNameError) as caught:
        registry.charset("ab")

    assert "ocrkit-wrong" not in str(caught.value)
