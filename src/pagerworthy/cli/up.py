"""`pagerworthy up`: makes the cloud what the catalog says."""

import datetime as dt
from pathlib import Path

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.freezes import demand_record, glass_option, record_glass, record_option
from pagerworthy.cli.options import as_of_option, evidence_option
from pagerworthy.cli.stack_run import (
    Limits,
    Session,
    frozen_here,
    gather,
    get_ready,
    hard_needs,
    open_for_run,
    orphans,
    refuse_another_moment,
    refuse_unread,
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
    help="Do only what the plans in DIR say, which `preview --plans DIR` has made.",
)
@glass_option
@record_option
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
    break_glass: str | None,
    record: Path | None,
    limits: Limits,
    as_of: dt.datetime | None,
    evidence: tuple[Path, ...],
) -> int:
    """Bring the stacks of ENVIRONMENT up, or those of some of its services and `platform`, in order.

    A stack that fails stops those that need it and no others, also in runs that come later and leave it out; run it
    again to go on. What has not changed is left alone. In production a frozen service is not deployed; the rest of its
    stack is brought up. A stack whose entry is gone is never touched.

    With --plans, a stack without a plan, or whose plan is outdated, is left alone and fails.

    Exit code 0 when all is as the catalog says, 1 when a stack failed or a freeze held something back, 2 when nothing
    could begin.
    """
    demand_record(break_glass, record)
    refuse_another_moment(as_of, limits.emulator)
    found = open_for_run(ctx, as_of, evidence, "no stack is touched")
    if found is None:
        return Exit.USAGE
    opened, assessed = found
    refuse_unread(opened)
    stacks = opened.environment(environment)
    chosen = services_of(stacks, services)
    left = untouched(opened, stacks, chosen)
    ready = get_ready(opened.project, limits.emulator)

    from pagerworthy.stacks.run.freeze import Freezes
    from pagerworthy.stacks.run.run import bring_up

    def break_it(service: str, stopped_by: str) -> None:
        if record is not None and break_glass is not None:
            record_glass(record, service, break_glass, stopped_by)

    stopped = frozen_here(opened, assessed, environment, opened.catalog.services)
    frozen = Freezes(stopped, break_it if break_glass else None)
    session = Session("up", environment, limits, ready, services)
    visitor = session.visitor(
        opened.project, freezes=frozen, refused=left, needs=hard_needs(stacks), refresh=refresh, plans=plans
    )
    inputs = gather(stacks, chosen)
    return session.run(
        lambda: bring_up(visitor, inputs, session.workers(opened.project), session.progress),
        orphans=orphans(ready, opened, stacks),
        bad=("held", "kept"),
    )
