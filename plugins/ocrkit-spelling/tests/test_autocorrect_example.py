from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ocrkit.plugin.corrector_specs import LineReading
from ocrkit.plugin.testing import check_corrector

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.filterwarnings("ignore")  # the package's own
def test_the_example_is_a_whole_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("autocorrect", reason="the package autocorrect is installed by who wants the example alone")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    plugin = importlib.import_module("autocorrect_plugin")
    (spec,) = plugin.ocrkit_correctors()

    assert check_corrector(spec) is None
    changes = spec.build(None, spec.options()).correct(LineReading("to recieve it"))
    assert [(change.before, change.after) for change in changes] == [("recieve", "receive")]
