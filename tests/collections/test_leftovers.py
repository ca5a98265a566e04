"""What killed processes leave half written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocrkit.collections.leftovers import clear_after
from ocrkit.files import hidden_name

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("stem", ["1", "a b", "h#1", "x" * 250, "മ" * 83])
def test_what_is_half_written_of_a_page_goes_and_nothing_of_others(tmp_path: Path, stem: str) -> None:
    for name in (f"{stem}.txt", "2.txt", f"{stem}.txt.b"):
        (tmp_path / f"{hidden_name(name)}12345678.new").touch()

    clear_after([stem], tmp_path, [".txt"])

    left = {f"{hidden_name(name)}12345678.new" for name in ("2.txt", f"{stem}.txt.b")}
    assert {path.name for path in tmp_path.iterdir()} == left
