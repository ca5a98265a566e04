"""``PYTHONPATH=benchmarks python -m serving_attack``: thousands of hostile uploads against ``ocrkit serve``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from serving_attack.files import hostile_files
from serving_attack.pace import pace
from serving_attack.rounds import Round, rounds
from serving_attack.service import running


def main() -> int:
    """Attack, print a row a round and what went wrong; 1 where anything did."""
    options = _options()
    hostile = hostile_files(options.hostile)
    troubles = []
    with tempfile.TemporaryDirectory() as place, running(Path(place), *options.serve.split()) as service:
        if options.pace:
            print(pace(service))
            return 0
        print(Round.HEAD, flush=True)
        for each in rounds(
            service, options.uploads, options.round, seed=options.seed, hostile=hostile,
            at_a_time=options.at_a_time, harmless=options.harmless,
        ):  # fmt: skip
            print(each.row(), flush=True)
            for trouble in each.troubles:
                print(trouble, file=sys.stderr, flush=True)
            troubles += each.troubles
            options.log.write_text((Path(place) / "log").read_text("utf-8"), "utf-8")
            if service.process.poll() is not None:
                break
    return int(bool(troubles))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="serving_attack", description=__doc__)
    parser.add_argument("--uploads", type=int, default=10_000, help="how many")
    parser.add_argument("--round", type=int, default=1_000, help="after so many, a good page has to be read as before")
    parser.add_argument("--seed", type=int, default=0, help="another gives others")
    parser.add_argument("--at-a-time", type=int, default=6, help="connections")
    parser.add_argument("--hostile", type=Path, help="a folder of hostile files to send besides")
    parser.add_argument("--harmless", action="store_true", help="send good pictures of random sizes only")
    parser.add_argument("--pace", action="store_true", help="attack nothing: time lines beside a long document")
    parser.add_argument(
        "--serve", default="--model english --segmenter bands --keep 60s", help="options of the service"
    )
    parser.add_argument("--log", type=Path, default=Path("serving_attack.log"), help="where the service's log goes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
