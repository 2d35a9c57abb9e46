"""`pagerworthy render`: what each stack should be, as files; needs no engine, no cloud and no credentials."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option
from pagerworthy.cli.stack_options import chosen, demand_pulumi, lost, open_catalog

if TYPE_CHECKING:
    from pagerworthy.stacks import StackInputs


@click.command()
@click.argument("environment")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The folder to write to: one file a stack, sorted.",
)
@as_of_option
@cache_option
@click.pass_context
def command(
    ctx: click.Context,
    environment: str,
    services: tuple[str, ...],
    out: Path,
    as_of: dt.datetime | None,
    cache: bool,
) -> int:
    """Write what the stacks of ENVIRONMENT, or of some of its services, should be.

    Each file lists the resources of a stack, as `pulumi up` would ask the cloud for them; values that only the cloud
    knows stand in angle brackets. Without SERVICE the platform's stack is written as well.
    """
    from pagerworthy.cli.rules import show
    from pagerworthy.stacks import PLATFORM, stack_name
    from pagerworthy.stacks.refusals import doubtful

    demand_pulumi()
    from pagerworthy.stacks.render import write_rendered

    opened = open_catalog(ctx, as_of, cache=cache)
    if opened is None:
        return Exit.USAGE
    stacks = opened.environment(environment)
    names = chosen(stacks, services)
    stopped = opened.refused(names)
    problems = [each for name in sorted(stopped) for each in stopped[name]]
    problems += [] if services else lost(opened)
    show(problems, opened.project)
    unsure = doubtful(opened.catalog, opened.graph)
    inputs: list[StackInputs] = [] if services or PLATFORM in unsure else [stacks.platform()]
    inputs += [stacks.service(name) for name in names if name not in stopped and name not in unsure]
    # A stack of which nobody knows now what it should be keeps the file that it has.
    for name in unsure:
        if (name in names or name == PLATFORM or not services) and name not in stopped:
            click.echo(f"{stack_name(name, environment)} stays as it was: {unsure[name]}", err=True)
    written = write_rendered(inputs, out, environment=None if services or problems else environment)
    files = "1 file" if written.written == 1 else f"{written.written:,} files"
    click.echo(f"{out}: {files} written, {written.unchanged:,} unchanged, {written.removed:,} removed")
    return Exit.PROBLEMS if problems or unsure else Exit.FINE
