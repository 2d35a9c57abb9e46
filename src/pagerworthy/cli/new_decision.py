"""`pagerworthy new decision`: records what the three parties decided about a service's pager."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import click

from pagerworthy.catalog import Catalog, Service, load
from pagerworthy.cli import first_lines
from pagerworthy.cli.app import project_of
from pagerworthy.cli.options import Moment, moment
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.cli.write_entry import EntryName, Refused, refuse_future, show_problems, write_entry
from pagerworthy.project import Project

_ACTIONS = ("agree", "shadow", "accept", "accept-with-conditions", "defer", "keep", "freeze", "resume", "hand-back")
# The verdicts that bear an acceptance out.
_BORNE_OUT = {
    "accept": {"accept", "keep"},
    "accept-with-conditions": {"accept", "accept-with-conditions", "keep"},
}
_PARTIES = ("business", "development", "sre")
_DUE = dt.timedelta(days=30)


@click.command()
@click.argument("service", type=EntryName())
@click.argument("action", type=click.Choice(_ACTIONS))
@click.option("--business", required=True, metavar="PERSON", help="Who decided for the business.")
@click.option("--development", required=True, metavar="PERSON", help="Who decided for the team.")
@click.option("--sre", required=True, metavar="PERSON", help="Who decided for SRE.")
@click.option("--reason", required=True, help="Why it was decided.")
@click.option("--terms", help="For an acceptance: when the pager goes back.")
@click.option("--time", type=Moment(), metavar="TIME", help="When it was decided, in UTC; now where that is not said.")
@click.option("--name", type=EntryName(), help="The decision's name; made of service, day and action otherwise.")
@click.pass_context
def decision(
    ctx: click.Context, /, service: str, action: str, time: dt.datetime | None, name: str | None, **told: str | None
) -> int:
    """Record a decision about a service's pager.

    An agreement takes over the tier and the objectives that the entry has now. An acceptance rests on the digests of
    what `score` judges now; one with conditions lists what blocks the service as conditions to edit. Whoever signs is
    a member of a team, or the business owner of the service's system.
    """
    project = project_of(ctx)
    catalog = load(project.root).catalog
    entry = _service(catalog, service)
    _refuse_signers(catalog, [told[party] or "" for party in _PARTIES])
    when = time or moment(project, None)
    refuse_future(project, when)
    values: dict[str, Any] = {
        "service": service,
        "action": action,
        "time": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "parties": {party: {"name": told[party]} for party in _PARTIES},
    }
    more = doubt = ""
    if action == "agree":
        values["tier"] = entry.spec.tier
        levels = [{"slo": slo.name, "objective": slo.objective} for slo in entry.spec.slos]
        more = first_lines.items("levels", levels)
    elif action.startswith("accept"):
        values["basis"], conditions, doubt = _basis(project, entry, action, when)
        if action == "accept-with-conditions":
            more = first_lines.items("conditions", conditions)
    values |= {"reason": told["reason"], "terms": told["terms"]}
    chosen = name or f"{service}-{when:%Y-%m-%d}-{action.removeprefix('accept-with-')}"
    text = first_lines.head("Decision", chosen) + first_lines.fields(values) + more
    code = write_entry(project, "Decision", chosen, text)
    if doubt:
        click.echo(f"note: {doubt}", err=True)
    return code


def _service(catalog: Catalog, name: str) -> Service:
    services = catalog.services
    if name not in services:
        raise Refused(unknown_name("service", name, services))
    return services[name]


def _refuse_signers(catalog: Catalog, names: Sequence[str]) -> None:
    """Raises Refused for somebody whom the catalog does not know, and for one person who signs for two parties.

    Whether each of them belongs to their party is a question to the written decision, see PW236.
    """
    known = {person.name for team in catalog.teams.values() for person in team.spec.members}
    known |= {system.spec.business_owner.name for system in catalog.systems.values() if system.spec.business_owner}
    for name in names:
        if name not in known:
            who = "whoever signs is a member of a team, or the business owner of a system"
            raise Refused(f"{unknown_name('person', name, sorted(known))}; {who}")
        if names.count(name) > 1:
            raise Refused(f"{name} cannot sign for two parties: an agreement takes one person for each")


def _basis(
    project: Project, service: Service, action: str, when: dt.datetime
) -> tuple[dict[str, str], list[dict[str, str]], str]:
    """The digests of what the service is judged by now, a condition for each criterion that blocks it, and a doubt.

    The doubt says that the verdict is another than what was decided; it is empty where it is not.
    """
    from pagerworthy.cli.pipeline import CannotAssess, assess

    try:
        found = assess(project, as_of=when)
    except CannotAssess as error:
        show_problems(error.problems, project.root)
        raise Refused("nothing was written: nothing can be judged until the problems above are mended") from error
    digests = found.scores.digests
    card = next(card for card in found.scores.scorecards if card.service == service.name)
    questions = {criterion.id: criterion.question for criterion in found.rubric.criteria}
    due = (when + _DUE).date().isoformat()
    conditions = [
        {"text": questions[each], "criterion": each, "owner": service.spec.owner, "due": due} for each in card.blocking
    ]
    basis = {"catalog": digests.catalog, "rubric": digests.rubric, "evidence": digests.evidence}
    agrees = card.verdict.value in _BORNE_OUT[action]
    return (
        basis,
        conditions,
        "" if agrees else f"this is {action} against the verdict {card.verdict.value}: {card.reason}",
    )
