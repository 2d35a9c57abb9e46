"""`pagerworthy evidence`: what is known of a service, how strong, how old and from where, and what is missing."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pagerworthy.cli.aloud import assess_aloud, say_what_is_later
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, evidence_option
from pagerworthy.cli.suggest import unknown_name

if TYPE_CHECKING:
    from pagerworthy.scoring.sight import Gain, Sight, Sights

_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)
_LONGEST = 160


@click.command()
@click.argument("service")
@click.option("--missing", is_flag=True, help="List only what is not known.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report."
)
@as_of_option
@evidence_option
@click.pass_context
def command(
    ctx: click.Context,
    service: str,
    *,
    missing: bool,
    form: str,
    as_of: dt.datetime | None,
    evidence: tuple[Path, ...],
) -> int:
    """Say what is known of SERVICE: each record that a due criterion needs, how strong, how old, and from where.

    Then what is not known, which collector would bring it, and how much of the scorecard each collector would add.
    Exit code 0 whether something is missing or not.
    """
    from pagerworthy.scoring.sight import sights_of

    project = project_of(ctx)
    found = assess_aloud(project, "nothing is said of its evidence", as_of=as_of, evidence=evidence)
    if found is None:
        return Exit.USAGE
    if (lost := found.catalog.unreadable.get(service)) is not None:
        raise click.UsageError(f"{service} is not scored: {lost.why}")
    if service not in found.catalog.services:
        raise click.UsageError(unknown_name("service", service, found.catalog.services))
    card = next(each for each in found.scores.scorecards if each.service == service)
    seen = sights_of(
        found.catalog.services[service], card, found.rubric.criteria, found.evidence.of(service), found.as_of
    )
    if missing:
        seen = msgspec.structs.replace(seen, sights=tuple(each for each in seen.sights if each.state != "known"))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(seen, order="sorted"), indent=2))
    else:
        click.echo("\n".join(_text(seen)))
    say_what_is_later(found)
    return Exit.FINE


def _text(seen: "Sights") -> Iterator[str]:
    from pagerworthy.report.words import percent

    yield (
        f"{seen.service} on {seen.as_of:%Y-%m-%d %H:%M} UTC: "
        f"{seen.known} of {seen.due} due criteria are known, {percent(seen.coverage)}"
    )
    known = [each for each in seen.sights if each.state == "known"]
    if known:
        yield ""
        yield "known"
        yield from _table([(_name(each), each.strength or "", _age(each, seen.as_of), _origin(each)) for each in known])
    lacking = [each for each in seen.sights if each.state != "known"]
    if lacking:
        yield ""
        yield "not known, or not well enough"
        yield from _table([(_name(each), each.state, _why(each, seen.service, seen.as_of)) for each in lacking])
    if seen.gains:
        yield ""
        yield "what each source would make known"
        yield from _table([_gain(gain) for gain in seen.gains])


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield f"  {'  '.join([*cells, row[-1]])}".rstrip()


def _name(sight: "Sight") -> str:
    return f"{sight.key} [{_plain(sight.item)}]" if sight.item else sight.key


def _age(sight: "Sight", as_of: dt.datetime) -> str:
    from pagerworthy.evidence.attested import SOURCE

    if sight.seen is None:
        return ""
    if sight.state == "known" and (sight.done or sight.source == SOURCE):
        # What is done or attested on a day has no hour.
        days = (as_of.date() - (sight.done or sight.seen).date()).days
        return f"{days} d" if days > 0 else "today"
    age = as_of - sight.seen
    return f"{age // _DAY} d" if age >= _DAY else f"{age // _HOUR} h"


def _origin(sight: "Sight") -> str:
    from pagerworthy.evidence import KEYS
    from pagerworthy.evidence.attested import SOURCE

    until = f", until {sight.expires:%Y-%m-%d}" if sight.expires else ""
    entry = f", {_plain(sight.query)}" if sight.source == KEYS[sight.key].collector == SOURCE else ""
    return f"{_plain(sight.source)}{until}{entry}"


def _why(sight: "Sight", service: str, as_of: dt.datetime) -> str:
    from pagerworthy.evidence import ATTESTED, attested_by, brought_by

    brought = attested_by(sight.key, service) if sight.key in ATTESTED else brought_by(sight.key, sight.item)
    if sight.state == "failed":
        return f"{_plain(sight.source)} could not see it {_age(sight, as_of)} ago: {_plain(sight.reason)}"
    if sight.state == "stale":
        return f"last seen {_age(sight, as_of)} ago by {_origin(sight)}; {brought}"
    if sight.state == "weak":
        return f"it is {sight.strength}, and {sight.wanted} is asked for ({', '.join(sight.criteria)})"
    return brought


def _gain(gain: "Gain") -> tuple[str, ...]:
    from pagerworthy.report.words import count, percent

    return (
        gain.collector,
        f"{count(len(gain.criteria), 'criterion', 'criteria')} more",
        f"{percent(gain.coverage)} known",
    )


def _plain(text: str) -> str:
    from pagerworthy.report.words import one_line

    return one_line(text)[:_LONGEST]
