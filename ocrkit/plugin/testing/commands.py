"""Whether a command loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from ocrkit.plugin.specs import CommandSpec

__all__ = ["check_command"]


def check_command(spec: CommandSpec) -> None:
    """Load a command, and check that it is a Typer application with something in it.

    Raises:
        PluginError: it cannot be loaded, or is something else.
    """
    what = f"command {spec.name!r}"
    require_summary(what, spec.summary)
    with running(f"{what}: load"):
        application = spec.load()
    # By name, since only the command line imports typer.
    names = [f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in type(application).__mro__]
    require("typer.Typer" in names, f"{what} loads a {type(application).__name__}; expected a typer.Typer")
    callback = application.registered_callback
    require(
        bool(application.registered_commands or application.registered_groups or callback),
        f"{what} loads an application without a command; decorate a function with @app.command()",
    )
