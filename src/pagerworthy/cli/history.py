"""`pagerworthy history`: when and why a verdict changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.history.branch import BRANCH

if TYPE_CHECKING:
    from pagerworthy.history import Day, Turn


@click.command()
@click.argument("service", required=False)
@click.option("--all", "whole", is_flag=True, help="Also say what changed without changing the verdict or the pager.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report."
)
@click.option("--branch", default=BRANCH, show_default=True, metavar="NAME", help="The branch that has the history.")
@click.pass_context
def command(ctx: click.Context, service: str | None, *, whole: bool, form: str, branch: str) -> int:
    """Say when and why the verdict on SERVICE changed; without SERVICE, how many verdicts there were of each kind.

    Reads what `snapshot` has kept.
    """
    from pagerworthy.history import Branch, Day, HistoryError, Line, turns
    from pagerworthy.history.model import DAYS, decode, service_file

    try:
        store = Branch(project_of(ctx).root, branch)
        if not store.is_there:
            raise click.UsageError(f"there is no branch {branch} yet: run `pagerworthy snapshot`")
        if service is None:
            days = decode(store.read(DAYS), Day)
            click.echo(_json(days) if form == "json" else "\n".join(_days(days)))
            return Exit.FINE
        if service not in (known := store.services()):
            raise click.UsageError(unknown_name("service in the history", service, known))
        told = [turn for turn in turns(decode(store.read(service_file(service)), Line)) if whole or turn.is_turn]
    except (HistoryError, msgspec.DecodeError) as error:
        raise click.ClickException(f"the history cannot be read: {error}") from error
    click.echo(_json(told) if form == "json" else "\n".join(_turns(service, told)))
    return Exit.FINE


def _json(found: object) -> str:
    return msgspec.json.format(msgspec.json.encode(found, order="sorted"), indent=2).decode()


def _days(days: "tuple[Day, ...]") -> Iterator[str]:
    for day in days:
        counts = ", ".join(f"{number} {verdict}" for verdict, number in day.verdicts.items())
        yield f"{day.as_of:%Y-%m-%d %H:%M}  {counts}"


def _turns(service: str, told: "list[Turn]") -> Iterator[str]:
    from pagerworthy.report.words import one_line, percent

    yield service
    for turn in told:
        line = turn.line
        yield ""
        when = f"{line.as_of:%Y-%m-%d %H:%M}"
        if line.gone:
            yield f"{when}  no longer in the catalog"
            continue
        moved = f"{turn.before.verdict} -> " if turn.before and turn.before.verdict not in {"", line.verdict} else ""
        at = f"  (catalog at {line.commit[:10]})" if line.commit else ""
        stands = f"pager {line.holder}, {line.rung}, {line.score:.1f}, {percent(line.coverage)} known"
        yield f"{when}  {moved}{line.verdict}, {stands}{at}"
        yield f"  {one_line(line.reason)}"
        for change in sorted(turn.changes, key=lambda each: (not each.is_worse, each.criterion)):
            was, now = change.before or "new", change.after or "gone"
            yield f"  {change.criterion}: {was} -> {now}{f': {one_line(change.detail)}' if change.detail else ''}"
