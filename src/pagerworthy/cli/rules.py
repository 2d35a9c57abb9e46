"""`pagerworthy rules`: Prometheus rules from the objectives of the catalog."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, moment
from pagerworthy.cli.rules_dashboards import dashboards
from pagerworthy.cli.rules_routes import routes
from pagerworthy.cli.rules_test import test

if TYPE_CHECKING:
    from pagerworthy.catalog import Loaded
    from pagerworthy.problem import Problem
    from pagerworthy.project import Project
    from pagerworthy.slo.rules import RulePlan, Written

DEFAULT_OUT = Path("rules")
_DECISIONS = "catalog/decision"


@click.group(help="Make rules, routes and dashboards of the objectives.")
def command() -> None:
    """The group."""


command.add_command(routes)
command.add_command(test)
command.add_command(dashboards)


@command.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder to write to; without it, rules/ in the repository.",
)
@as_of_option
@cache_option
@click.pass_context
def build(ctx: click.Context, out: Path | None, as_of: dt.datetime | None, cache: bool) -> int:
    """Write recording rules and alerts, one file a service; only what has changed is written again.

    Each file is written at once or not at all. A service whose entry or objectives are wrong keeps the file that it
    has. Files that Pagerworthy did not write stay untouched.
    """
    from pagerworthy.catalog import load
    from pagerworthy.slo.rules import plan_rules, write_rules

    project = project_of(ctx)
    target = out or project.root / DEFAULT_OUT
    loaded = load(project.root, cache=cache)
    when = moment(project, as_of)
    if broken := broken_decisions(loaded, when):
        show(broken, project)
        click.echo("who holds a pager is not known until this is mended: no rule was written", err=True)
        return Exit.USAGE
    plan = plan_rules(loaded.catalog, loaded.problems, when, project.settings.site.url)
    written = write_rules(plan, target, anew=not cache)
    found = [*plan.problems, *written.problems]
    show(found, project)
    for name in written.kept:
        click.echo(f"{target / name} stays as it was", err=True)
    if written.written and not project.settings.site.url and (path := _without_link(plan)):
        said = f"note: site.url is not set, so that alerts name runbooks by their paths in the repository: {path}"
        click.echo(said, err=True)
    click.echo(f"{target}: {_said(written)}")
    return Exit.PROBLEMS if found else Exit.FINE


def show(found: "Sequence[Problem]", project: "Project") -> None:
    """Draws problems on stderr; importing what draws takes longer than building."""
    if found:
        from pagerworthy.catalog import locate
        from pagerworthy.cli.aloud import show_problems

        show_problems(locate(project.root, found), project.root)


def broken_decisions(loaded: "Loaded", as_of: dt.datetime) -> "list[Problem]":
    """The problems because of which nobody can say who holds which pager: decisions that cannot be read, or that do not
    follow from those before them.
    """
    from pagerworthy.catalog import check_decisions
    from pagerworthy.problem import Severity

    found = [each for each in loaded.problems if each.where.file.casefold().startswith(_DECISIONS)]
    found += check_decisions(loaded.catalog, as_of=as_of)
    return [each for each in found if each.severity is Severity.ERROR]


def _without_link(plan: "RulePlan") -> str:
    """A runbook that an alert names by its path, as an example; nothing where there is none."""
    paths = (book.path for each in plan.wanted for book in each.service.spec.runbooks if each.service.spec.slos)
    return next((path for path in paths if path), "")


def _said(written: "Written") -> str:
    from pagerworthy.report.words import count

    return f"{count(written.written, 'file')} written, {written.unchanged:,} unchanged, {written.removed:,} removed"
