"""What lies where in this distribution, and what ``models.toml`` says."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrkit.errors import UnknownNameError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DRAWN", "GOLDEN", "SOURCES", "read_json", "read_tables", "segmenter_table", "table_of", "write_json"]

# An installer leaves them as files, and weights are mapped into memory, not read through a loader.
SOURCES = Path(str(files("ocrkit_models")))
DRAWN = Path("tests") / "drawn"  # below the source tree's root: a folder of pictures with their labels a language
GOLDEN = Path("tests") / "golden"


def read_tables() -> dict[str, Any]:
    """All of ``models.toml``: ``model`` and ``segmenter``, a table each, and ``set``, what each set of lines is."""
    return tomllib.loads((SOURCES / "models.toml").read_text("utf-8"))


def table_of(name: str) -> Mapping[str, Any]:
    """What is said of one model that reads lines.

    Raises:
        UnknownNameError: nothing is.
    """
    return _table_of("model", name)


def segmenter_table(name: str) -> Mapping[str, Any]:
    """What is said of one that finds them; raises as ``table_of`` does."""
    return _table_of("segmenter", name)


def _table_of(kind: str, name: str) -> Mapping[str, Any]:
    tables = {table["name"]: table for table in read_tables()[kind]}
    if name not in tables:
        raise UnknownNameError(unknown_name(kind, name, tables, way_out="write its table in models.toml first"))
    table: Mapping[str, Any] = tables[name]
    return table


def read_json(path: Path) -> Any:
    """A JSON file of the package."""
    return json.loads(path.read_text("utf-8"))


def write_json(path: Path, value: object) -> None:
    """The same to a file, the same for equal values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
