"""`pagerworthy history`: when and why a verdict changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.suggest import unknown_name

if TYPE_CHECKING:
    from pagerworthy.history import Day, Past, Turn

branch_option = click.option(
    "--branch",
    metavar="NAME",
    help="The branch that has the history, instead of the one in the settings (pagerworthy-history).",
)


@click.command()
@click.argument("service", required=False)
@click.option("--all", "whole", is_flag=True, help="Also say what changed without changing the verdict or the pager.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report."
)
@branch_option
@click.pass_context
def command(ctx: click.Context, service: str | None, *, whole: bool, form: str, branch: str | None) -> int:
    """Say when and why the verdict on SERVICE changed; without SERVICE, how many verdicts there were of each kind.

    Reads what `snapshot` has kept. A line that is no history is left out, which is said.
    """
    from pagerworthy.history import open_history, telling, turns

    project = project_of(ctx)
    settings = project.settings.history
    if branch:
        settings = msgspec.structs.replace(settings, branch=branch, recorded="")
    with open_history(project.root, settings) as past:
        _warn(past, past.wrong)
        if not past.name:
            raise click.UsageError(f"there is no branch {settings.branch} yet: run `pagerworthy snapshot`")
        if service is None:
            click.echo(_json(past.days) if form == "json" else "\n".join(_days(past.days)))
            return Exit.FINE
        known = [path[len("services/") : -len(".jsonl")] for path in past.stamps if path.startswith("services/")]
        if service not in known:
            raise click.UsageError(unknown_name("service in the history", service, known))
        lines, wrong = past.lines_and_wrong(service)
    if not lines and wrong:
        raise click.ClickException(f"the history of {service} cannot be read: {' '.join(wrong)}")
    _warn(past, wrong)
    every = list(turns(lines))
    found = every if whole else telling(every)
    if form == "json":
        click.echo(_json([turn for turn in found if whole or turn.is_turn]))
    else:
        click.echo("\n".join((*_turns(service, found), *_left_out(len(every) - len(found)))))
    return Exit.FINE


def _warn(past: "Past", wrong: tuple[str, ...]) -> None:
    if wrong and not past.days:
        raise click.ClickException(f"the history cannot be read: {' '.join(wrong)}")
    for each in wrong:
        click.echo(f"{past.name}: {each}", err=True)


def _json(found: object) -> str:
    return msgspec.json.format(msgspec.json.encode(found, order="sorted"), indent=2).decode()


def _days(days: "tuple[Day, ...]") -> Iterator[str]:
    from pagerworthy.history import plain

    for day in days:
        counts = ", ".join(f"{number} {plain(verdict)}" for verdict, number in day.verdicts.items())
        yield f"{day.as_of:%Y-%m-%d %H:%M}  {counts}"


def _left_out(amount: int) -> Iterator[str]:
    from pagerworthy.report.words import count

    if amount:
        yield ""
        yield f"{count(amount, 'other snapshot')} left the verdict as it was: --all has them too"


def _turns(service: str, found: "list[Turn]") -> Iterator[str]:
    from pagerworthy.history import told

    yield service
    for turn in found:
        said = told(turn)
        yield ""
        yield f"{turn.line.as_of:%Y-%m-%d %H:%M}  {said.says}"
        yield from (f"  {each}" for each in (said.stands, said.why, *said.changes) if each)
