"""What lives on a machine of the cluster: a worker of the job in a process of its own, an actor in Ray's words."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from ocrkit import __version__
from ocrkit.errors import PluginError

if TYPE_CHECKING:
    from ocrkit.plugin.engine_specs import Job, Outcome, PageTask, PageWorker

__all__ = ["RemoteWorker"]

_VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
_LOOKED = 1.0  # seconds after which it is seen that the machine's Ray is gone


class RemoteWorker:
    """Makes the job's worker and hands it tasks.

    Args:
        version: of the ocrkit that made the job.
        sees_gpus: whether it was given any; else it sees none, which Ray leaves open.
    """

    def __init__(self, version: str, *, sees_gpus: bool) -> None:
        if not sees_gpus:
            os.environ |= dict.fromkeys(_VISIBLE, "")
        threading.Thread(target=_end_with, args=(os.getppid(),), name="ocrkit-ray", daemon=True).start()
        self._version = version
        self._worker: PageWorker | None = None

    def start(self, job: Job) -> int:
        """Make the worker, which loads the model; gives the process's number.

        Raises:
            PluginError: another ocrkit is installed here.
        """
        if self._version != __version__:
            raise PluginError(
                f"ocrkit {__version__} is installed on that machine, and the run is of {self._version}; "
                "install the same on all machines of the cluster"
            )
        self._worker = job.worker()
        return os.getpid()

    def read(self, task: PageTask) -> Outcome:
        """Do a task."""
        if self._worker is None:
            raise PluginError("a worker was given a page before it was started")
        return self._worker(task)


def _end_with(parent: int) -> None:
    """End this process with the one that started it, Ray's on this machine.

    When that one dies, the page in hand is given to another worker. Ray lets this process live on until it has read it.
    """
    while os.getppid() == parent:
        time.sleep(_LOOKED)
    os._exit(1)
