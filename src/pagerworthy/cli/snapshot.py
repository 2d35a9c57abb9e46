"""`pagerworthy snapshot`: adds what is concluded now to the history."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.aloud import assess_aloud
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.history import branch_option
from pagerworthy.cli.options import as_of_option, evidence_option
from pagerworthy.evidence.places import configured_paths
from pagerworthy.project import SETTINGS_FILE, Project

if TYPE_CHECKING:
    from pagerworthy.history import Branch


@click.command()
@branch_option
@click.option("--push", "remote", default="", metavar="REMOTE", help="Take the branch from there and push it there.")
@as_of_option
@evidence_option
@click.pass_context
def command(
    ctx: click.Context, branch: str | None, remote: str, as_of: dt.datetime | None, evidence: tuple[Path, ...]
) -> int:
    """Score all services and add the result to the history: a branch of this repository, without touching its files.

    A nightly job runs it after `collect`. Several at once are safe: none is lost, and none is counted twice.
    """
    from pagerworthy.history import Branch, HistoryError, LaterError, Snapshot, added
    from pagerworthy.report.words import count

    project = project_of(ctx)
    if as_of is not None and as_of > dt.datetime.now(dt.UTC):
        raise click.UsageError("--as-of is of now or before: nothing is known of a moment that is to come")
    try:
        store = Branch(project.root, branch or project.settings.history.branch)
        ctx.call_on_close(store.close)
        # Read before anything is judged: somebody may commit meanwhile.
        judged = _judged(store, project)
    except HistoryError as error:
        raise click.ClickException(f"nothing was added: {error}") from error
    found = assess_aloud(project, "nothing was added", as_of=as_of, evidence=evidence)
    if found is None:
        return Exit.USAGE
    changed: list[int] = []
    catalog = found.catalog
    unread = None if catalog.closed else frozenset(catalog.unreadable)
    snapshot = Snapshot(found.scores, judged, unread, max(dt.datetime.now(dt.UTC), found.scores.as_of))

    def change(read: Callable[[str], bytes], services: tuple[str, ...]) -> dict[str, bytes]:
        files = added(snapshot, read, services)
        changed[:] = [len(files) - 1]
        return files

    try:
        covers = _covers(store, project)
        fresh = store.append(change, f"As of {found.as_of:%Y-%m-%d %H:%M} UTC", remote)
    except LaterError as error:
        mend = f"git branch -f {store.name} {store.name}~1"
        raise click.ClickException(
            f"nothing was added: {error}; if that was a wrong moment, `{mend}` takes the last one off"
        ) from error
    except HistoryError as error:
        raise click.ClickException(f"nothing was added: {error}") from error
    when = f"{found.as_of:%Y-%m-%d %H:%M} UTC"
    if not fresh:
        click.echo(f"{when} is in the history already")
        return Exit.FINE
    click.echo(f"added {when} to {store.name}: {count(changed[0], 'service')} changed")
    if covers:
        click.echo(
            f"pages and `history` now show this branch, and no longer the recorded folder {covers}; "
            f"`git branch -D {store.name}` brings that back"
        )
    return Exit.FINE


def _covers(store: "Branch", project: Project) -> str:
    """The recorded folder that is shown until the first snapshot is there; empty where this is not the first."""
    settings = project.settings.history
    if not settings.recorded or store.name != settings.branch or store.is_there:
        return ""
    return settings.recorded if (project.root / settings.recorded).is_dir() else ""


def _judged(store: "Branch", project: Project) -> str:
    """The commit whose files are judged. Evidence is none of them: a nightly run has just collected it."""
    evidence, _ = configured_paths(project.root, project.settings.evidence.paths)
    files = [project.root / name for name in ("catalog", "scoring", SETTINGS_FILE)]
    return store.judged(files, (project.root / "catalog/evidence", *evidence))
