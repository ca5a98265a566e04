"""Lists of words that stand in a table beside a text, of which the text is one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["listed_words", "lists_in"]


def listed_words(field: str) -> tuple[str, ...]:
    """The words of a table's field: a JSON list, or words with commas between them, or else with spaces.

    Raises:
        RowFault: it begins as a list of JSON and is none of strings.
    """
    if field.startswith("["):
        try:
            words = json.loads(field)
        except (ValueError, RecursionError) as error:
            raise RowFault("malformed", f"the lexicon is no JSON: {error}; expected a list of words") from error
        if not _is_list_of_words(words):
            raise RowFault("malformed", "the lexicon holds other things than words; expected a list of strings")
        return tuple(words)
    words = field.split(",") if "," in field else field.split()
    return tuple(stripped for word in words if (stripped := word.strip()))


def lists_in(values: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The lists of strings in a JSON object, by their keys; ``lexicon`` may be as a table's field is."""
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list) and _is_list_of_words(value)}
    field = values.get("lexicon")
    return lists | ({"lexicon": listed_words(field)} if isinstance(field, str) and field.strip() else {})


def _is_list_of_words(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) for word in value)
