"""`pagerworthy drift`: how the cloud differs from what was brought up."""

import click

from pagerworthy.cli.stack_look import look_command
from pagerworthy.cli.stack_run import Limits, run_options


@click.command()
@click.argument("environment")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@run_options
@click.pass_context
def command(ctx: click.Context, environment: str, services: tuple[str, ...], *, limits: Limits) -> int:
    """Say how the cloud differs from what `up` has made of ENVIRONMENT, or of some stacks.

    Nothing is changed. What is looked at are the resources that stacks have: one that somebody has added beside them by
    hand, such as a further rule of a security group, is seen by no stack, and not found. Exit code 1 where anything
    differs; `pagerworthy up ENVIRONMENT --refresh` puts it right.
    """
    return look_command(ctx, "drift", environment, services, limits)
