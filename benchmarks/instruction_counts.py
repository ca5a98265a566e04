"""How many instructions four fixed cases of the decoders take, by Callgrind: ``make callgrind-counts`` keeps them.

Wall-clock times of a busy machine tell nothing of a few per cent; counts are the same within a thousandth. They depend
on the compiler, so they are kept by its version, in ``callgrind_counts.json``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).with_name("callgrind_counts.json")
DRIVER = ROOT / "build" / "callgrind" / "callgrind_driver"
CASES = ("greedy", "greedy-rescored", "beam-10", "lexicon-1000")
PATHS = ("scalar", "avx2")  # Valgrind knows no AVX-512


class UncountableError(Exception):
    """Why instructions cannot be counted here."""


def build() -> str:
    """Build the driver, and name its compiler, as in ``gcc 12.2.0 x86_64``.

    Raises:
        UncountableError: Valgrind or CMake is not here.
        subprocess.CalledProcessError: it does not compile.
    """
    if not shutil.which("valgrind"):
        raise UncountableError("valgrind is not installed")
    beside_python = Path(sys.executable).parent
    cmake = shutil.which("cmake", path=str(beside_python)) or shutil.which("cmake")
    if cmake is None:
        raise UncountableError("cmake is not installed")
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DOCRKIT_CALLGRIND=ON", "-DOCRKIT_PYTHON=OFF"]
    _run([cmake, "-S", str(ROOT), "-B", str(DRIVER.parent), *options])
    _run([cmake, "--build", str(DRIVER.parent), "--target", DRIVER.name, "--parallel", "2"])
    return _run([str(DRIVER)]).stdout.strip()


def count(case: str, path: str) -> int:
    """The instructions of a case on a path.

    Raises:
        UncountableError: the path cannot be forced on this processor, or by this compiler.
        RuntimeError: the driver fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "counts"
        options = ["-q", "--tool=callgrind", "--toggle-collect=counted_run", f"--callgrind-out-file={out}"]
        done = _run(["valgrind", *options, str(DRIVER), case, path], check=False)
        if done.returncode == 3:
            raise UncountableError(done.stderr.strip().splitlines()[0])
        if done.returncode:
            raise RuntimeError(f"{case} on {path} ends with {done.returncode}:\n{done.stderr}")
        found = re.search(r"^(?:summary|totals): (\d+)", out.read_text("utf-8"), flags=re.M)
    if found is None or int(found[1]) == 0:
        raise RuntimeError(f"callgrind counted nothing of {case} on {path}:\n{done.stderr}")
    return int(found[1])


def kept() -> dict[str, dict[str, dict[str, int]]]:
    """The counts that are kept: by compiler, case and path."""
    counts: dict[str, dict[str, dict[str, int]]] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return counts


def main() -> None:
    """Count, print what changed, and keep the counts of this compiler."""
    compiler = build()
    counts = kept()
    before = counts.get(compiler, {})
    counts[compiler] = {}
    for case in CASES:
        counts[compiler][case] = {}
        for path in PATHS:
            number = counts[compiler][case][path] = count(case, path)
            old = before.get(case, {}).get(path)
            change = f"  {number / old - 1:+.1%}" if old else ""
            print(f"{compiler}  {case:16} {path:6} {number:>13,}{change}", flush=True)
    KEPT.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n", "utf-8")


def _run(command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        done.check_returncode()
    return done


if __name__ == "__main__":
    try:
        main()
    except UncountableError as error:
        sys.exit(f"instructions cannot be counted: {error}")
