"""The processes that train one model together, as ``torchrun`` starts them; a team of one where nothing did."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import torch
import torch.distributed as dist
from torch.distributed import TCPStore  # type: ignore[attr-defined]  # it is, and documented

from ocrkit.errors import OptionError
from ocrkit.nets.device import resolve_device
from ocrkit.nets.exchange import exchanging
from ocrkit.training.started import VARIABLES, check_numbers, local_rank, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor, nn

__all__ = ["ALONE", "Board", "Team", "joined_team", "team_device"]

_T = TypeVar("_T")
_LOOK = 0.005  # seconds between two looks at the board
_SILENT = 10.0  # seconds that processes may wait for one another at first without a word
_PATIENCE = timedelta(minutes=30)  # with a process that says nothing: it may be writing to a slow disk


class Board:
    """Where processes leave one another numbers under names, in any thread; none waits longer than it wants to."""

    def __init__(self, store: TCPStore, rank: int, count: int) -> None:
        self._store = store
        self._rank = rank
        self._count = count
        self._left = ""

    def exchange(
        self, name: str, own: NDArray[np.int32], stopped: Callable[[], bool]
    ) -> list[NDArray[np.int32]] | None:
        """What each process gives under a name, by rank; None once ``stopped`` says so.

        Raises:
            LostProcess: one of them gives nothing in half an hour, or the first one has ended.
        """
        with exchanging():
            self._store.set(f"{self._rank}/{name}", own.tobytes().hex())
            names = [f"{rank}/{name}" for rank in range(self._count)]
            deadline = time.monotonic() + _PATIENCE.total_seconds()
            while not self._store.check(names):
                if stopped():
                    return None
                if time.monotonic() > deadline:
                    raise RuntimeError(f"nothing has come under the name {name}")
                time.sleep(_LOOK)
            everyone = [np.frombuffer(bytes.fromhex(self._store.get(key).decode()), np.int32) for key in names]
            # Who gives under this name has taken what stood under the one before.
            if self._left:
                self._store.delete_key(f"{self._rank}/{self._left}")
            self._left = name
        return everyone


@dataclass(frozen=True, slots=True)
class Team:
    """Which of the processes that train together the one at hand is, and what it says to the others.

    Every method is called by all of them at the same point of their work, and raises ``LostProcess`` where one of
    them has gone.

    Attributes:
        rank: of this process, from 0.
        count: processes.
        talks: the group over which numbers of the CPU pass; None where there is no other process.
        board: where they leave one another numbers from any thread, at any time.
    """

    rank: int = 0
    count: int = 1
    talks: dist.ProcessGroup | None = None
    board: Board | None = None

    @property
    def leads(self) -> bool:
        """Whether this process is the one that writes and tells."""
        return self.rank == 0

    def share_of(self, items: Sequence[_T]) -> Sequence[_T]:
        """Every ``count``-th of the items, beginning with this process' rank: its part of what all work through."""
        return items[self.rank :: self.count]

    def told(self, value: _T) -> _T:
        """The first process' value, which must be picklable."""
        if self.count == 1:
            return value
        box = [value]
        with exchanging():
            dist.broadcast_object_list(box, src=0, group=self.talks)
        return box[0]

    def gathered(self, value: _T) -> list[_T]:
        """The values of all processes, which must be picklable, by rank."""
        if self.count == 1:
            return [value]
        boxes: list[_T | None] = [None] * self.count
        with exchanging():
            dist.all_gather_object(boxes, value, group=self.talks)
        return cast("list[_T]", boxes)

    def numbers(self, *own: float) -> NDArray[np.float64]:
        """(count, N) numbers of all processes, by rank; quicker than ``gathered``."""
        mine = torch.tensor(own, dtype=torch.float64)
        if self.count == 1:
            return mine[None].numpy()
        everyone = [torch.empty_like(mine) for _ in range(self.count)]
        with exchanging():
            dist.all_gather(everyone, mine, group=self.talks)
        return torch.stack(everyone).numpy()

    def seed_chance(self, seed: int, step: int) -> None:
        """Give torch's generators a state by (seed, step, rank), so that no two processes drop the same values out.

        A team of one goes on with the state that there is.
        """
        if self.count > 1:
            words = np.random.SeedSequence((seed, step, self.rank)).generate_state(1, np.uint64)
            torch.manual_seed(int(words[0] >> np.uint64(1)))

    def add_gradients(self, network: nn.Module, nats: Tensor) -> Tensor:
        """Give each parameter the sum of its gradients in all processes, and return the sum of their ``nats``."""
        if self.count == 1:
            return nats
        parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        # One long vector: a few large messages pass sooner than many small ones.
        flat = torch.cat([*(gradient.flatten() for gradient in gradients), nats.detach().float().reshape(1)])
        with exchanging():
            dist.all_reduce(flat)
        total = torch.split_with_sizes(flat[:-1], [gradient.numel() for gradient in gradients])
        for gradient, summed in zip(gradients, total, strict=True):
            gradient.copy_(summed.view_as(gradient))
        return flat[-1]


