"""Builds manylinux wheels of ocrkit, for each Python that is found here, and the wheels of its plugins.

Run it by the Python of the environment that ``make`` made: ``python csrc/portable/wheels.py`` or ``make wheel``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("3.11", "3.12", "3.13")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
HAS_HEADERS = "import os, sysconfig; print(os.path.exists(os.path.join(sysconfig.get_path('include'), 'Python.h')))"


class BuildError(Exception):
    """A wheel that could not be built, with what the tool said."""


def main() -> int:
    """Build what the command line asks for, and print each wheel's place on stdout."""
    options = _options()
    begun = time.monotonic()
    pythons = {version: find_python(version) for version in options.python or VERSIONS}
    for version, python in pythons.items():
        _say(f"Python {version}: {python or 'not found with its headers; no wheel for it'}")
    if not any(pythons.values()):
        _say(f"no Python of {', '.join(pythons)} is found; install one with its headers, or name another by --python")
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        made = [_native(version, python, options.out) for version, python in pythons.items() if python]
        made += _pure(options.out)
    except BuildError as error:
        _say(str(error))
        return 1
    for path in made:
        print(path)
    _say(f"{len(made)} wheels in {options.out}, {time.monotonic() - begun:.0f} s")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked = f"a version of Python, again for more; else {', '.join(VERSIONS)}"
    parser.add_argument("--python", action="append", metavar="X.Y", help=asked)
    parser.add_argument("--out", "-o", type=Path, default=ROOT / "dist", help="where they come to lie; else dist/")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def find_python(version: str) -> Path | None:
    """The interpreter of a version, with headers: the one that runs this, one on PATH, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [Path(sys.executable)] if version == HERE else []
    candidates += [Path(found) for found in [shutil.which(f"python{version}")] if found]
    candidates += sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)
    for candidate in candidates:
        told = subprocess.run([candidate, "-c", HAS_HEADERS], capture_output=True, text=True, check=False)
        if told.stdout.strip() == "True":
            return candidate
    return None


def _native(version: str, python: Path, out: Path) -> Path:
    """A wheel of ocrkit for one Python: built, then given the oldest manylinux tag that it keeps to."""
    _say(f"building ocrkit for Python {version} …")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        built = _pip_wheel(python, [str(ROOT)], Path(folder), isolated=version != HERE)
        _run([sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", f"{folder}/repaired", str(built[0])])
        [repaired] = Path(folder, "repaired").glob("*.whl")
        kept = _keep(repaired, out)
    _say(f"  {kept.name}, {_size(kept)}, {time.monotonic() - begun:.0f} s")
    return kept


def _pure(out: Path) -> list[Path]:
    """The plugins' wheels, which are Python and data alone."""
    _say("building the plugins …")
    plugins = sorted(str(path.parent) for path in ROOT.glob("plugins/ocrkit-*/pyproject.toml"))
    with tempfile.TemporaryDirectory() as folder:
        kept = [_keep(path, out) for path in _pip_wheel(Path(sys.executable), plugins, Path(folder), isolated=False)]
    for path in kept:
        _say(f"  {path.name}, {_size(path)}")
    return kept


def _pip_wheel(python: Path, sources: list[str], folder: Path, *, isolated: bool) -> list[Path]:
    """The wheels of source trees. Isolated, pip fetches what builds them; else this environment has it."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    _run([*command, *([] if isolated else ["--no-build-isolation"]), *sources])
    return sorted(folder.glob("*.whl"))


def _run(command: list[str]) -> None:
    found = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    setting = {**os.environ, "PATH": os.pathsep.join(found), "PIP_CONSTRAINT": str(ROOT / "constraints.txt")}
    if shutil.which("ccache"):  # the decoders are the same for every Python
        setting.setdefault("CMAKE_CXX_COMPILER_LAUNCHER", "ccache")
    ran = subprocess.run(command, env=setting, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode:
        raise BuildError(f"{ran.stdout}\n{' '.join(command)} ended with {ran.returncode}")


def _keep(wheel: Path, out: Path) -> Path:
    """The wheel in `out`, in the place of earlier ones for the same Python and platform."""
    name, _, rest = wheel.name.partition("-")
    tags = rest.split("-")[-3:]
    for earlier in out.glob(f"{name}-*-{tags[0]}-*.whl"):
        earlier.unlink()
    return Path(shutil.move(wheel, out / wheel.name))


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
