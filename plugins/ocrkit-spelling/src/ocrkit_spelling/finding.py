"""The word lists of the system: which of those that are installed are of a charset's languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["DICTIONARIES", "PLAIN_LISTS", "find_lists"]

DICTIONARIES = (Path("/usr/share/hunspell"), Path("/usr/share/myspell/dicts"), Path("/usr/local/share/hunspell"))
PLAIN_LISTS = Path("/usr/share/dict")

# Those of /usr/share/dict; of the largest ones not, since in half a million words most misreadings are known.
_PLAIN = {
    "en": ("american-english-large", "british-english-large", "american-english", "british-english", "words"),
    "de": ("ngerman", "ogerman"),
    "fr": ("french",),
    "it": ("italian",),
    "es": ("spanish",),
    "pt": ("portuguese", "brazilian"),
    "nl": ("dutch",),
    "sv": ("swedish",),
    "da": ("danish",),
    "pl": ("polish",),
    "uk": ("ukrainian",),
}


def find_lists(
    languages: Iterable[str], *, dictionaries: Sequence[Path] = DICTIONARIES, plain_lists: Path = PLAIN_LISTS
) -> list[Path]:
    """For each language that has one the list that is installed: a hunspell dictionary, or else a plain list.

    Args:
        languages: BCP 47, such as ``ml`` or ``pt-BR``.
        dictionaries: folders of hunspell dictionaries.
        plain_lists: a folder of lists with a word a line.

    Raises:
        OptionError: there is none for any of them.
    """
    asked = list(dict.fromkeys(languages))
    found = [path for language in asked if (path := _list_of(language, dictionaries, plain_lists)) is not None]
    if found:
        return found
    first = asked[0].split("-")[0] if asked else "und"
    raise OptionError(
        f"there is no word list of {' or '.join(map(repr, asked))} on this system; give one with words=FILE, a word or "
        f"word<TAB>count a line ('ocrkit words TEXT -o FILE' makes one of texts), or install a hunspell dictionary, "
        f"which Debian calls hunspell-{first}"
    )


def _list_of(language: str, dictionaries: Sequence[Path], plain_lists: Path) -> Path | None:
    base, _, region = language.partition("-")
    for folder in dictionaries:
        of_language = sorted([*folder.glob(f"{base}.dic"), *folder.glob(f"{base}_*.dic")])
        wanted = f"{base}_{region or _usual(base)}"
        # The one of the region; else the plainest name, so that variants of spelling come last.
        of_language.sort(key=lambda path: (path.stem != wanted, len(path.stem), path.stem))
        if of_language:
            return of_language[0]
    plain = (plain_lists / name for name in _PLAIN.get(base, ()))
    return next((path for path in plain if path.is_file()), None)


def _usual(language: str) -> str:
    """The region that a dictionary of a language is looked for first."""
    return {"en": "US", "ml": "IN"}.get(language, language.upper())
