"""Options that several commands share, declared once."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from pagerworthy.project import Project, is_judgeable


class _Moment(click.ParamType[dt.datetime]):
    """A date or a moment; one without a zone is in UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            parsed = dt.datetime.fromisoformat(str(value))
            moment = parsed.astimezone(dt.UTC) if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a moment: write 2026-03-31 or 2026-03-31T14:05:00Z", param, ctx)
        if not is_judgeable(moment):
            self.fail(f"{value!r} is too long ago or too far ahead: write a year from 1970 to 9000", param, ctx)
        return moment


as_of_option = click.option(
    "--as-of",
    type=_Moment(),
    metavar="TIME",
    help="Judge for this moment instead of now (2026-03-31T14:05:00Z).",
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
