"""The output formats that come with ocrkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.outputs import render_jsonl, render_text, render_tsv
from ocrkit.plugin.hookspec import hookimpl
from ocrkit.plugin.specs import RendererSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ocrkit_renderers"]


@hookimpl
def ocrkit_renderers() -> Iterator[RendererSpec]:
    """Tab-separated, plain text, JSON lines."""
    yield RendererSpec(
        name="tsv", summary="A line of name, tab, text for each image.", suffix=".tsv", render=render_tsv
    )
    yield RendererSpec(name="text", summary="The text of each image on a line.", suffix=".txt", render=render_text)
    yield RendererSpec(
        name="jsonl",
        summary="A JSON object a line: text, score, confidence, alternatives, where each character stands.",
        suffix=".jsonl",
        render=render_jsonl,
    )
