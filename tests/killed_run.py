"""A run over a collection in a process of its own, to be killed: ``python killed_run.py PLACE WORKERS SHARD``."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path

from stub_pages import job_for

from ocrkit.collections.run import CollectionRun, new_run_name
from ocrkit.collections.tasks import Collection, Shard
from ocrkit.plugin.local_engine import LocalEngine


def main(place: Path, workers: int, shard: str) -> None:
    """Read what is in ``place/in`` to ``place/out``."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    job = replace(job_for(place / "out"), run=new_run_name())
    collection = Collection([str(place / "in")], place / "out", shard=Shard.of(shard))
    try:
        CollectionRun(job, collection, engine=LocalEngine(workers)).read()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
