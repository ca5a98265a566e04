"""The cluster: a running one that is joined for a while, or Ray started on this machine."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ocrkit.errors import DependencyError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit_ray.options import RayOptions

__all__ = ["SETTINGS", "connected"]

_log = logging.getLogger("ocrkit")

_MB = 1_000_000
_ANSWERS = 10.0  # seconds within which a cluster's head takes a connection
SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # Read when Ray is imported. What it says of processes that died goes to stdout, and is told in our words.
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",
    "RAY_SCHEDULER_EVENTS": "0",
    # Of workers where Ray is started here: 15 unless told, by which they stand still beside anything else.
    "RAY_worker_niceness": "0",
}
"""What Ray is told by the environment, where that does not say otherwise."""


@contextmanager
def connected(options: RayOptions) -> Iterator[None]:
    """Work on a cluster while the block runs; a cluster that was there before is left running.

    Where the program has called ``ray.init`` itself, that is used, and left as it is.

    Raises:
        DependencyError: Ray is not installed.
        OptionError: no cluster answers at the address.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise DependencyError(f"the engine 'ray' needs Ray ({error}); pip install ray") from error
    if ray.is_initialized():
        yield
        return
    with _own_signals():
        _connect(options)
    try:
        yield
    finally:
        ray.shutdown()


def _connect(options: RayOptions) -> None:
    import ray

    quiet: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if options.address != "local":
        address = options.address or os.environ.get("RAY_ADDRESS", "")
        _check_answers(address)
        try:
            ray.init(address or "auto", **quiet)
        except ConnectionError as error:
            if address:
                raise _no_cluster(address, error) from error
        except (ValueError, RuntimeError) as error:
            raise OptionError(
                f"the Ray cluster cannot be used ({_first_line(error)}); all machines need the same Python and Ray"
            ) from error
        else:
            return
    ray.init("local", include_dashboard=False, object_store_memory=options.object_store * _MB, **quiet)
    _log.info("Ray is started on this machine")


def _check_answers(address: str) -> None:
    """Refuse a HOST:PORT where nobody listens, for which Ray would wait without end."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWERS).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, error) from error


def _no_cluster(address: str, error: Exception) -> OptionError:
    return OptionError(
        f"no Ray cluster answers at address {address!r} ({_first_line(error)}); "
        "`ray status` tells whether one runs, and address=local starts Ray on this machine"
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep what the program does at a SIGTERM, in whose place Ray puts something else."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
