"""``ocrkit export`` where torch is not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from torchless import Torchless


def test_an_export_names_all_that_it_lacks_in_one_line(torchless: Torchless, tmp_path: Path) -> None:
    ran = torchless.ocrkit("export", "malayalam", cwd=tmp_path)

    assert (ran.code, ran.out) == (1, "")
    last = ran.err.splitlines()[-1]
    assert last.startswith(
        "error: an export needs torch and onnx, which are not installed; pip install 'ocrkit[export]'"
    )
    assert list(tmp_path.iterdir()) == []


def test_its_help_is_shown(torchless: Torchless, tmp_path: Path) -> None:
    ran = torchless.ocrkit("export", "--help", cwd=tmp_path)

    assert (ran.code, ran.err) == (0, "")
    assert "--int8" in ran.out
