"""The lines that the project draws itself to measure its models by, kept as pictures, since faces differ by machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.datasets import open_samples
from ocrkit.plugin.specs import SourceOptions
from ocrkit_models.package import DRAWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["drawn_sets"]

_SEED = 20_261_126
_LINES = 40
_LOOKS = {"line_words": [1, 4], "degrade": 0.5}
# The charset that a language's lines are composed of, and the families that they are drawn in: of free licences (OFL,
# GPL with the font exception, DejaVu's own), and each with all of the letters.
_LANGUAGES = {
    "ml": ("malayalam", ["Manjari", "Meera", "Rachana", "AnjaliOldLipi", "Gayathri", "Noto Serif Malayalam"]),
    "en": ("english+ascii", ["DejaVu Sans", "DejaVu Serif", "FreeSerif", "FreeSans", "Liberation Serif", "Caladea"]),
}


def drawn_sets(root: Path, languages: Sequence[str]) -> dict[str, Path]:
    """The folder of drawn lines of each language, by its name in the figures; what is not there yet is drawn.

    Args:
        root: the source tree of this distribution.
        languages: of a model; those that nothing is drawn for are left out.
    """
    found = {}
    for language in languages:
        if language in _LANGUAGES:
            folder = root / DRAWN / language
            if not (folder / "labels.tsv").is_file():
                _draw(folder, *_LANGUAGES[language])
            found[f"drawn-{language}"] = folder
    return found


def _draw(folder: Path, charset: str, families: list[str]) -> None:
    options = SourceOptions(
        charset=resolve_charset(charset), seed=_SEED, count=_LINES, extra={**_LOOKS, "families": families}
    )
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, sample in enumerate(open_samples(None, format="synthetic", options=options)):
        assert callable(sample.image)  # drawn when called
        sample.image().save(folder / f"{number:02}.png", optimize=True)
        rows.append(f"{number:02}.png\t{' '.join((sample.text or '').split())}\n")
    (folder / "labels.tsv").write_text("".join(rows), "utf-8")
