"""`pagerworthy rules routes`: the configuration of Alertmanager that follows from decisions and the graph."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy import atomic
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, moment
from pagerworthy.problem import Problem, Where

if TYPE_CHECKING:
    from pagerworthy.project import Project
    from pagerworthy.slo.routes import RoutePlan

_SIZE_LIMIT = 1024 * 1024
_HEAD = "# Written by Pagerworthy from the catalog and its decisions; changes made here are lost.\n"


@click.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="The file to write; without it, printed.")
@as_of_option
@cache_option
@click.pass_context
def routes(ctx: click.Context, out: Path | None, as_of: dt.datetime | None, cache: bool) -> int:
    """Write Alertmanager's configuration: pages reach whoever carries each pager.

    A service's page also silences the tickets of what needs it, and never a page. The settings under [alerting] say how
    receivers are reached; `base` may name a configuration of your own, of which receivers and all else are kept.
    """
    import ryaml

    from pagerworthy.catalog import load, locate
    from pagerworthy.cli.aloud import show_problems
    from pagerworthy.cli.rules import broken_decisions
    from pagerworthy.graph import DependencyGraph
    from pagerworthy.slo.routes import DEAD_MAN, UNKNOWN, as_configuration, defined, plan_routes, unread_services

    project = project_of(ctx)
    loaded = load(project.root, cache=cache)
    if broken := broken_decisions(loaded, moment(project, as_of)):
        show_problems(locate(project.root, broken), project.root)
        click.echo("who holds a pager is not known until this is mended: nothing was written", err=True)
        return Exit.USAGE
    plan = plan_routes(loaded.catalog, DependencyGraph.of(loaded.catalog), moment(project, as_of))
    own, found = _own(project)
    reach = _reach(project, plan)
    missing = _missing(plan, reach, own)
    if found or missing:
        show_problems([*found, *missing], project.root)
        return Exit.USAGE
    if DEAD_MAN not in defined(own):
        click.echo(f"note: {DEAD_MAN} reaches nobody until alerting.base defines it: send it to a heartbeat", err=True)
    unread = unread_services(loaded.catalog)
    for file in unread:
        click.echo(f"{file} cannot be read: until it is mended, its alerts go to {UNKNOWN}", err=True)
    kept = [lost for lost in loaded.catalog.unreadable.values() if lost.file not in unread]
    for lost in kept:
        click.echo(f"{lost.name}: {lost.why}; its alerts go by its owner, {lost.owner}, and its decisions", err=True)
    text = _HEAD + ryaml.dumps(as_configuration(plan, reach, own))
    if out is None:
        click.echo(text, nl=False)
        return Exit.PROBLEMS if unread or kept else Exit.FINE
    changed = _write(out, text)
    click.echo(f"{out}: {len(plan.routes):,} services, {'written' if changed else 'unchanged'}")
    return Exit.PROBLEMS if unread or kept else Exit.FINE


def _own(project: "Project") -> tuple[Mapping[str, object], list[Problem]]:
    """The organisation's own configuration, and what is wrong with it."""
    from pagerworthy.catalog.compose import compose

    base = project.settings.alerting.base
    if not base:
        return {}, []
    path = project.root / base
    try:
        content = path.read_bytes() if path.stat().st_size <= _SIZE_LIMIT else None
    except OSError as error:
        return {}, [_wrong(base, f"cannot be read: {error.strerror or error}")]
    if content is None:
        return {}, [_wrong(base, f"has more than {_SIZE_LIMIT // 1024} KiB")]
    try:
        composed = compose(content.decode(), base)
    except UnicodeDecodeError:
        return {}, [_wrong(base, "is not UTF-8")]
    if composed.problems:
        return {}, list(composed.problems)
    if not isinstance(composed.value, dict):
        return {}, [_wrong(base, "is no mapping")]
    return composed.value, []


def _wrong(base: str, what: str) -> Problem:
    mend = "mend the file, or name another under alerting.base in pagerworthy.toml"
    return Problem(code="PW502", message=f"alerting.base names {base}, which {what}", where=Where(file=base), help=mend)


def _reach(project: "Project", plan: "RoutePlan") -> Mapping[str, object]:
    from pagerworthy.slo.integrations import integrations

    settings = project.settings.alerting
    return integrations(plan, settings.kind, settings.secrets) if settings.kind else {}


def _missing(plan: "RoutePlan", reach: Mapping[str, object], own: Mapping[str, object]) -> list[Problem]:
    """A problem where a receiver would take alerts and tell nobody."""
    from pagerworthy.slo.routes import DEAD_MAN, defined, needed

    there = {*reach, *defined(own), DEAD_MAN}
    without = [name for name in needed(plan) if name not in there]
    if not without:
        return []
    shown = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")
    return [
        Problem(
            code="PW505",
            message=f"nothing says how to reach {shown}",
            where=Where(file="pagerworthy.toml"),
            help='write kind = "pagerduty" (or opsgenie, slack, webhook) under [alerting], or define these receivers '
            "in a configuration of your own and name it as base",
        )
    ]


def _write(out: Path, text: str) -> bool:
    """Puts the file in its place at once, if it is another than before."""
    content = text.encode()
    if out.is_file() and out.read_bytes() == content:
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(out, content)
    return True
