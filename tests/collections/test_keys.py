"""What has a page read again: the keys of formats' files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit import hookimpl
from ocrkit.collections import format_keys
from ocrkit.pages.formats import choose_formats
from ocrkit.plugin.page_specs import PageRendererSpec
from ocrkit.plugin.registry import load_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.layout.scan import ReadPage


@dataclass(frozen=True)
class NoOptions:
    """None."""


def render(pages: Iterator[ReadPage], _options: object) -> Iterator[bytes]:
    for _ in pages:
        yield b"page"


class Bringing:
    """A plugin that brings the format ``own``."""

    @hookimpl
    def ocrkit_page_renderers(self) -> list[PageRendererSpec]:
        return [PageRendererSpec("own", "For the test.", ".own", NoOptions, render)]


def keys(version: str) -> dict[str, str]:
    """The keys of ``own`` and of a format of ocrkit's, where ``own`` is of that version."""
    registry = load_registry("none")
    registry.register(Bringing(), distribution="ocrkit-own", version=version)
    formats = choose_formats(["own", "text"], registry=registry)
    return format_keys("common", formats, registry=registry)


def test_another_version_of_a_format_s_plugin_has_its_files_written_again_and_no_others() -> None:
    first, second = keys("1.0"), keys("2.0")

    assert first == keys("1.0")
    assert first["own"] != second["own"]
    assert first["text"] == second["text"] != first["own"]
