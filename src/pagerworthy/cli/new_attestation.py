"""`pagerworthy new attestation`: records what a person says of a service, on what, and until when it holds."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import click

from pagerworthy.catalog import ServiceSpec, load
from pagerworthy.cli import first_lines
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import Day, moment
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.cli.write_entry import EntryName, Refused, refuse_future, write_entry
from pagerworthy.evidence import ATTESTED
from pagerworthy.project import Project

_YEAR = dt.timedelta(days=365)
_MOST = 10_000
_TRAINING, _UNIT = "attest.training", "cost.unit"
# A word with an ending, as files have it.
_FILE = re.compile(r"[^\s:]*[^\s:/]\.[A-Za-z][A-Za-z0-9]{0,7}")


@click.command()
@click.argument("service", type=EntryName())
@click.argument("key", type=click.Choice(sorted(ATTESTED)))
@click.option("--by", required=True, metavar="PERSON", help="Who says so: a member of a team, or a business owner.")
@click.option("--capacity", required=True, help="What makes it theirs to say, like security reviewer.")
@click.option(
    "--about",
    required=True,
    help="What the person looked at: an address, a file of this repository, or what it is called.",
)
@click.option("--statement", required=True, help="What the person says.")
@click.option("--date", "on", type=Day(), metavar="DAY", help="When it was found to be so; today if not said.")
@click.option("--until", type=Day(), metavar="DAY", help="The last day on which it holds; a year later if not said.")
@click.option("--trained", type=click.IntRange(0, _MOST), help=f"For {_TRAINING}: people who were trained.")
@click.option("--rotation", type=click.IntRange(1, _MOST), help=f"For {_TRAINING}: people of the receiving rotation.")
@click.option("--cost", type=click.FloatRange(0, 1e12), help=f"For {_UNIT}: what one unit costs.")
@click.option("--accepted/--refused", default=None, help=f"For {_UNIT}: whether the business takes that.")
@click.option("--name", type=EntryName(), help="The attestation's name; made of service, key and day otherwise.")
@click.pass_context
def attestation(
    ctx: click.Context,
    /,
    service: str,
    key: str,
    on: dt.date | None,
    until: dt.date | None,
    name: str | None,
    **told: Any,
) -> int:
    """Record what a person attests of a service: KEY is the key of evidence that only they can bring.

    It counts from its day on, without any `collect`, and is stale after its last one.
    """
    project = project_of(ctx)
    known = load(project.root).catalog.services
    if service not in known:
        raise Refused(unknown_name("service", service, known))
    day = on or moment(project, None).date()
    refuse_future(project, dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC))
    values: dict[str, Any] = {
        "service": service,
        "attests": key,
        "by": {"name": told["by"], "capacity": told["capacity"]},
        "date": day.isoformat(),
        "until": (until or day + _YEAR).isoformat(),
        "about": _about(project, told["about"]),
        "statement": told["statement"],
        **_numbers(key, told),
    }
    chosen = name or f"{service}-{key.partition('.')[2]}-{day}"
    text = first_lines.head("Attestation", chosen) + first_lines.fields(values, first_lines.ATTESTATION)
    code = write_entry(project, "Attestation", chosen, text)
    if code == Exit.FINE:
        for each in _lacking(known[service].spec, key):
            click.echo(f"Next: write {each} in the entry of {service}, without which the attestation is not enough.")
    return code


def _lacking(spec: ServiceSpec, key: str) -> Iterator[str]:
    """What the entry does not say, and what criteria ask for beside the attestation."""
    security, release, costs = spec.security, spec.release, spec.costs
    if key == "attest.security" and not (security and security.review):
        yield "`security.review` with `url`, `date` and `expires`"
    if key == "attest.access" and not (security and security.access_review):
        yield "`security.access_review`, the day of the review,"
    if key == "attest.switches" and not (release and release.switches):
        yield "`release.switches: true`"
    if key == _UNIT and not (costs and costs.unit):
        yield "`costs.unit`"


def _about(project: Project, text: str) -> dict[str, str]:
    if text.startswith(("https://", "http://")):
        return {"url": text}
    file = project.root / text
    try:
        is_file = bool(text) and file.is_file() and file.resolve().is_relative_to(project.root.resolve())
    except (OSError, ValueError):
        is_file = False
    if not is_file and _FILE.fullmatch(text):
        raise click.UsageError(
            f"there is no file {text} in this repository: correct the path, or say in words what was looked at"
        )
    return {"path": text} if is_file else {"text": text}


def _numbers(key: str, told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the key has beside a statement. Raises click.UsageError where an option is missing, or of another key."""
    wanted = {_TRAINING: ("trained", "rotation"), _UNIT: ("cost", "accepted")}
    for other, names in wanted.items():
        given = [each for each in names if told[each] is not None]
        shown = " and ".join("--accepted or --refused" if each == "accepted" else f"--{each}" for each in names)
        if key == other and len(given) < len(names):
            raise click.UsageError(f"{key} needs {shown}")
        if key != other and given:
            raise click.UsageError(f"{shown} are for {other}, and this is {key}")
    field = {_TRAINING: "training", _UNIT: "unit_cost"}.get(key)
    return {field: {each: told[each] for each in wanted[key]}} if field else {}
