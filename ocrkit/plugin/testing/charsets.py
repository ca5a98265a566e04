"""Whether a charset spells, survives the model file, and travels between processes."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

from ocrkit.plugin.testing.verdict import require, running

if TYPE_CHECKING:
    from ocrkit.text.charset import Charset

__all__ = ["check_charset"]


def check_charset(charset: Charset) -> None:
    """Check that each symbol can be written and read back, and that the charset survives storage.

    Raises:
        PluginError: it does not.
    """
    what = f"charset {charset.name!r}"
    for label, symbol in enumerate(charset.symbols[1:], 1):
        # Alone in a line from right to left a bracket has the label of what it looks like there.
        alike = (symbol, charset.leftward_symbols[label])
        require(charset.decode([label]) in alike, f"{what}: label {label} is not decoded as {symbol!r}")
        spelled = charset.normalize(symbol)
        require(charset.normalize(spelled) == spelled, f"{what}: normalising {symbol!r} twice changes it twice")
        if spelled != symbol:
            continue  # as a joiner is dropped unless it stands between two letters; Charset proved a text has it
        with running(f"{what}: encoding {symbol!r}"):
            labels = charset.encode(symbol)
        known = labels == [label] or [charset.leftward_symbols[one] for one in labels] == [symbol]
        require(known, f"{what}: {symbol!r} is label {label}, but is encoded as {labels}")
        require(charset.decode(labels) == symbol, f"{what}: {symbol!r} comes back as {charset.decode(labels)!r}")
    with running(f"{what}: storing it as JSON"):
        stored = type(charset).from_dict(json.loads(json.dumps(charset.to_dict())))
    require(stored == charset, f"{what} comes back changed from its JSON")
    with running(f"{what}: pickling it"):
        sent = pickle.loads(pickle.dumps(charset))
    require(sent == charset, f"{what} comes back changed from another process")
