"""Native objects that were made without being initialised are refused, not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import ocrkit._ctc as _ctc

if TYPE_CHECKING:
    from collections.abc import Callable

CLASSES = (_ctc.Lexicon, _ctc.NgramModel, _ctc.WordUnits, _ctc.TextModel, _ctc.BeamStream)
FRAMES = np.full((1, 2, 3), -1, np.float32)
NO_LABELS = np.zeros(0, np.int32)


def unmade(kind: type) -> Any:
    return kind.__new__(kind)


def test_every_class_is_tried() -> None:
    assert {value for value in vars(_ctc).values() if isinstance(value, type)} == set(CLASSES)


@pytest.mark.parametrize(
    ("kind", "method", "arguments"),
    [
        (_ctc.Lexicon, "__len__", ()),
        (_ctc.Lexicon, "labels", (0,)),
        (_ctc.Lexicon, "priors", ()),
        (_ctc.Lexicon, "nodes", ()),
        (_ctc.Lexicon, "bytes", ()),
        (_ctc.Lexicon, "save", (b"/dev/null", b"")),
        (_ctc.NgramModel, "units", ()),
        (_ctc.NgramModel, "order", ()),
        (_ctc.NgramModel, "size", ()),
        (_ctc.NgramModel, "log_prob", ([0],)),
        (_ctc.BeamStream, "push", (FRAMES, 0)),
        (_ctc.BeamStream, "frames", ()),
        (_ctc.BeamStream, "decoded", (1,)),
    ],
)
def test_a_method_of_an_object_without_init_is_refused(kind: type, method: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=rf"this {kind.__name__} was never initialised"):
        getattr(unmade(kind), method)(*arguments)


@pytest.mark.parametrize(
    "use",
    [
        lambda: _ctc.lexicon_search(FRAMES, None, unmade(_ctc.Lexicon), 0, 1, 0.0, 0, float("inf"), 1),
        lambda: _ctc.text_search(
            FRAMES, None, unmade(_ctc.Lexicon), NO_LABELS, 0, 1, 1, 0.0, float("inf"), 0.0, 1, None
        ),
        lambda: _ctc.beam_search_with_model(FRAMES, None, 0, 1, 1, 0.0, 1, unmade(_ctc.TextModel)),
        lambda: _ctc.BeamStream(3, 0, 1, 1, 0.0, unmade(_ctc.TextModel)),
        lambda: _ctc.WordUnits(unmade(_ctc.NgramModel), unmade(_ctc.Lexicon), "", []),
        lambda: _ctc.TextModel(
            unmade(_ctc.NgramModel), unmade(_ctc.WordUnits), NO_LABELS, np.zeros(1, np.int64), 1.0, 0.0
        ),
    ],
)
def test_an_argument_without_init_is_refused(use: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match="was never initialised"):
        use()
