from __future__ import annotations

from ocrkit.drawing.rendering.kept import KeptBytes


def test_what_is_asked_for_stays_while_new_ones_come() -> None:
    kept: KeptBytes[int, str] = KeptBytes(100)
    kept.keep(0, "asked for", 10)

    for key in range(1, 50):
        kept.keep(key, "new", 10)
        assert kept.get(0) == "asked for"

    assert kept.get(20) is None


def test_no_more_is_kept_than_was_said() -> None:
    kept: KeptBytes[int, str] = KeptBytes(100)

    for key in range(1000):
        kept.keep(key, "new", 10)
        assert len(kept) <= 10


def test_half_of_it_at_least_is_kept() -> None:
    kept: KeptBytes[int, str] = KeptBytes(100)
    for key in range(1000):
        kept.keep(key, "new", 10)

    assert all(kept.get(key) is not None for key in range(995, 1000))
