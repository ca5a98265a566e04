"""Who has a page in hand: claims that several processes, on one machine or on many, make on a shared folder.

A claim is a hard link to its owner's own file, which says who that is, so that it comes to be whole or not at all, on
network file systems too. The owner's file is touched now and then: claims of an owner whose process is gone, or which
was not touched for long, are dead. Who finds a dead claim makes the next one, ``NAME.1`` after ``NAME.0``, which only
one can; so a page's claims also tell how often a process died that had it in hand.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import threading
import uuid
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrkit.collections.records import FOLDER, Records, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Busy", "Claim", "Claims", "Owner"]

_BEAT = 20.0  # seconds from one touch to the next
# Seconds without a touch after which an owner on another machine is taken for dead. What a machine sees of a shared
# folder may be a minute old.
_DEAD = 300.0
_WITHOUT_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES}
_OWNERS = "owner-"


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that claims pages.

    Attributes:
        machine: what no other machine, container or start of a machine has.
        host: the machine's name, for messages.
        pid: the process.
        started: when it was started, as the system counts; empty where it does not tell.
        run: the run that it works for.
    """

    machine: str
    host: str
    pid: int
    started: str
    run: str

    @classmethod
    def here(cls, run: str) -> Owner:
        """The process that asks."""
        return cls(_machine(), socket.gethostname(), os.getpid(), _started(os.getpid()), run)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


