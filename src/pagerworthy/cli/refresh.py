"""`pagerworthy refresh`: takes over into the states what the cloud really is."""

import click

from pagerworthy.cli.stack_look import look_command
from pagerworthy.cli.stack_run import Limits, run_options


@click.command()
@click.argument("environment")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--clear-pending",
    is_flag=True,
    help="Forget operations that an engine did not live to end, once you have looked what became of them.",
)
@click.option(
    "--recover",
    is_flag=True,
    help="Look at nothing: only let go of stacks that an engine of this machine still holds since it was cut off.",
)
@run_options
@click.pass_context
def command(
    ctx: click.Context,
    environment: str,
    services: tuple[str, ...],
    *,
    clear_pending: bool,
    recover: bool,
    limits: Limits,
) -> int:
    """Take over into the states of ENVIRONMENT, or of some stacks, what the cloud really is.

    The next `up` makes it again what the catalog says. With --clear-pending, creations that were under way when an
    engine died are forgotten: delete what they left in the cloud before, since nothing knows of it afterwards.

    With --recover, which a job of CI runs after one that failed or was cut off, no state changes. Exit code 1 where an
    engine ended in the middle of something or somebody else is at work, 0 also where there is no such stack.
    """
    if recover and clear_pending:
        raise click.UsageError("--recover changes no state, and --clear-pending does: give one of them")
    operation = "recover" if recover else "refresh"
    return look_command(ctx, operation, environment, services, limits, clear_pending=clear_pending)
