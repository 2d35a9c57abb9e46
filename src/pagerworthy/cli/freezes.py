"""Which services' deployments are frozen, and the record of a glass that is broken: what `gate` and `up` share."""

import datetime as dt
import getpass
import os
import threading
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from pagerworthy.cli.append import append_line
from pagerworthy.cli.pipeline import Assessment
from pagerworthy.handover import pager_at
from pagerworthy.scoring import Verdict

_STOPS = frozenset({Verdict.FREEZE, Verdict.HAND_BACK})
_writing = threading.Lock()


class BreakGlass(msgspec.Struct, frozen=True):
    """One deployment against a freeze: a line of the file that `--record` names."""

    service: str
    time: dt.datetime
    by: str
    reason: str
    stopped_by: str


glass_option = click.option(
    "--break-glass", metavar="REASON", help="Deploy in spite of a freeze, and say why. Needs --record."
)
record_option = click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where a broken glass is recorded: a line of JSON is added.",
)


def demand_record(break_glass: str | None, record: Path | None) -> None:
    """Raises UsageError unless a reason and a file are given together, or neither."""
    if (break_glass is None) != (record is None) or (break_glass is not None and not break_glass.strip()):
        raise click.UsageError("--break-glass REASON and --record FILE go together: a broken glass is always recorded")


def freeze_of(found: Assessment, service: str) -> str:
    """What stops the service's deployments, by decision or by its verdict; empty where nothing does."""
    return freezes(found, [service]).get(service, "")


def freezes(found: Assessment, services: Iterable[str]) -> dict[str, str]:
    """What stops the deployments of those services that are frozen."""
    wanted = set(services)
    decided_on = {each.spec.service for each in found.catalog.decisions}
    stopped = {name: decided for name in sorted(wanted & decided_on) if (decided := decided_freeze(found, name))}
    for card in found.scores.scorecards:
        if card.service in wanted and card.service not in stopped and card.verdict in _STOPS:
            stopped[card.service] = f"{card.verdict.value}: {card.reason}"
    return stopped


def decided_freeze(found: Assessment, service: str, moment: dt.datetime | None = None) -> str:
    """The freeze by decision that is in force at a moment, or at that of the scores; empty where there is none."""
    made = [each for each in found.catalog.decisions if each.spec.service == service]
    pager = pager_at(made, moment or found.as_of)
    return f"frozen by decision on {pager.freezes[-1]:%Y-%m-%d}" if pager.frozen and pager.freezes else ""


def record_glass(record: Path, service: str, reason: str, stopped_by: str) -> None:
    """Adds a line to the record, made when it is really made, whatever moment the freeze was judged for."""
    line = BreakGlass(service, dt.datetime.now(dt.UTC).replace(microsecond=0), _who(), reason.strip(), stopped_by)
    with _writing:
        append_line(record, msgspec.json.encode(line))


def _who() -> str:
    """Who runs this, as CI or the system says."""
    if actor := os.environ.get("GITHUB_ACTOR"):
        return actor
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        # Containers often run as a number that has no name.
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
