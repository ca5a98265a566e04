"""Formats whose package is not installed say how to install it, and only when they are used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.writers import convert
from ocrkit.errors import DependencyError
from ocrkit.plugin.datasets import guess_format, open_samples
from ocrkit.plugin.registry import load_registry

if TYPE_CHECKING:
    from pathlib import Path

META_PAGE = bytes(16) + b"\xde\xc0\xef\xbe" + bytes(8172)
FILES = {"lmdb": ("data.mdb", META_PAGE, "lmdb"), "parquet": ("a.parquet", b"PAR1" + bytes(60), "pyarrow")}


@pytest.fixture(params=list(FILES))
def name(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A format, whose file lies in the folder, and whose package cannot be imported."""
    file, content, package = FILES[request.param]
    (tmp_path / file).write_bytes(content)
    for module in [package, *(known for known in sys.modules if known.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, module, None)
    return str(request.param)


def test_it_is_recognised_all_the_same(tmp_path: Path, name: str) -> None:
    assert guess_format(tmp_path, registry=load_registry("none")).name == name


def test_reading_says_how_to_install_the_package(tmp_path: Path, name: str) -> None:
    with pytest.raises(DependencyError, match=rf"install it with: pip install 'ocrkit\[{name}\]'"):
        open_samples(tmp_path, registry=load_registry("none"))


def test_writing_says_how_to_install_the_package_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.iterdir())

    with pytest.raises(DependencyError, match=rf"install it with: pip install 'ocrkit\[{name}\]'"):
        convert([], tmp_path / "out", to=name)

    assert sorted(tmp_path.iterdir()) == before
