"""`pagerworthy waves`: in which order the stacks of an environment come up."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option
from pagerworthy.cli.stack_options import open_catalog

if TYPE_CHECKING:
    from pagerworthy.stacks.run.waves import Order

# What GitHub lets a matrix have: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
_MOST_JOBS = 256


class Waves(msgspec.Struct, frozen=True):
    """The stacks of an environment in their order: each wave needs only what earlier ones have brought up.

    `again` are those that also use what comes later, and are brought up once more in the end.
    """

    environment: str
    waves: tuple[tuple[str, ...], ...]
    again: tuple[str, ...] = ()


class _Job(msgspec.Struct, frozen=True):
    """One job of a matrix: the services that one runner brings up, with spaces between."""

    name: str
    services: str


class _Matrix(msgspec.Struct, frozen=True):
    include: tuple[_Job, ...]


@click.command()
@click.argument("environment")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="`github` prints outputs of a step, one matrix a wave.",
)
@click.option(
    "--runners",
    type=click.IntRange(1, _MOST_JOBS),
    default=8,
    show_default=True,
    help="With `github`: the most jobs of a wave.",
)
@click.option(
    "--most",
    type=click.IntRange(1, 100),
    metavar="N",
    help="With `github`: as many waves as the workflow has jobs for. Where there are more, small ones become one.",
)
@as_of_option
@cache_option
@click.pass_context
def command(
    ctx: click.Context,
    environment: str,
    *,
    form: str,
    runners: int,
    most: int | None,
    as_of: dt.datetime | None,
    cache: bool,
) -> int:
    """Say in which order the stacks of ENVIRONMENT come up, after its platform's.

    It is the order of `pagerworthy up`. A stack that softly needs one that comes later is brought up once more in the
    end: `again`.

    With `--format github` the lines go to $GITHUB_OUTPUT: `waves` is their number, `wave_1` the matrix of the first,
    and so on. A job of wave 2 needs wave 1; each runs `pagerworthy up ENVIRONMENT` with its `matrix.services`.
    `--format json` is schemas/waves.schema.json.

    Exit code 0 when all stacks are in it, 1 when entries that cannot be read are missing, 2 when there is no order and
    nothing is printed.
    """
    from pagerworthy.stacks.run.schedule import HardCycleError
    from pagerworthy.stacks.run.waves import order_of

    opened = open_catalog(ctx, as_of, cache=cache)
    if opened is None:
        return Exit.USAGE
    try:
        order = order_of(opened.environment(environment))
    except HardCycleError as error:
        path = " -> ".join(stack.rpartition(".")[0] for stack in error.stacks)
        click.echo(f"error: a hard cycle has no order: {path}", err=True)
        click.echo("  help: make one of these dependencies soft", err=True)
        return Exit.USAGE
    if form == "json":
        found = Waves(environment, order.waves, order.again)
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    elif form == "github":
        click.echo("\n".join(_github(order, runners, most)))
    else:
        click.echo("\n".join(_text(order)))
    for name, each in opened.catalog.unreadable.items():
        click.echo(f"{name} is in no wave: its entry cannot be read: {each.file}", err=True)
    return Exit.PROBLEMS if opened.catalog.unreadable else Exit.FINE


def _text(order: "Order") -> Iterator[str]:
    yield "before all others: platform"
    for number, wave in enumerate(order.waves, start=1):
        yield f"wave {number}: {', '.join(wave)}"
    if order.again:
        yield f"once more, for what came later: {', '.join(order.again)}"


def _github(order: "Order", runners: int, most: int | None) -> Iterator[str]:
    from pagerworthy.stacks.run.waves import stages_of

    stages = stages_of(order, runners, most)
    yield f"waves={len(stages)}"
    for number, stage in enumerate(stages, start=1):
        jobs = tuple(_Job(f"{stage.name}.{n}", " ".join(share)) for n, share in enumerate(stage.shares, start=1))
        yield f"wave_{number}={msgspec.json.encode(_Matrix(jobs)).decode()}"
