"""An environment without torch, as ``pip install 'ocrkit[pdf,onnx]' ocrkit-models ocrkit-serve`` leaves one."""

from __future__ import annotations

import os
import subprocess
import venv
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import TYPE_CHECKING

from command import Ran
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Torchless"]

_ASKED = ("ocrkit[pdf,onnx]", "ocrkit-models", "ocrkit-serve", "onnxruntime")
_LEFT_OUT = frozenset({"torch"})
_TORCH = {"PYTHONPATH", "PYTHONHOME", "OCRKIT_PLUGINS"}  # of this process's environment, what would be seen there


@dataclass(frozen=True)
class Torchless:
    """A virtual environment that holds links to some of this one's distributions, and neither torch nor pip.

    Attributes:
        folder: of the environment.
        names: the distributions in it.
    """

    folder: Path
    names: frozenset[str]

    @classmethod
    def make(cls, folder: Path, asked: Iterable[str] = _ASKED) -> Torchless:
        """Make it below a folder that is not there yet: what is asked for with all that it requires, but for torch."""
        venv.create(folder, symlinks=True, with_pip=False)
        (site,) = folder.glob("lib/python*/site-packages")
        found = dict(_required(asked))
        for each in found.values():
            for path in {file.parts[0] for file in each.files or () if file.parts[0] not in {"..", "__pycache__"}}:
                (site / path).symlink_to(os.path.realpath(str(each.locate_file(path))))
        return cls(folder, frozenset(found))

    def python(self, *arguments: str | Path, cwd: Path, stdin: str = "") -> Ran:
        """Run its Python in a folder, with a home of its own."""
        run = subprocess.run(
            [self.folder / "bin" / "python", *arguments],
            input=stdin, capture_output=True, text=True, check=False, cwd=cwd, env=self.variables(), timeout=120,
        )  # fmt: skip
        return Ran(run.returncode, run.stdout, run.stderr)

    def ocrkit(self, *arguments: str | Path, cwd: Path, stdin: str = "") -> Ran:
        """Run its ``ocrkit``; warnings are errors there."""
        return self.python("-W", "error", "-m", "ocrkit", *arguments, cwd=cwd, stdin=stdin)

    def variables(self) -> dict[str, str]:
        """The environment variables that its processes have."""
        kept = {key: value for key, value in os.environ.items() if key not in _TORCH}
        return {**kept, "PYTHONNOUSERSITE": "1", "XDG_DATA_HOME": str(self.folder / "data"), "OMP_NUM_THREADS": "1"}


def _required(asked: Iterable[str]) -> Iterator[tuple[str, Distribution]]:
    """Distributions by name, those asked for and those that they require; what is not installed here is left out."""
    waiting = [Requirement(each) for each in asked]
    seen: set[tuple[str, str]] = set()
    given: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in _LEFT_OUT:
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        if name not in given:
            given.add(name)
            yield name, found
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                further = map(Requirement, found.requires or ())
                waiting.extend(
                    each for each in further if each.marker is None or each.marker.evaluate({"extra": extra})
                )
