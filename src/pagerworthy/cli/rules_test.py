"""`pagerworthy rules test`: outages, played through the alerts of every objective before any of them is loaded."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, moment
from pagerworthy.cli.suggest import unknown_name

if TYPE_CHECKING:
    from pagerworthy.slo.rules import RulePlan
    from pagerworthy.slo.simulate import Rehearsal


@click.command()
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the answer.",
)
@click.option(
    "--promtool",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Build the rules into this folder, and write the scenarios beside them as unit tests for promtool.",
)
@as_of_option
@cache_option
@click.pass_context
def test(
    ctx: click.Context,
    services: tuple[str, ...],
    form: str,
    promtool: Path | None,
    as_of: dt.datetime | None,
    cache: bool,
) -> int:
    """Play outages through the alerts of every objective: who hears of them, when, and until when.

    A total outage must page, and so must whatever spends the budget as fast as the paging burn rates say; a slow burn
    must make a ticket and no page, and a single bad event among few no page. Times are for a scrape and an evaluation
    each minute at the same moment; where they are apart, add the two intervals.

    Exit code 1 where somebody must hear of an outage and does not, or must not be paged and is. The schema of
    `--format json` is schemas/rules-test.schema.json.
    """
    from pagerworthy.catalog import load
    from pagerworthy.cli.rules import broken_decisions, show
    from pagerworthy.slo import objectives_of
    from pagerworthy.slo.rules import plan_rules
    from pagerworthy.slo.simulate import rehearse

    project = project_of(ctx)
    loaded = load(project.root, cache=cache)
    known = loaded.catalog.services
    for name in services:
        if name not in known:
            raise click.UsageError(unknown_name("service", name, known))
    if promtool and (broken := broken_decisions(loaded, moment(project, as_of))):
        show(broken, project)
        click.echo("who holds a pager is not known until this is mended: nothing was written", err=True)
        return Exit.USAGE
    plan = plan_rules(loaded.catalog, loaded.problems, moment(project, as_of), project.settings.site.url)
    show(plan.problems, project)
    wanted = [each.service for each in plan.wanted if not services or each.service.name in services]
    wanted.sort(key=lambda service: service.name)
    found = rehearse(objective for service in wanted for objective in objectives_of(service))
    if form == "json":
        _print_json(found)
    else:
        from pagerworthy.cli.rules_test_text import lines

        for line in lines(found):
            click.echo(line)
    done = promtool is None or _write(plan, promtool, services, cache=cache)
    well = done and not plan.problems and not any(each.wrong for each in found)
    return Exit.FINE if well else Exit.PROBLEMS


def _print_json(found: "Sequence[Rehearsal]") -> None:
    from pagerworthy.slo.simulate.document import document

    click.echo(msgspec.json.format(msgspec.json.encode(document(found)), indent=2))


def _write(plan: "RulePlan", out: Path, services: tuple[str, ...], *, cache: bool) -> bool:
    """Writes the rules and their unit tests; False where a file of somebody else's is in the way."""
    from pagerworthy.cli.aloud import show_problems
    from pagerworthy.report.words import count
    from pagerworthy.slo.rules import ENDING, write_rules
    from pagerworthy.slo.simulate import write_tests

    rules = write_rules(plan, out, anew=not cache)
    wanted = [each.service for each in plan.wanted if not services or each.service.name in services]
    keep = None if services else {name.removesuffix(ENDING) for name in plan.unsure}
    tests = write_tests(wanted, out, keep=keep)
    show_problems([*rules.problems, *tests.problems], out)
    for name in tests.left_out:
        click.echo(f"note: promtool cannot be fed with what {name} counts: it has no unit test", err=True)
    told = (
        f"{out}: {count(tests.written, 'unit test')} written, {tests.unchanged:,} unchanged, {tests.removed:,} removed"
    )
    click.echo(told, err=True)
    return not rules.problems and not tests.problems
