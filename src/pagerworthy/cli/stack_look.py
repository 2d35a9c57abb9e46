"""What `refresh` and `drift` share: they look at the stacks that are there, whatever the catalog says of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.stack_run import Limits, Session, get_ready
from pagerworthy.cli.suggest import unknown_name

if TYPE_CHECKING:
    from pagerworthy.stacks.run.preflight import Ready


def look_command(
    ctx: click.Context,
    operation: str,
    environment: str,
    services: Sequence[str],
    limits: Limits,
    *,
    clear_pending: bool = False,
) -> int:
    """Runs `refresh`, `recover` or `drift` over the stacks of an environment."""
    project = project_of(ctx)
    ready = get_ready(project, limits.emulator)
    if operation == "recover" and services:
        # One that was never made holds nothing.
        stacks = [f"{name}.{environment}" for name in sorted(set(services))]
    elif operation == "recover":
        stacks = [name for name in ready.backend.stacks() if name.endswith(f".{environment}")]
    else:
        stacks = stacks_there(ready, environment, services)

    from pagerworthy.stacks.run.run import look

    session = Session(operation, environment, limits, ready)
    visitor = session.visitor(project, clear_pending=clear_pending)
    visit = {"refresh": visitor.refresh, "recover": visitor.recover, "drift": visitor.drift}[operation]
    return session.run(
        lambda: look(visit, stacks, session.workers(project), visitor, session.progress),
        detail=True,
        bad=("drifted",),
    )


def stacks_there(ready: "Ready", environment: str, services: Sequence[str]) -> list[str]:
    """The stacks of an environment in the backend, or those of the named services. Raises UsageError.

    Ends the command with 2 where there are none.
    """
    ends = f".{environment}"
    found = {name.removesuffix(ends): name for name in ready.backend.stacks() if name.endswith(ends)}
    for name in services:
        if name not in found:
            raise click.UsageError(unknown_name(f"stack in {environment}", name, found))
    if not found:
        click.echo(f"error: {ready.place.shown} has no stack of {environment}", err=True)
        click.echo(f"  run: pagerworthy up {environment}", err=True)
        raise click.exceptions.Exit(Exit.USAGE)
    return [found[name] for name in sorted(set(services))] or sorted(found.values())
