"""``docs/charsets.md`` against the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocrkit.text import charset_file
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import SHIPPED_CHARSETS, shipped_charset

PAGE = Path(__file__).parents[2] / "docs" / "charsets.md"
TEXT = PAGE.read_text(encoding="utf-8")
KEYS = {*charset_file.KEYS, *charset_file.GROUP_KEYS, *charset_file.REWRITE_KEYS}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_has_its_row(key: str) -> None:
    rows = [line.split("|")[1] for line in TEXT.splitlines() if line.startswith("|")]

    assert any(f"`{key}`" in row or f"`[[{key}]]`" in row for row in rows)


def test_the_example_is_a_charset_and_does_what_the_page_says(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert example is not None
    path = tmp_path / "runes.toml"
    path.write_text(example[1], encoding="utf-8")

    charset = Charset.read(path)

    assert charset.symbols[1:4] == ("þ", "ð", "\u16a0")
    assert len(charset) == 1 + 2 + (0x16EA - 0x16A0 + 1) + 1 + 1 + 43
    assert charset.normalize("thing") == "þing"
    assert charset.encode("ᚦᚩ") == [charset.symbols.index("ᚦᚩ")]


@pytest.mark.parametrize("name", SHIPPED_CHARSETS)
def test_the_page_counts_the_labels_right(name: str) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("|") and f"`{name}`" in line.split("|")[1])
    names = re.findall(r"`([^`]+)`", row.split("|")[1])
    counts = re.findall(r"\d+", row.split("|")[2])

    assert int(counts[names.index(name)]) == len(shipped_charset(name))
