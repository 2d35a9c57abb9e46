"""`pagerworthy outputs`: what stacks tell each other, and people."""

import os

import click
import msgspec

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.stack_look import stacks_there
from pagerworthy.cli.stack_run import emulator_option, get_backend


class StackOutputs(msgspec.Struct, frozen=True):
    """The outputs of a stack; `secret` are the names of those that are not shown."""

    stack: str
    outputs: dict[str, str | int | float | bool | list[str]]
    secret: tuple[str, ...] = ()


class Outputs(msgspec.Struct, frozen=True):
    """What `pagerworthy outputs --format json` prints."""

    environment: str
    stacks: tuple[StackOutputs, ...]


@click.command()
@click.argument("environment")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print the answer.",
)
@emulator_option
@click.pass_context
def command(ctx: click.Context, environment: str, services: tuple[str, ...], *, form: str, emulator: str) -> int:
    """Print the outputs of the stacks of ENVIRONMENT, or of some of its services and `platform`.

    No engine is started, and where states are in a folder Pulumi need not be here. Secrets are named and never shown.
    Exit code 1 where the state of a stack cannot be read, and is missing.
    """
    from pagerworthy.stacks.run.backend import BackendError
    from pagerworthy.stacks.run.places import place_of

    project = project_of(ctx)
    backend = get_backend(project, emulator)
    found = []
    exit_code = Exit.FINE
    for name in stacks_there(backend, place_of(project, os.environ, emulator), environment, services):
        try:
            state = backend.read(name)
        except BackendError as error:
            click.echo(f"error: {error}", err=True)
            click.echo(f"  help: {error.help}", err=True)
            exit_code = Exit.PROBLEMS
            continue
        if state is not None:
            found.append(StackOutputs(name, dict(sorted(state.outputs.items())), state.secret))
    if form == "json":
        answer = Outputs(environment, tuple(found))
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
        return exit_code
    for number, stack in enumerate(found):
        click.echo(("" if number == 0 else os.linesep) + stack.stack)
        for key, value in stack.outputs.items():
            click.echo(f"  {key}: {', '.join(value) if isinstance(value, list) else value}")
        for key in stack.secret:
            click.echo(f"  {key}: [secret]")
    return exit_code
