"""What is done while torch is imported."""

from __future__ import annotations

import gc
from contextlib import suppress

import pytest

from ocrkit.torch_extra import importing_torch


@pytest.mark.parametrize("looked", [True, False])
def test_no_garbage_is_looked_for_during_the_import_and_afterwards_as_before(looked: bool) -> None:
    before = gc.isenabled()
    try:
        if not looked:
            gc.disable()

        with suppress(ImportError), importing_torch():
            during = gc.isenabled()
            raise ImportError

        assert (during, gc.isenabled()) == (False, looked)
    finally:
        if before:
            gc.enable()
