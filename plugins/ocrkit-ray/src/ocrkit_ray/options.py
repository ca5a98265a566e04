"""What the user may ask of the engine ``ray``."""

from __future__ import annotations

from dataclasses import dataclass

from ocrkit.errors import OptionError

__all__ = ["RayOptions"]

_LEAST_STORE = 80  # MB; Ray takes no less


@dataclass(frozen=True, slots=True)
class RayOptions:
    """The options of ``--engine ray``.

    Attributes:
        address: the cluster, ``HOST:PORT`` of its head; ``local`` to start Ray on this machine while the run lasts;
            empty for the cluster that ``RAY_ADDRESS`` names or that runs on this machine, and else ``local``.
        workers: how many; -1 for as many as fit the cluster, which is looked at again as machines come and go. Where
            more are asked for than fit, a cluster that scales by itself starts machines for them.
        cpus: cores that a worker takes, and threads that it computes with.
        gpus: GPUs that a worker takes; 0.25 lets four share one.
        mixed: whether workers without a GPU are started too, where only cores are left.
        object_store: MB of Ray's object store on this machine, where Ray is started here. Pages never go through it.
        patience: seconds without any worker after which the run ends, as on a cluster that others keep busy.
    """

    address: str = ""
    workers: int = -1
    cpus: float = 1.0
    gpus: float = 0.0
    mixed: bool = False
    object_store: int = 200
    patience: float = 600.0

    def check(self) -> None:
        """Raise ``OptionError`` for the first value out of range."""
        if self.workers < 1 and self.workers != -1:
            raise OptionError(f"workers is {self.workers}; expected 1 or more, or -1 for as many as fit")
        for name in ("cpus", "gpus"):
            value = getattr(self, name)
            if not 0 <= value < float("inf"):
                raise OptionError(f"{name} is {value}; expected 0 or more")
            if value > 1 and value != int(value):
                raise OptionError(f"{name} is {value}; expected a whole number, or a part of one")
        if self.cpus == self.gpus == 0:
            raise OptionError("cpus and gpus are 0; a worker takes at least a part of one, such as cpus=1")
        if self.mixed and (self.gpus == 0 or self.cpus == 0):
            raise OptionError("`mixed` is for workers beside those that take a GPU; give cpus and gpus, such as gpus=1")
        if self.object_store < _LEAST_STORE:
            raise OptionError(f"object_store is {self.object_store}; expected {_LEAST_STORE} MB or more")
        if not self.patience > 0:
            raise OptionError(f"patience is {self.patience}; expected seconds above 0")
