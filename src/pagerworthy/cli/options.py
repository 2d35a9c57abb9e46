"""Options that several commands share, declared once."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from pagerworthy.project import Project, is_judgeable

_FORMS = "2026-03-31, or 2026-03-31T14:05:00Z"


class Moment(click.ParamType[dt.datetime]):
    """A day, or a moment; one without a zone is in UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            parsed = dt.datetime.fromisoformat(str(value))
            moment = parsed.astimezone(dt.UTC) if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time: write {_FORMS}", param, ctx)
        if not is_judgeable(moment):
            self.fail(f"{value!r} is too long ago or too far ahead: write a year from 1970 to 9000", param, ctx)
        return moment


class Day(click.ParamType[dt.date]):
    """A day; of a moment, the day in UTC."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        return value if type(value) is dt.date else Moment().convert(value, param, ctx).date()


as_of_option = click.option(
    "--as-of",
    type=Moment(),
    metavar="TIME",
    help="Judge for this moment instead of now (2026-03-31, or 2026-03-31T14:05:00Z).",
)
evidence_option = click.option(
    "--evidence",
    "evidence",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A .jsonl file, or a folder of them, instead of the configured ones. Repeatable.",
)
cache_option = click.option("--no-cache", "cache", flag_value=False, default=True, help="Read every entry anew.")


def moment(project: Project, given: dt.datetime | None) -> dt.datetime:
    """The moment to judge for: the given one, that of the settings, or now; in UTC, to the second."""
    chosen = given or project.settings.scoring.as_of or dt.datetime.now(dt.UTC)
    chosen = chosen if chosen.tzinfo else chosen.replace(tzinfo=dt.UTC)
    return chosen.astimezone(dt.UTC).replace(microsecond=0)
