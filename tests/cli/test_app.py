"""The command line as a user meets it: a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ocrkit

if TYPE_CHECKING:
    from command import RunOcrkit

SOURCES = Path(ocrkit.__file__).parents[1]
Distribute = Callable[..., Path]


def run(*arguments: str, site: Path | None = None, plugins: str = "none") -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, filter(None, (site, SOURCES))))
    return subprocess.run(
        [sys.executable, "-m", "ocrkit", *arguments],
        env={**os.environ, "PYTHONPATH": path, "OCRKIT_PLUGINS": plugins},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_shows_every_command_and_its_summary(flag: str) -> None:
    shown = run(flag)

    assert shown.returncode == 0
    for name in ("train", "decode", "evaluate", "charsets", "models", "plugins", "demo"):
        assert f"\n  {name}" in shown.stdout
    assert "Train a model on labelled lines, or on lines drawn from a charset." in " ".join(shown.stdout.split())


def test_help_loads_no_command_and_nothing_heavy() -> None:
    heavy = ("torch", "numpy", "PIL", "ocrkit.cli.charsets", "ocrkit.cli.plugins", "ocrkit.cli.train")
    code = (
        "import sys\n"
        "from ocrkit.cli.app import main\n"
        "sys.argv = ['ocrkit', '--help']\n"
        "try:\n    main()\n"
        f"finally:\n    print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)\n"
    )

    shown = subprocess.run([sys.executable, "-c", code], cwd=SOURCES, capture_output=True, text=True, check=False)

    assert shown.stderr == "[]\n"


def test_what_libraries_read_at_their_start_is_set_unless_the_user_did() -> None:
    code = (
        "import os, sys\n"
        "from ocrkit.cli.app import main\n"
        "sys.argv = ['ocrkit', '--version']\n"
        "try:\n    main()\n"
        "finally:\n    print(os.environ['OMP_WAIT_POLICY'], os.environ['ONEDNN_PRIMITIVE_CACHE_CAPACITY'])\n"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_WAIT", "ONEDNN"))}

    def told(**own: str) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, cwd=SOURCES, env={**bare, **own}, capture_output=True, text=True, check=True
        ).stdout

    assert told().endswith("\npassive 64\n")
    assert told(OMP_WAIT_POLICY="active", ONEDNN_PRIMITIVE_CACHE_CAPACITY="9").endswith("\nactive 9\n")


def test_no_argument_shows_the_help() -> None:
    assert "Commands:" in run().stdout + run().stderr


def test_the_version_is_printed() -> None:
    assert run("--version").stdout == f"ocrkit {ocrkit.__version__}\n"


def test_an_unknown_command_names_the_nearest_and_is_wrong_usage() -> None:
    shown = run("trian")

    assert shown.returncode == 2
    assert "no command 'trian'; did you mean 'train'?" in shown.stderr
    assert shown.stdout == ""


def test_an_unknown_option_is_wrong_usage() -> None:
    shown = run("charsets", "list", "--jsno")

    assert shown.returncode == 2
    assert "--json" in shown.stderr


def test_an_error_is_one_line_on_stderr() -> None:
    shown = run("charsets", "show", "malyalam")

    assert shown.returncode == 1
    assert shown.stderr.startswith("error: no charset 'malyalam'; did you mean 'malayalam'?")
    assert shown.stderr.count("\n") == 1
    assert shown.stdout == ""


def test_debug_adds_the_traceback() -> None:
    shown = run("--debug", "charsets", "show", "malyalam")

    assert shown.returncode == 1
    assert "Traceback (most recent call last)" in shown.stderr
    assert shown.stderr.splitlines()[-1].startswith("error: no charset")


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ocrkit", "charsets", "show", "malayalam"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCES), "OCRKIT_PLUGINS": "none"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""
    assert process.returncode == 128 + signal.SIGPIPE


COMMAND = """
    from ocrkit import CommandSpec

    def load():
        {load}

    @hookimpl
    def ocrkit_commands():
        yield CommandSpec("greet", "Greet the reader.", load)
"""
SINGLE = """
        import typer
        app = typer.Typer()
        @app.command()
        def greet(name: str, loud: bool = False):
            {body}
        return app
