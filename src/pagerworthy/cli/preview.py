"""`pagerworthy preview`: what `up` would change."""

import datetime as dt
import shlex
from pathlib import Path

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, evidence_option
from pagerworthy.cli.stack_run import (
    Limits,
    Session,
    frozen_here,
    gather,
    get_ready,
    open_for_run,
    orphans,
    run_options,
    services_of,
    untouched,
)


@click.command()
@click.argument("environment")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--refresh", is_flag=True, help="Look at the real cloud first, and at stacks without changes, too.")
@click.option(
    "--plans",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a plan of each stack into DIR, for `up --plans DIR`.",
)
@run_options
@as_of_option
@evidence_option
@click.pass_context
def command(
    ctx: click.Context,
    environment: str,
    services: tuple[str, ...],
    *,
    refresh: bool,
    plans: Path | None,
    limits: Limits,
    as_of: dt.datetime | None,
    evidence: tuple[Path, ...],
) -> int:
    """Say what `up` would change in ENVIRONMENT, or in the stacks of some of its services and `platform`.

    Nothing is changed. Whose data would be lost is said before the summary. Of a stack that needs outputs which are not
    there yet, what is shown rests on stand-ins, and no plan of it is made.
    """
    found = open_for_run(ctx, as_of, evidence, "nothing is previewed")
    if found is None:
        return Exit.USAGE
    opened, assessed = found
    stacks = opened.environment(environment)
    chosen = services_of(stacks, services)
    left = untouched(opened, stacks, chosen)
    ready = get_ready(opened.project, limits.emulator)

    from pagerworthy.stacks.run.freeze import Freezes
    from pagerworthy.stacks.run.run import preview

    session = Session("preview", environment, limits, ready, services)
    session.follow = (*(("--refresh",) if refresh else ()), *(("--plans", shlex.quote(str(plans))) if plans else ()))
    frozen = Freezes(frozen_here(opened, assessed, environment, opened.catalog.services))
    visitor = session.visitor(opened.project, freezes=frozen, refused=left, refresh=refresh, plans=plans)
    inputs = gather(stacks, chosen)
    return session.run(
        lambda: preview(visitor, inputs, session.workers(opened.project), session.progress),
        orphans=orphans(ready, opened, stacks),
        detail=True,
    )
