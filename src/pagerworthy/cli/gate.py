"""`pagerworthy gate`: whether a service may be deployed now; a required step of a release pipeline."""

import datetime as dt
import getpass
import os
from pathlib import Path

import click
import msgspec

from pagerworthy.cli.aloud import assess_aloud
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, evidence_option
from pagerworthy.cli.pipeline import Assessment
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.handover import pager_at
from pagerworthy.report.words import without_commands
from pagerworthy.scoring import Verdict

_STOPS = frozenset({Verdict.FREEZE, Verdict.HAND_BACK})


class BreakGlass(msgspec.Struct, frozen=True):
    """One deployment against a freeze: a line of the file that `--record` names."""

    service: str
    time: dt.datetime
    by: str
    reason: str
    stopped_by: str


@click.command()
@click.argument("service")
@click.option("--break-glass", metavar="REASON", help="Deploy in spite of a freeze, and say why. Needs --record.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where a broken glass is recorded: a line of JSON is added.",
)
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
    if (break_glass is None) != (record is None) or (break_glass is not None and not break_glass.strip()):
        raise click.UsageError("--break-glass REASON and --record FILE go together: a broken glass is always recorded")
    found = assess_aloud(project_of(ctx), "stop, nothing may be deployed", as_of=as_of, evidence=evidence)
    if found is None:
        return Exit.USAGE
    if (lost := found.catalog.unreadable.get(service)) is not None:
        click.echo(f"stop: {service} may not be deployed: {lost.why}")
        if decided := _decided(found, service):
            click.echo(f"  and it is {decided}")
        return Exit.USAGE
    if service not in found.catalog.services:
        raise click.UsageError(unknown_name("service", service, found.catalog.services))
    reason = _freeze(found, service)
    judged = f"judged for {found.as_of:%Y-%m-%dT%H:%M:%SZ}"
    if not reason:
        click.echo(f"go: {service} may be deployed, {judged}")
        return Exit.FINE
    if break_glass is None or record is None:
        click.echo(f"stop: {service} may not be deployed, {judged}: {without_commands(reason)}")
        click.echo("  in an emergency: --break-glass REASON --record FILE; `pagerworthy score` says how to mend it")
        return Exit.PROBLEMS
    # The record counts when it was really made, whatever moment the freeze was judged for.
    line = BreakGlass(service, dt.datetime.now(dt.UTC).replace(microsecond=0), _who(), break_glass.strip(), reason)
    record.parent.mkdir(parents=True, exist_ok=True)
    is_new = not record.exists()
    try:
        with record.open("ab") as stream:
            stream.write(msgspec.json.encode(line) + b"\n")
    except OSError:
        # Nothing was recorded, and nothing is to look as if it were.
        if is_new and record.exists() and not record.stat().st_size:
            record.unlink()
        raise
    click.echo(f"go: the glass is broken for {service}, and that is recorded in {record}")
    return Exit.FINE


def _freeze(found: Assessment, service: str) -> str:
    """What stops the service's deployments; empty where nothing does."""
    if decided := _decided(found, service):
        return decided
    card = next(card for card in found.scores.scorecards if card.service == service)
    return f"{card.verdict.value}: {card.reason}" if card.verdict in _STOPS else ""


def _decided(found: Assessment, service: str) -> str:
    """The freeze by decision that is in force; empty where there is none."""
    pager = pager_at([each for each in found.catalog.decisions if each.spec.service == service], found.as_of)
    return f"frozen by decision on {pager.freezes[-1]:%Y-%m-%d}" if pager.frozen and pager.freezes else ""


def _who() -> str:
    """Who runs this, as CI or the system says."""
    if actor := os.environ.get("GITHUB_ACTOR"):
        return actor
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        # Containers often run as a number that has no name.
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
