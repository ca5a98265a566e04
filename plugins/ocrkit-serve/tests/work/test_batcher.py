"""Lines of many read together, where some cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ocrkit_serve.work.batcher import MOST_LINES, Batcher
from ocrkit_serve.work.patience import Patience

from ocrkit.data.records import Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence


class Reader:
    """Reads each line as its own name, but for those called ``bad``."""

    def read_loaded(self, names: Sequence[str], _: Sequence[object]) -> list[Prediction]:
        if "bad" in names:
            raise RuntimeError("a fault of a plugin")
        return [Prediction(name, name, 0.0, 1.0) for name in names]


def read(batcher: Batcher, names: Sequence[str], seconds: float = 20) -> list[str]:
    lines: list[Any] = [object()] * len(names)
    return [found.text for found in batcher.read(Reader(), names, lines, Patience(seconds))]  # type: ignore[arg-type]


def test_a_line_that_fails_leaves_the_next_ones_a_reader() -> None:
    batcher = Batcher("a")

    with pytest.raises(RuntimeError, match="a fault of a plugin"):
        read(batcher, ["bad"] + ["good"] * MOST_LINES)  # so that some wait when the first fails

    assert read(batcher, ["good"]) == ["good"]
    batcher.close(1)
