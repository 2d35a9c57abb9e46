"""`pagerworthy new decision`: records what the three parties decided about a service's pager."""

import datetime as dt
from typing import Any

import click

from pagerworthy.catalog import Service, load
from pagerworthy.cli import first_lines
from pagerworthy.cli.app import project_of
from pagerworthy.cli.options import moment
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.cli.write_entry import EntryName, write_entry
from pagerworthy.project import Project

_ACTIONS = ("agree", "shadow", "accept", "accept-with-conditions", "defer", "keep", "freeze", "resume", "hand-back")
_TIME = click.DateTime(formats=["%Y-%m-%dT%H:%M:%SZ"])
_DUE = dt.timedelta(days=30)


@click.command()
@click.argument("service", type=EntryName())
@click.argument("action", type=click.Choice(_ACTIONS))
@click.option("--business", required=True, metavar="PERSON", help="Who decided for the business.")
@click.option("--development", required=True, metavar="PERSON", help="Who decided for the team.")
@click.option("--sre", required=True, metavar="PERSON", help="Who decided for SRE.")
@click.option("--reason", required=True, help="Why it was decided.")
@click.option("--terms", help="For an acceptance: when the pager goes back.")
@click.option("--time", type=_TIME, metavar="TIME", help="When it was decided, in UTC; now where that is not said.")
@click.option("--name", type=EntryName(), help="The decision's name; made of service, day and action otherwise.")
@click.pass_context
def decision(
    ctx: click.Context, /, service: str, action: str, time: dt.datetime | None, name: str | None, **told: str | None
) -> int:
    """Record a decision about a service's pager.

    An agreement takes over the objectives that the entry has now. An acceptance rests on the digests of what `score`
    judges now; one with conditions lists what blocks the service as conditions to edit.
    """
    project = project_of(ctx)
    entry = _service(project, service)
    when = time.replace(tzinfo=dt.UTC) if time else moment(project, None)
    values: dict[str, Any] = {
        "service": service,
        "action": action,
        "time": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "parties": {party: {"name": told[party]} for party in ("business", "development", "sre")},
    }
    more = ""
    if action == "agree":
        levels = [{"slo": slo.name, "objective": slo.objective} for slo in entry.spec.slos]
        more = first_lines.items("levels", levels)
    elif action.startswith("accept"):
        values["basis"], conditions = _basis(project, entry, when)
        if action == "accept-with-conditions":
            more = first_lines.items("conditions", conditions)
    values |= {"reason": told["reason"], "terms": told["terms"]}
    chosen = name or f"{service}-{when:%Y-%m-%d}-{action.removeprefix('accept-with-')}"
    text = first_lines.head("Decision", chosen) + first_lines.fields(values) + more
    return write_entry(project, "Decision", chosen, text)


def _service(project: Project, name: str) -> Service:
    services = load(project.root).catalog.services
    if name not in services:
        raise click.UsageError(unknown_name("service", name, services))
    return services[name]


def _basis(project: Project, service: Service, when: dt.datetime) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The digests of what the service is judged by now, and a condition for each criterion that blocks it."""
    from pagerworthy.cli.pipeline import CannotAssess, assess

    try:
        found = assess(project, as_of=when)
    except CannotAssess as error:
        raise click.UsageError("nothing can be judged: `pagerworthy score` says what is broken") from error
    digests = found.scores.digests
    card = next(card for card in found.scores.scorecards if card.service == service.name)
    questions = {criterion.id: criterion.question for criterion in found.rubric.criteria}
    due = (when + _DUE).date().isoformat()
    conditions = [
        {"text": questions[each], "criterion": each, "owner": service.spec.owner, "due": due} for each in card.blocking
    ]
    return {"catalog": digests.catalog, "rubric": digests.rubric, "evidence": digests.evidence}, conditions
