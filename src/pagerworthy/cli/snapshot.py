"""`pagerworthy snapshot`: adds what is concluded now to the history."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import click

from pagerworthy.cli.aloud import assess_aloud
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.history import branch_option
from pagerworthy.cli.options import as_of_option, evidence_option


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
    from pagerworthy.history import Branch, HistoryError, Snapshot, added
    from pagerworthy.report.words import count

    project = project_of(ctx)
    found = assess_aloud(project, "nothing was added", as_of=as_of, evidence=evidence)
    if found is None:
        return Exit.USAGE
    changed: list[int] = []
    try:
        store = Branch(project.root, branch or project.settings.history.branch)
        snapshot = Snapshot(found.scores, store.head)

        def change(read: Callable[[str], bytes], services: tuple[str, ...]) -> dict[str, bytes]:
            files = added(snapshot, read, services)
            changed[:] = [len(files) - 1]
            return files

        fresh = store.append(change, f"As of {found.as_of:%Y-%m-%d %H:%M} UTC", remote)
    except (HistoryError, ValueError) as error:
        raise click.ClickException(f"nothing was added: {error}") from error
    when = f"{found.as_of:%Y-%m-%d %H:%M} UTC"
    if not fresh:
        click.echo(f"{when} is in the history already")
        return Exit.FINE
    click.echo(f"added {when} to {store.name}: {count(changed[0], 'service')} changed")
    return Exit.FINE
