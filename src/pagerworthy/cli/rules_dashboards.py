"""`pagerworthy rules dashboards`: Grafana dashboards of services and systems."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy import atomic
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, moment

if TYPE_CHECKING:
    from pagerworthy.catalog import Catalog, Service


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="Where to.")
@as_of_option
@cache_option
@click.pass_context
def dashboards(ctx: click.Context, out: Path, as_of: dt.datetime | None, cache: bool) -> int:
    """Write a Grafana dashboard for each service with objectives, and one for each system of such.

    They show what `rules build` records. Only what has changed is written again; dashboards of ours that nothing in the
    catalog stands behind any more are removed, and no other file is touched.
    """
    from pagerworthy.catalog import load
    from pagerworthy.cli.rules import broken_decisions, show
    from pagerworthy.report.words import count

    project = project_of(ctx)
    loaded = load(project.root, cache=cache)
    if broken := broken_decisions(loaded, moment(project, as_of)):
        show(broken, project)
        click.echo("who holds a pager is not known until this is mended: nothing was written", err=True)
        return Exit.USAGE
    made = dict(_made(loaded.catalog, moment(project, as_of)))
    out.mkdir(parents=True, exist_ok=True)
    there = {path.name: path for path in sorted(out.glob("*.json"))}
    foreign = [name for name, path in there.items() if name in made and not _is_ours(path)]
    changed = [
        name
        for name, text in made.items()
        if name not in foreign and (name not in there or there[name].read_text(encoding="utf-8") != text)
    ]
    for name in changed:
        atomic.write(out / name, made[name].encode())
    # What stood for a broken entry stays: an old dashboard is better than none at night.
    stale = [] if loaded.catalog.unreadable else [n for n, path in there.items() if n not in made and _is_ours(path)]
    for name in stale:
        there[name].unlink()
    for name in foreign:
        click.echo(f"{out / name} was not written by Pagerworthy, and stays as it is", err=True)
    same = len(made) - len(changed) - len(foreign)
    click.echo(f"{out}: {count(len(changed), 'file')} written, {same:,} unchanged, {len(stale):,} removed")
    return Exit.PROBLEMS if foreign or loaded.catalog.unreadable else Exit.FINE


def _made(catalog: "Catalog", as_of: dt.datetime) -> Iterator[tuple[str, str]]:
    """The name and content of each file."""
    from pagerworthy.slo.dashboards import service_dashboard, system_dashboard
    from pagerworthy.slo.rules import Texts, holders

    held = holders(catalog.decisions, as_of)
    shown = {name: service for name, service in sorted(catalog.services.items()) if service.spec.slos}
    for name, service in shown.items():
        texts = Texts(holder=held.get(name, "dev"))
        yield f"service-{name}.json", service_dashboard(service, texts, _needs(service, shown))
    for name, system in sorted(catalog.systems.items()):
        members = [service for service in shown.values() if service.spec.system == name]
        if members:
            yield f"system-{name}.json", system_dashboard(system, members)


def _needs(service: "Service", shown: Mapping[str, object]) -> list[str]:
    """The services that it depends on, by themselves or by a resource, and that have a dashboard."""
    targets = {each.service or each.resource.partition("/")[0] for each in service.spec.dependencies}
    return sorted(targets & shown.keys() - {service.name})


def _is_ours(path: Path) -> bool:
    from pagerworthy.slo.dashboards import TAG

    try:
        board = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(board, dict) and str(board.get("uid", "")).startswith(f"{TAG}-")
