"""ocrkit's decoders beside their peers and beside NumPy: `make bench-peers`, or `python -m peers` in this folder."""

from __future__ import annotations

import argparse
import sys
from itertools import chain
from pathlib import Path

from peers import opponents
from peers.contests import contests
from peers.measuring import Pace
from peers.report import section, table, write_section
from peers.workloads import read_posteriors, simulated

PAGE = Path(__file__).parents[2] / "docs" / "performance-decoding.md"


def main() -> int:
    """Measure, print the table, and write it where that is asked for; 1 where an answer was wrong."""
    options = _options()
    pace = Pace(
        rounds=options.rounds or (2 if options.quick else 5),
        seconds=0.002 if options.quick else 0.2,
        lines=16 if options.quick else 2000,
        peers=opponents.found(),
    )
    given = () if options.posteriors is None else read_posteriors(options.posteriors, quick=options.quick)
    rows = []
    for workload in chain(simulated(seed=options.seed, quick=options.quick), given):
        for contest in contests(workload):
            name = f"{contest.workload}: {contest.decoder} / {contest.peer}"
            if not options.only or any(part in name for part in options.only):
                print(name, file=sys.stderr, flush=True)
                rows.append(contest.run(pace))
    print("\n".join(table(rows)))
    if options.write:
        write_section(PAGE, section(rows, pace, folder=options.posteriors is not None, seed=options.seed))
    return int(any(row.result.wrong for row in rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="peers", description=__doc__)
    parser.add_argument("--posteriors", type=Path, metavar="DIR", help="measure on the .npz files of this folder too")
    parser.add_argument(
        "--only", action="append", metavar="TEXT", help="only rows whose 'workload: ocrkit / beside' has this in it"
    )
    parser.add_argument("--rounds", type=int, help="rounds of each contest; 5, and with --quick 2")
    parser.add_argument("--quick", action="store_true", help="few lines, short rounds: whether it works, not how fast")
    parser.add_argument("--seed", type=int, default=1, help="of the simulated workloads")
    parser.add_argument("--write", action="store_true", help=f"write the section of docs/{PAGE.name}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
