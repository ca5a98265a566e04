"""The lines that a team trains on: that all of its processes have the same, and what each does of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.workers import cores
from ocrkit.errors import DataError
from ocrkit.training import started
from ocrkit.training.feeding.supply import WHOLE, Share

if TYPE_CHECKING:
    from ocrkit.training.lines import Lines
    from ocrkit.training.team import Team

__all__ = ["check_same_lines", "share_of", "workers_of"]


def check_same_lines(team: Team, training: Lines) -> None:
    """Refuse processes that do not all have the same training lines in the same order.

    Raises:
        DataError: in every process.
    """
    if len(set(team.gathered(training.digest))) > 1:
        raise DataError(
            f"process {team.rank} of {team.count}: not all of them have the same training lines in the same order; "
            "give all of them the same data"
        )


def share_of(team: Team) -> Share:
    """What this process loads of each pool of lines."""
    return WHOLE if team.board is None else Share(team.rank, team.count, team.board.exchange)


def workers_of(team: Team, workers: int) -> int:
    """How many worker processes this one may have; -1, for one a core, is its share of the machine's cores."""
    return max(1, cores() // started.local_count()) if workers < 0 and team.count > 1 else workers
