"""`pagerworthy waves`: in which order the stacks of an environment come up."""

import datetime as dt
from collections.abc import Sequence

import click
import msgspec

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option
from pagerworthy.cli.stack_options import open_catalog

# What GitHub lets a matrix have: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
_MOST_JOBS = 256


class Waves(msgspec.Struct, frozen=True):
    """The stacks of an environment in their order: each wave needs only what earlier ones have brought up."""

    environment: str
    waves: tuple[tuple[str, ...], ...]


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
    help="With `github`: as many waves as the workflow has jobs for; exit code 1 where there are more.",
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

    With `--format github` the lines go to $GITHUB_OUTPUT: `waves` is their number, `wave_1` the matrix of the first,
    and so on. A job of wave 2 needs wave 1; each runs `pagerworthy up ENVIRONMENT` with its `matrix.services`.
    `--format json` is schemas/waves.schema.json.
    """
    from pagerworthy.graph import deploy_order

    opened = open_catalog(ctx, as_of, cache=cache)
    if opened is None:
        return Exit.USAGE
    stacks = opened.environment(environment)
    order = deploy_order(opened.graph)
    here = [tuple(name for name in wave if name in stacks) for wave in order.waves]
    waves = Waves(environment, tuple(wave for wave in here if wave))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(waves), indent=2))
    elif form == "github":
        click.echo("\n".join(_github(waves, runners)))
    else:
        lines = [f"wave {number}: {', '.join(wave)}" for number, wave in enumerate(waves.waves, start=1)]
        click.echo("\n".join(["before all others: platform", *lines]))
    if most is not None and len(waves.waves) > most:
        message = f"{environment} has {len(waves.waves)} waves, and the workflow has jobs for {most}: add jobs to it"
        click.echo(message, err=True)
        return Exit.PROBLEMS
    for name, each in opened.catalog.unreadable.items():
        click.echo(f"{name} is in no wave: its entry cannot be read: {each.file}", err=True)
    for cycle in order.cycles:
        click.echo(f"a hard cycle has no order: {' -> '.join((*cycle.services, cycle.services[0]))}", err=True)
    return Exit.PROBLEMS if order.cycles or opened.catalog.unreadable else Exit.FINE


def _github(waves: Waves, runners: int) -> Sequence[str]:
    lines = [f"waves={len(waves.waves)}"]
    for number, wave in enumerate(waves.waves, start=1):
        share = [wave[start::runners] for start in range(min(runners, len(wave)))]
        jobs = tuple(_Job(name=f"{number}.{n}", services=" ".join(each)) for n, each in enumerate(share, start=1))
        lines.append(f"wave_{number}={msgspec.json.encode(_Matrix(jobs)).decode()}")
    return lines
