"""`pagerworthy new`: writes the first lines of an entry, and never over a file that is there."""

import datetime as dt
from typing import Any

import click

from pagerworthy.catalog import PHASES
from pagerworthy.cli import first_lines
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.new_attestation import attestation
from pagerworthy.cli.new_criterion import criterion
from pagerworthy.cli.new_decision import decision
from pagerworthy.cli.options import Day, Moment, moment
from pagerworthy.cli.write_entry import EntryName, Refused, create, refuse_future, write_entry
from pagerworthy.stacks.names import PLATFORM


@click.group()
def command() -> None:
    """Write the first lines of a new entry.

    It is checked before it is written, by itself and beside the other entries: what would be wrong is not written, so
    start with a team, then a system, then a service. What is there already is never written over.
    """


@command.command()
@click.argument("name", type=EntryName())
@click.option("--owner", required=True, help="The team that answers for it.")
@click.option("--system", required=True, help="The system that it is part of.")
@click.option("--tier", type=click.IntRange(1, 4), required=True, help="1 (most critical) to 4.")
@click.option(
    "--phase", type=click.Choice(PHASES), default="design", show_default=True, help="Where in its life it is."
)
@click.option(
    "--engagement",
    type=click.Choice(["sre", "embedded", "hybrid", "dev"]),
    default="dev",
    show_default=True,
    help="Who should carry its pager.",
)
@click.option("--description", default="", help="What it is for, in one sentence.")
@click.option("--title", default="", help="The name as people write it.")
@click.pass_context
def service(ctx: click.Context, /, name: str, description: str, title: str, **values: Any) -> int:
    """Start the entry of a service."""
    if name == PLATFORM:
        raise Refused("each environment has a stack called platform already: give the service another name")
    text = first_lines.head("Service", name, title, description or f"Say here what {name} is for")
    text += first_lines.fields(values, first_lines.SERVICE) + first_lines.SERVICE_MORE
    code = write_entry(project_of(ctx), "Service", name, text)
    click.echo("Next: name what it needs, say in it where it is brought up, and run `pagerworthy check`.")
    return code


@command.command()
@click.argument("name", type=EntryName())
@click.option(
    "--role",
    type=click.Choice(["development", "sre", "business", "platform"]),
    default="development",
    show_default=True,
    help="Which of the parties it is.",
)
@click.option(
    "--member", "members", multiple=True, required=True, metavar="PERSON", help="A member's name. Repeatable."
)
@click.option("--title", default="", help="The name as people write it.")
@click.pass_context
def team(ctx: click.Context, name: str, role: str, members: tuple[str, ...], title: str) -> int:
    """Start the entry of a team."""
    text = first_lines.head("Team", name, title) + first_lines.fields({"role": role}, first_lines.TEAM)
    text += first_lines.items("members", [{"name": member} for member in members])
    return write_entry(project_of(ctx), "Team", name, text)


@command.command()
@click.argument("name", type=EntryName())
@click.option("--owner", required=True, help="The team that answers for it as a whole.")
@click.option("--business-owner", default="", metavar="PERSON", help="Who speaks for the business.")
@click.option("--title", default="", help="The name as people write it.")
@click.pass_context
def system(ctx: click.Context, name: str, owner: str, business_owner: str, title: str) -> int:
    """Start the entry of a system."""
    person = {"name": business_owner} if business_owner else None
    values = {"owner": owner, "business_owner": person}
    text = first_lines.head("System", name, title) + first_lines.fields(values, first_lines.SYSTEM)
    return write_entry(project_of(ctx), "System", name, text)


@command.command()
@click.argument("name", type=EntryName())
@click.option(
    "--purpose",
    type=click.Choice(["production", "staging", "development"]),
    required=True,
    help="What runs in it.",
)
@click.option("--region", required=True, help="The cloud's region, like eu-west-1.")
@click.option("--account", help="The account's twelve digits.")
@click.pass_context
def environment(ctx: click.Context, name: str, purpose: str, region: str, account: str | None) -> int:
    """Start the entry of an environment."""
    values = {"purpose": purpose, "provider": "aws", "region": region, "account": account}
    text = first_lines.head("Environment", name) + first_lines.fields(values, first_lines.ENVIRONMENT)
    return write_entry(project_of(ctx), "Environment", name, text)


@command.command()
@click.argument("name", type=EntryName())
@click.option("--service", required=True, help="The service that it is for.")
@click.option("--criterion", required=True, help="The criterion that is waived.")
@click.option("--reason", required=True, help="Why it cannot be met now.")
@click.option("--approver", required=True, metavar="PERSON", help="Who grants it.")
@click.option("--team", "signing", required=True, metavar="TEAM", help="The team that the approver signs for.")
@click.option("--expires", type=Day(), help="When it ends; 90 days from now where that is not said.")
@click.pass_context
def waiver(
    ctx: click.Context, /, name: str, approver: str, signing: str, expires: dt.date | None, **values: Any
) -> int:
    """Start a waiver: leave to miss one criterion for a time."""
    project = project_of(ctx)
    granted = moment(project, None).date()
    ends = expires or granted + dt.timedelta(days=90)
    values |= {"granted": granted.isoformat(), "expires": ends.isoformat()}
    values["approver"] = {"name": approver, "team": signing}
    text = first_lines.head("Waiver", name) + first_lines.fields(values, first_lines.WAIVER)
    return write_entry(project, "Waiver", name, text)


@command.command()
@click.argument("name", type=EntryName())
@click.option("--service", "services", multiple=True, required=True, help="A service that was affected. Repeatable.")
@click.option(
    "--severity",
    type=click.Choice(["sev1", "sev2", "sev3", "sev4"]),
    required=True,
    help="How bad it was; sev1 is worst.",
)
@click.option("--started", type=Moment(), required=True, metavar="TIME", help="When it began, in UTC.")
@click.option(
    "--mitigated", type=Moment(), required=True, metavar="TIME", help="When users were no longer affected, in UTC."
)
@click.option("--impact", required=True, help="What users noticed.")
@click.option("--trigger", default="unknown", show_default=True, help="What set it off.")
@click.option("--title", default="", help="What it is called.")
@click.pass_context
def postmortem(ctx: click.Context, /, name: str, services: tuple[str, ...], title: str, **told: Any) -> int:
    """Start a post-mortem: its entry above, its text below."""
    for key in ("started", "mitigated"):
        refuse_future(project_of(ctx), told[key])
    values = {"services": list(services), "severity": told["severity"]}
    values |= {key: f"{told[key]:%Y-%m-%dT%H:%M:%SZ}" for key in ("started", "mitigated")}
    values |= {"trigger": told["trigger"], "impact": told["impact"], "actions": []}
    text = first_lines.head("Postmortem", name, title, front_matter=True) + first_lines.fields(values)
    return write_entry(project_of(ctx), "Postmortem", name, text + first_lines.POSTMORTEM)


@command.command()
@click.argument("name", type=EntryName())
@click.option("--title", default="", help="What is wrong when it is opened.")
@click.pass_context
def runbook(ctx: click.Context, name: str, title: str) -> int:
    """Start a runbook, with the sections that the rubric asks for."""
    project = project_of(ctx)
    sections = project.settings.collect.runbook_sections
    text = first_lines.runbook(title or name.replace("-", " ").capitalize(), sections)
    path = f"catalog/runbooks/{name}.md"
    create(project.root, path, text)
    click.echo(f"Wrote {path}. Name it under spec.runbooks of its service.")
    return Exit.FINE


command.add_command(decision)
command.add_command(attestation)
command.add_command(criterion)
