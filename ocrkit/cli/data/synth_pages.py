"""``ocrkit data synth --pages``: drawn pages on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["draw_pages"]


def draw_pages(
    output: Path, charset: str, settings: Mapping[str, object], *, seed: int, workers: int, force: bool
) -> None:
    """Draw pages by the settings that ``PageOptions`` has, show how it goes, and print where they are."""
    import time

    from ocrkit.cli.progress import Stages, say
    from ocrkit.config import from_table
    from ocrkit.drawing.pages.drawn_pages import DrawnPages
    from ocrkit.drawing.pages.options import PageOptions
    from ocrkit.drawing.pages.written import write_pages
    from ocrkit.plugin.charset_expression import resolve_charset
    from ocrkit.plugin.registry import default_registry
    from ocrkit.training.interruption import Interruption

    options = from_table(PageOptions, settings, where="pages")
    scripts = tuple(offer.value for offer in default_registry().scripts())
    drawn = DrawnPages(resolve_charset(charset), options, seed=seed, scripts=scripts, charsets=resolve_charset)
    begun = time.monotonic()

    def rate(done: int) -> str:
        return f"{done / max(time.monotonic() - begun, 1e-9):.1f} pages/s"

    with Stages() as stages, Interruption() as interruption:
        written = write_pages(
            drawn,
            output,
            force=force,
            workers=workers,
            progress=lambda done, total: stages.update("drawing", done, total, rate(done)),
            stopped=lambda: interruption.requested,
        )
    say(f"{written} of {len(drawn)} pages written, {rate(written)}")
    print(output)
    if written < len(drawn):
        say("interrupted: what is there is whole, and begins as all of it would have")
        raise typer.Exit(128 + interruption.signal)
