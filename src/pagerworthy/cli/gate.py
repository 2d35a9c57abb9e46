"""`pagerworthy gate`: whether a service may be deployed now; a required step of a release pipeline."""

import datetime as dt
from pathlib import Path

import click

from pagerworthy.cli.aloud import assess_aloud
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.freezes import (
    decided_freeze,
    demand_record,
    freeze_of,
    glass_option,
    record_glass,
    record_option,
)
from pagerworthy.cli.options import as_of_option, evidence_option
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.report.words import without_commands


@click.command()
@click.argument("service")
@glass_option
@record_option
@as_of_option
@evidence_option
@click.pass_context
def command(
    ctx: click.Context,
    service: str,
    break_glass: str | None,
    record: Path | None,
    as_of: dt.datetime | None,
    evidence: tuple[Path, ...],
) -> int:
    """Say whether SERVICE may be deployed now.

    Exit code 0 when it may, 1 when a freeze stops it: one that was decided, or one that the contract demands. Exit
    code 2, and so no deployment, when the rubric, a waiver, a decision or the service's own entry is broken.
    """
    demand_record(break_glass, record)
    found = assess_aloud(project_of(ctx), "stop, nothing may be deployed", as_of=as_of, evidence=evidence)
    if found is None:
        return Exit.USAGE
    if (lost := found.catalog.unreadable.get(service)) is not None:
        click.echo(f"stop: {service} may not be deployed: {lost.why}")
        if decided := decided_freeze(found, service):
            click.echo(f"  and it is {decided}")
        return Exit.USAGE
    if service not in found.catalog.services:
        raise click.UsageError(unknown_name("service", service, found.catalog.services))
    reason = freeze_of(found, service)
    judged = f"judged for {found.as_of:%Y-%m-%dT%H:%M:%SZ}"
    if not reason:
        click.echo(f"go: {service} may be deployed, {judged}")
        return Exit.FINE
    if break_glass is None or record is None:
        click.echo(f"stop: {service} may not be deployed, {judged}: {without_commands(reason)}")
        click.echo("  in an emergency: --break-glass REASON --record FILE; `pagerworthy score` says how to mend it")
        return Exit.PROBLEMS
    record_glass(record, service, break_glass, reason)
    click.echo(f"go: the glass is broken for {service}, and that is recorded in {record}")
    return Exit.FINE
