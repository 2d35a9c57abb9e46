"""`pagerworthy score`: how ready each service is, and whether SRE should take its pager."""

import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from pagerworthy.cli.aloud import assess_aloud, say_what_is_later, show_problems
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, evidence_option
from pagerworthy.cli.pipeline import Assessment
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.problem import Severity
from pagerworthy.report import FORMATS, ScoreReport, scores, style_for
from pagerworthy.scoring import Scores, Verdict

_NEGATIVE = frozenset({Verdict.DEFER, Verdict.FREEZE, Verdict.HAND_BACK})


@click.command()
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report.")
@as_of_option
@evidence_option
@cache_option
@click.pass_context
def command(
    ctx: click.Context,
    services: tuple[str, ...],
    form: str,
    as_of: dt.datetime | None,
    evidence: tuple[Path, ...],
    cache: bool,
) -> int:
    """Score services and say whether SRE should take their pagers.

    Without SERVICE, one line for each service. With SERVICEs, their whole scorecards, and exit code 1 when a verdict
    is defer, freeze or hand-back. Exit code 1, too, when entries or evidence have errors; what is right is scored all
    the same. A broken rubric, waiver or decision stops with exit code 2, and nothing is scored: without it, a verdict
    would be another one.
    """
    project = project_of(ctx)
    found = assess_aloud(project, "no service was scored", as_of=as_of, evidence=evidence, cache=cache)
    if found is None:
        return Exit.USAGE
    shown = _chosen(found, services)
    style = style_for(sys.stdout, os.environ)
    report = ScoreReport(scores=shown, rubric=found.rubric, catalog=found.catalog, whole=bool(services))
    click.echo(scores(form)(report, style), nl=False)
    say_what_is_later(found)
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    show_problems(errors, project.root)
    negative = bool(services) and any(card.verdict in _NEGATIVE for card in shown.scorecards)
    return Exit.PROBLEMS if errors or negative else Exit.FINE


def _chosen(found: Assessment, services: Sequence[str]) -> Scores:
    """The scorecards asked for. Raises click.UsageError for a service that is not in the catalog."""
    if not services:
        return found.scores
    for name in services:
        if (lost := found.catalog.unreadable.get(name)) is not None:
            raise click.UsageError(f"{name} is not scored: {lost.why}")
        if name not in found.catalog.services:
            raise click.UsageError(unknown_name("service", name, found.catalog.services))
    wanted = set(services)
    cards = tuple(card for card in found.scores.scorecards if card.service in wanted)
    return msgspec.structs.replace(found.scores, scorecards=cards)