@dataclass(frozen=True, slots=True)
class Busy:
    """Another process has the page in hand."""

    owner: Owner | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A page that this process has in hand.

    Attributes:
        path: of the claim.
        generation: how many claims on it died before.
        dead: the runs of those.
    """

    path: Path
    generation: int
    dead: tuple[str, ...]


class Claims:
    """Claims on the pages of an output, for one process.

    Args:
        output: the folder that is written to.
        run: what the run is called, which no other is.
    """

    def __init__(self, output: Path, run: str) -> None:
        self._folder = output / FOLDER / "claims"
        self._records = Records(output)
        self._me = Owner.here(run)
        self._own: Path | None = None
        self._lock = threading.Lock()
        self._held: set[Path] = set()
        self._closed = threading.Event()

    def take(self, stem: str) -> Claim | Busy:
        """Claim a page, unless another process that lives has it.

        Raises:
            OSError: the folder cannot be written to.
        """
        own = self._begun()
        dead: list[str] = []
        while True:
            path = self._path(stem, len(dead))
            if self._make(path, own):
                with self._lock:
                    self._held.add(path)
                return Claim(path, len(dead), tuple(dead))
            owner = _owner(path)
            if self._lives(path, owner):
                return Busy(owner)
            if not path.exists():  # given back meanwhile
                dead.clear()
                continue
            dead.append(owner.run if owner is not None else "")

    def is_mine(self, claim: Claim) -> bool:
        """Whether the claim still holds: nobody took this process for dead meanwhile."""
        following = claim.path.with_suffix(f".{claim.generation + 1}")
        return _owner(claim.path) == self._me and not following.exists()

    def give_back(self, claim: Claim) -> None:
        """Claim a page no more, and forget the dead claims on it."""
        with self._lock:
            self._held.discard(claim.path)
        for generation in range(claim.generation, -1, -1):
            with contextlib.suppress(OSError):
                claim.path.with_suffix(f".{generation}").unlink(missing_ok=True)

    def holder(self, stem: str) -> str:
        """Who has a page in hand, in words; empty where nobody has who lives."""
        generation = 0
        while (path := self._path(stem, generation)).exists():
            owner = _owner(path)
            if self._lives(path, owner):
                return str(owner or "another run")
            generation += 1
        return ""

    def bury(self, stem: str) -> None:
        """Take this run's claim on a page for dead, on whatever machine it was made, by the word of who saw it die."""
        generation = 0
        while self._path(stem, generation + 1).exists():
            generation += 1
        path = self._path(stem, generation)
        owner = _owner(path)
        if owner is not None and owner.run == self._me.run:
            with contextlib.suppress(OSError):
                os.utime(path, (0, 0))

    def was_ours(self, stem: str) -> bool:
        """Whether the last claim on a page is one of this run, which need not live."""
        last = len(self.deaths(stem))
        owner = _owner(self._path(stem, last)) or (_owner(self._path(stem, last - 1)) if last else None)
        return owner is not None and owner.run == self._me.run

    def deaths(self, stem: str) -> list[str]:
        """The runs whose processes died with a page in hand."""
        dead: list[str] = []
        while True:
            path = self._path(stem, len(dead))
            owner = _owner(path)
            if not path.exists() or self._lives(path, owner):
                return dead
            dead.append(owner.run if owner is not None else "")

    def forget(self, stem: str) -> None:
        """Remove all claims on a page, those of the dead too."""
        path = self._path(stem, len(self.deaths(stem)))
        while path.suffix != ".-1":
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            path = path.with_suffix(f".{int(path.suffix[1:]) - 1}")

    def end_run(self) -> None:
        """Remove all claims of this run, whose processes are stopped, and what the dead left that counts no death."""
        # Its own file is the last, for who lives is told by the clock, which is asked by touching that file.
        for path in sorted(self._files(), key=lambda path: path == self._own):
            owner = _owner(path)
            ended = owner is not None and owner.run == self._me.run
            if ended or (path != self._own and self._is_idle(path) and not self._lives(path, owner)):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    def _is_idle(self, path: Path) -> bool:
        """Whether a file among the claims is an owner's own, or a claim whose page was noted to be read since."""
        if path.name.startswith(_OWNERS):
            return True
        try:
            return 0 < path.stat().st_mtime <= self._records.noted_at(path.stem)
        except OSError:
            return False

    def close(self) -> None:
        """Touch claims no more."""
        self._closed.set()

    def now(self) -> float:
        """The time by the clock of the file system, which need not be this machine's."""
        own = self._begun()
        os.utime(own)
        return own.stat().st_mtime

    def _path(self, stem: str, generation: int) -> Path:
        return self._folder / f"{name_of(stem)}.{generation}"

    def _files(self) -> Iterator[Path]:
        with contextlib.suppress(OSError):
            yield from [Path(entry.path) for entry in os.scandir(self._folder)]

    def _begun(self) -> Path:
        """The owner's own file, which is touched from now on."""
        if self._own is None or not self._own.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            own = self._folder / f"{_OWNERS}{uuid.uuid4().hex}"
            _create(own, self._me)
            began, self._own = self._own is None, own
            if began:
                threading.Thread(target=self._beat, name="ocrkit-claims", daemon=True).start()
        return self._own

    def _beat(self) -> None:
        while not self._closed.wait(_BEAT):
            with self._lock:
                held = list(self._held)
            for path in filter(None, (self._own, *held)):
                with contextlib.suppress(OSError):
                    os.utime(path)

    def _make(self, path: Path, own: Path) -> bool:
        """Claim by a link to the own file; False where somebody has claimed already."""
        try:
            os.link(own, path)
        except FileExistsError:
            # A server whose answer was lost is asked again, and then finds the link that it made.
            return path not in self._held and _is_same(own, path)
        except OSError as error:
            if error.errno not in _WITHOUT_LINKS:
                raise
            try:
                _create(path, self._me)
            except FileExistsError:
                return False
        return True

    def _lives(self, path: Path, owner: Owner | None) -> bool:
        if owner is not None and owner.machine == self._me.machine:
            return _runs(owner)
        try:
            return self.now() - path.stat().st_mtime < _DEAD
        except OSError:
            return False


def _create(path: Path, owner: Owner) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        os.write(descriptor, json.dumps(asdict(owner)).encode())
    finally:
        os.close(descriptor)


def _owner(path: Path) -> Owner | None:
    """Whose a claim is; None where it is gone, or was not written to its end."""
    try:
        table: dict[str, Any] = json.loads(path.read_bytes())
        return Owner(**table)
    except (OSError, ValueError, TypeError):
        return None


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _runs(owner: Owner) -> bool:
    """Whether the process of an owner on this machine is there, and no other that has its number."""
    if owner.started:
        return _started(owner.pid) == owner.started
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _started(pid: int) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = status.rpartition(")")[2].split()
    # One that has ended and that nobody has waited for yet is dead.
    return "" if fields[0] in "ZX" else fields[19]


@cache
def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()} {boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return f"{socket.gethostname()} {uuid.getnode():x}"
