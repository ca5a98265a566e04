"""What commands on data say on stderr alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.cli.progress import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import BadImage

__all__ = ["name_bad_images"]


def name_bad_images(bad: Sequence[BadImage]) -> None:
    """Name every image that was left out, and how many there are."""
    for each in bad:
        say(f"left out: {each}")
    if bad:
        say(f"{len(bad)} bad image{'s' * (len(bad) != 1)} left out")