ALONE = Team()


@contextmanager
def joined_team(device: torch.device, note: Callable[[str], None] | None = None) -> Iterator[Team]:
    """The team that this process was started into, by the variables that ``torchrun`` sets; ``ALONE`` without them.

    A default group of torch.distributed that exists already is used, and left as it is.

    Args:
        device: of this process; messages of CUDA tensors pass by NCCL, others by Gloo.
        note: told where the others let it wait.

    Raises:
        OptionError: the variables name no process, or the processes cannot meet.
    """
    begun = dist.is_available() and dist.is_initialized()
    if not begun and not together():
        yield ALONE
        return
    if not begun:
        _begin(device, note)
    try:
        yield _team() if dist.get_world_size() > 1 else ALONE
    finally:
        if not begun:
            with suppress(RuntimeError):  # another process has gone already
                dist.destroy_process_group()


def team_device(name: str) -> torch.device:
    """The device of this process: of ``auto`` and ``cuda``, the one whose number is the process' on its machine.

    Raises:
        OptionError: there is no such device, or the machine has fewer than processes.
    """
    device = resolve_device(name)
    if device.type != "cuda" or device.index is not None or not together():
        return device
    if local_rank() >= torch.cuda.device_count():
        raise OptionError(
            f"process {local_rank()} of this machine has no CUDA device: there are {torch.cuda.device_count()}; "
            "start as many processes as there are devices, or give `training.device='cpu'`"
        )
    return resolve_device(f"cuda:{local_rank()}")


def _team() -> Team:
    team = Team(dist.get_rank(), dist.get_world_size(), dist.new_group(backend="gloo", timeout=_PATIENCE))
    host = os.environ.get("MASTER_ADDR", "127.0.0.1")
    # A store of their own: the one that torch has begun with may be behind a private name.
    store = TCPStore(host, 0, None, is_master=True, wait_for_workers=False) if team.leads else None
    port = team.told(store.port if store is not None else 0)
    return replace(team, board=Board(store or TCPStore(host, port, None), team.rank, team.count))


def _begin(device: torch.device, note: Callable[[str], None] | None) -> None:
    check_numbers()
    if device.type == "cuda":
        torch.cuda.set_device(device)
    backend, place = "nccl" if device.type == "cuda" else "gloo", _meeting_place()
    waiting = f"waiting for the others of {os.environ['WORLD_SIZE']} processes at {place}"
    try:
        _awaited(
            lambda: dist.init_process_group(backend, timeout=_PATIENCE),
            lambda: note(waiting) if note else None,
        )
    except (RuntimeError, ValueError) as error:
        raise OptionError(
            f"the processes cannot meet at {place}: "
            f"{str(error).splitlines()[0]}; start them by torchrun, or one alone without {', '.join(VARIABLES)}"
        ) from error


def _meeting_place() -> str:
    return f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"


def _awaited(meet: Callable[[], None], tell: Callable[[], None]) -> None:
    """Meet in a thread: in the main one torch would heed no signal until the others have come."""
    errors: list[BaseException] = []

    def met() -> None:
        try:
            meet()
        except BaseException as error:  # carried over to the thread that waits
            errors.append(error)

    # A daemon, so that a process that is told to end does not wait for it.
    meeting = threading.Thread(target=met, name="ocrkit-meeting", daemon=True)
    meeting.start()
    silent_until = time.monotonic() + _SILENT
    told = False
    while meeting.is_alive():
        meeting.join(_LOOK)
        if not told and time.monotonic() > silent_until:
            tell()
            told = True
    if errors:
        raise errors[0]
