from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import UnknownNameError
from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.registry import Registry, load_registry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry("none")


def test_names_are_looked_up_among_the_plugins(registry: Registry) -> None:
    joined = resolve_charset("malayalam+ocrkit:english", registry)

    assert joined == registry.charset("malayalam") + registry.charset("english")


def test_a_file_may_include_what_a_plugin_gives(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nscript = "Latn"\nlanguages = ["en"]\nincludes = ["english"]\n', encoding="utf-8")

    assert set(resolve_charset(str(path), registry).symbols) == set(registry.charset("english").symbols)


def test_texts_are_asked_for_from_data(registry: Registry) -> None:
    charset = resolve_charset("from-data", registry, texts=lambda: ["ab", "cab"])

    assert charset.symbols == ("", "a", "b", "c")


def test_two_spellings_of_a_script_are_one_from_data(registry: Registry) -> None:
    texts = ["അവൻ", "അവന്\u200d", "കൊല്ലം", "കെ\u0d3eല്ലം", "a\xa0b", "\ufeffab\xad\u200e", "തമിഴ്\u200cനാട്", "ക\u200c"]

    charset = resolve_charset("from-data", registry, texts=lambda: texts)

    assert charset.encode(texts[0]) == charset.encode(texts[1])
    assert charset.encode(texts[2]) == charset.encode(texts[3])
    assert set(charset.symbols) == {"", *"അവൻകൊല്ലംabതമിഴനാട് \u200c"}
    assert (charset.script, charset.rewrites) == ("Mlym", registry.charset("malayalam").rewrites)


def test_an_unknown_name_in_a_union_offers_the_nearest(registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match="no charset 'malyalam'; did you mean 'malayalam'"):
        resolve_charset("english+malyalam", registry)


def test_an_empty_registry_knows_no_name() -> None:
    with pytest.raises(UnknownNameError, match="there are none"):
        resolve_charset("english", Registry())