"""


def command(load: str) -> str:
    return COMMAND.format(load=load.strip())


def test_a_command_of_a_plugin_is_shown_and_runs(distribute: Distribute) -> None:
    site = distribute("ocrkit-greet", command(SINGLE.format(body="print('good day', name, loud)")))

    shown = run("--help", site=site, plugins="ocrkit-greet")
    ran = run("greet", "reader", "--loud", site=site, plugins="ocrkit-greet")

    assert re.search(r"greet +Greet the reader\.", shown.stdout)
    assert ran.stdout == "good day reader True\n"


def test_the_help_of_a_single_command_has_its_own_options_only(distribute: Distribute) -> None:
    site = distribute("ocrkit-greet", command(SINGLE.format(body="pass")))

    shown = run("greet", "-h", site=site, plugins="ocrkit-greet")

    assert "Usage: ocrkit greet [OPTIONS]" in shown.stdout
    assert "--loud" in shown.stdout
    assert "completion" not in shown.stdout


@pytest.mark.parametrize(
    ("load", "complaint"),
    [
        ("import kenlm_that_is_not_there", "ocrkit-greet 1.0 cannot be loaded: ModuleNotFoundError"),
        ("return 3", r"ocrkit-greet 1.0 loads a int; expected a typer.Typer"),
    ],
)
def test_a_command_that_cannot_be_loaded_names_its_plugin(distribute: Distribute, load: str, complaint: str) -> None:
    site = distribute("ocrkit-greet", command(load))

    shown = run("greet", site=site, plugins="ocrkit-greet")

    assert shown.returncode == 1
    assert complaint in shown.stderr
    assert shown.stderr.count("\n") == 1


def test_a_command_that_a_broken_plugin_held_names_the_plugin(distribute: Distribute) -> None:
    site = distribute("ocrkit-greet", "import kenlm_that_is_not_there", version="0.2")

    shown = run("greet", site=site, plugins="ocrkit-greet")

    assert shown.returncode == 2
    assert "ocrkit-greet 0.2 is off (at import): ModuleNotFoundError" in shown.stderr


def test_an_unexpected_exception_is_one_line_too(distribute: Distribute) -> None:
    site = distribute("ocrkit-greet", command(SINGLE.format(body="1 / 0")))

    shown = run("greet", "reader", site=site, plugins="ocrkit-greet")
    debugged = run("--debug", "greet", "reader", site=site, plugins="ocrkit-greet")

    assert shown.returncode == debugged.returncode == 1
    assert shown.stderr.startswith(
        "error: plugin ocrkit-greet 1.0 failed: ZeroDivisionError: division by zero; put --d"
    )
    assert shown.stderr.count("\n") == 1
    assert "Traceback" in debugged.stderr


def test_an_interrupt_ends_with_130(distribute: Distribute) -> None:
    site = distribute("ocrkit-greet", command(SINGLE.format(body="raise KeyboardInterrupt")))

    shown = run("greet", "reader", site=site, plugins="ocrkit-greet")

    assert shown.returncode == 130
    assert shown.stderr == "interrupted\n"


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_that_ends_puts_away_what_is_half_done(distribute: Distribute, name: str, code: int) -> None:
    put_away = f"import atexit, os, signal; atexit.register(print, 'put away'); os.kill(os.getpid(), signal.{name})"
    site = distribute("ocrkit-greet", command(SINGLE.format(body=put_away)))

    shown = run("greet", "reader", site=site, plugins="ocrkit-greet")

    assert (shown.returncode, shown.stdout, shown.stderr) == (code, "put away\n", "terminated\n")


def test_a_plugin_that_fails_leaves_the_other_commands_alone(distribute: Distribute) -> None:
    site = distribute("ocrkit-bad", "1 / 0")

    assert run("charsets", "list", site=site, plugins="ocrkit-bad").returncode == 0


@pytest.mark.parametrize("words", ["", "data", "charsets", "lm", "models", "plugins"])
def test_no_summary_of_a_command_is_cut(run_ocrkit: RunOcrkit, words: str) -> None:
    shown = run_ocrkit(*words.split(), "--help").out

    assert "Commands:" in shown
    assert "..." not in shown.split("Commands:")[1]


@pytest.mark.parametrize("group", ["charsets", "models", "plugins"])
def test_a_group_is_summed_up_alike_from_without_and_from_within(run_ocrkit: RunOcrkit, group: str) -> None:
    from_without = run_ocrkit("--help").out

    within = run_ocrkit(group, "--help").out.split("\n\n")[1].strip()

    assert re.search(rf"^  {group} +{re.escape(within)}$", from_without, flags=re.M)
