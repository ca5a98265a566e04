"""What the tests in an environment without torch share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from torchless import Torchless

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def torchless(tmp_path_factory: pytest.TempPathFactory) -> Torchless:
    """An environment without torch; it takes a moment to make."""
    folder: Path = tmp_path_factory.mktemp("torchless")
    return Torchless.make(folder / "venv")
