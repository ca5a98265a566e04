"""Two machines of a cluster on this one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ocrkit_ray.cluster import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator


# Before anything imports Ray.
for name, value in SETTINGS.items():
    os.environ.setdefault(name, value)

HERE = Path(__file__).parent
# Processes that are started before anybody asks for them cost more than all tests.
FRUGAL = {
    "prestart_worker_first_driver": False,
    "enable_worker_prestart": False,
    # A machine that is gone is missed after three seconds and not fifteen.
    "health_check_period_ms": 1000,
    "health_check_failure_threshold": 3,
}
MACHINE = {"num_cpus": 1, "object_store_memory": 80_000_000}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two machines with a core each."""
    pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as environment:
        # What workers import: the job of these tests, and the plugin where it is not installed.
        environment.setenv(
            "PYTHONPATH", os.pathsep.join(map(str, (HERE, HERE.parent / "src", HERE.parents[2] / "tests")))
        )
        cluster = Cluster(True, head_node_args=MACHINE | {"include_dashboard": False, "_system_config": FRUGAL})
        cluster.second = cluster.add_node(**MACHINE)
        yield cluster
        cluster.shutdown()
