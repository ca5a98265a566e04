"""The commands that plugins offer, each loaded only when it is invoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from ocrkit.cli.flags import learn_flags
from ocrkit.cli.reporting import ending
from ocrkit.errors import PluginError, UnknownNameError
from ocrkit.plugin.offers import COMMAND
from ocrkit.plugin.registry import default_registry

if TYPE_CHECKING:
    from ocrkit.plugin.offers import Offer
    from ocrkit.plugin.specs import CommandSpec

__all__ = ["CommandGroup"]

# Typer's contexts and commands are click's up to 0.28 and its own from then on, with the same methods: hence Any.


class CommandGroup(TyperGroup):
    """A group whose help shows names and summaries only, and which loads the one command that is invoked."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the name is the base's
        """Every command's name, in the order in which plugins offer them."""
        return list(dict.fromkeys(offer.name for offer in default_registry().commands()))

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write every command's name and its whole summary, which the base would cut to one line."""
        rows = [(offer.name, offer.summary) for offer in default_registry().commands()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """A command that has a name and a summary and does nothing, for completion; None for an unknown name."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        summaries = [offer.summary for offer in default_registry().commands() if offer.name == cmd_name]
        return _placeholder(cmd_name, summaries[0]) if summaries else None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Load the command that the first argument names; an unknown one is wrong usage."""
        try:
            self.commands[args[0]] = _load(default_registry().offer(COMMAND, args[0]))
        except UnknownNameError as error:
            if not ctx.resilient_parsing:  # as it is while a shell completes a half-typed line
                ctx.fail(str(error))
        else:
            learn_flags(self.commands[args[0]])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and end as ``ending`` says."""
        with ending():
            return super().invoke(ctx)


def _placeholder(name: str, summary: str) -> Any:
    application = typer.Typer(add_completion=False, rich_markup_mode=None)
    application.command(name, help=summary)(lambda: None)
    return typer.main.get_command(application)


def _load(offer: Offer[CommandSpec]) -> Any:
    try:
        application = offer.value.load()
    except Exception as error:
        if offer.distribution == "ocrkit":
            raise
        reason = f"{type(error).__name__}: {error}"
        raise PluginError(f"command {offer.name!r} of plugin {offer.origin} cannot be loaded: {reason}") from error
    if not isinstance(application, typer.Typer):
        kind = type(application).__name__
        raise PluginError(f"command {offer.name!r} of plugin {offer.origin} loads a {kind}; expected a typer.Typer")
    return _command(application)


def _command(application: typer.Typer) -> Any:
    application.rich_markup_mode = None
    grouped = application.registered_callback or application.registered_groups
    if grouped or len(application.registered_commands) != 1:
        return typer.main.get_group(application)
    # On its own, so that Typer does not add the options that install completion, which belong to the root.
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.registered_commands = application.registered_commands
    return typer.main.get_command(single)
