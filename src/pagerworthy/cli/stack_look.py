"""What `refresh` and `drift` share: they look at the stacks that are there, whatever the catalog says of them."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.stack_run import Limits, Session, get_ready
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.project import Project

if TYPE_CHECKING:
    from pagerworthy.stacks.run.backend import Backend
    from pagerworthy.stacks.run.places import Place


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
    if operation != "recover":
        refuse_unknown(project, limits.emulator, environment, services)
    ready = get_ready(project, limits.emulator)
    if operation == "recover" and services:
        # One that was never made holds nothing.
        stacks = [f"{name}.{environment}" for name in sorted(set(services))]
    elif operation == "recover":
        stacks = [name for name in ready.backend.stacks() if name.endswith(f".{environment}")]
    else:
        stacks = stacks_there(ready.backend, ready.place, environment, services)

    from pagerworthy.stacks.run.run import look

    session = Session(operation, environment, limits, ready, services)
    visitor = session.visitor(project, clear_pending=clear_pending)
    visit = {"refresh": visitor.refresh, "recover": visitor.recover, "drift": visitor.drift}[operation]
    return session.run(
        lambda: look(visit, stacks, session.workers(project), visitor, session.progress),
        detail=True,
        bad=("drifted",),
    )


def refuse_unknown(project: Project, emulator: str, environment: str, services: Sequence[str]) -> None:
    """Looks at the names before anything else is asked for, where the states are in a folder.

    Raises UsageError, and ends the command with 2 where there is no stack.
    """
    from pagerworthy.stacks.run.backend import BackendError, FileBackend
    from pagerworthy.stacks.run.places import place_of

    place = place_of(project, os.environ, emulator)
    if place.folder is None:
        return
    try:
        stacks_there(FileBackend(place.folder), place, environment, services)
    except BackendError:
        # What is wrong with it, and what mends it, is said once everything is looked at.
        return


def stacks_there(backend: "Backend", place: "Place", environment: str, services: Sequence[str]) -> list[str]:
    """The stacks of an environment in the backend, or those of the named services. Raises UsageError.

    Ends the command with 2 where there are none.
    """
    ends = f".{environment}"
    there = tuple(backend.stacks())
    found = {name.removesuffix(ends): name for name in there if name.endswith(ends)}
    if not found:
        _refuse_environment(place, environment, there)
        from pagerworthy.stacks.run.commands import command

        click.echo(f"error: {place.shown} has no stack of {environment}", err=True)
        click.echo(f"  run: {command('up', environment, emulator=place.emulator)}", err=True)
        raise click.exceptions.Exit(Exit.USAGE)
    for name in services:
        if name not in found:
            raise click.UsageError(unknown_name(f"stack in {environment}", name, found))
    return [found[name] for name in sorted(set(services))] or sorted(found.values())


def _refuse_environment(place: "Place", environment: str, stacks: Iterable[str]) -> None:
    """Raises UsageError for an environment that has neither an entry nor a stack: an entry is called as its file."""
    files = (place.root / "catalog" / "environments").glob("**/*.yaml")
    known = {path.stem for path in files} | {name.partition(".")[2] for name in stacks}
    if environment not in known:
        raise click.UsageError(unknown_name("environment", environment, sorted(known)))
