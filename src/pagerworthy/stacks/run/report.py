"""The report of a run: as JSON (`schemas/run.schema.json`), and as Markdown for a job's summary."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pagerworthy import atomic
from pagerworthy.stacks.losses import rank
from pagerworthy.stacks.run.commands import command
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.watch import Change, counts

FORM = 1


class ChangeRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change; `properties` are the names of what differs, never values. `loses` says whose data is lost by it."""

    type: str
    name: str
    operation: str
    properties: tuple[str, ...] = ()
    loses: str = ""


class StackRow(msgspec.Struct, frozen=True):
    """One stack of a run. `waiting` are outputs of soft dependencies that were not there, as `stack:key`."""

    stack: str
    wave: int
    outcome: str
    seconds: float
    visits: int
    counts: dict[str, int]
    changes: tuple[ChangeRow, ...]
    message: str
    help: str
    blocked_by: str
    waiting: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str


class RunReport(msgspec.Struct, frozen=True):
    """A whole run. `finished` is false for one that was stopped; `orphans` are stacks that no entry is left of."""

    operation: str
    environment: str
    started: str
    seconds: float
    finished: bool
    emulator: str
    summary: dict[str, int]
    orphans: tuple[str, ...]
    stacks: tuple[StackRow, ...]
    form: int = FORM


def report_of(
    operation: str,
    environment: str,
    visits: Sequence[Visit],
    *,
    started: dt.datetime,
    seconds: float,
    finished: bool,
    orphans: Sequence[str] = (),
    emulator: str = "",
) -> RunReport:
    """The report of these visits."""
    found = Counter(visit.outcome for visit in visits)
    return RunReport(
        operation=operation,
        environment=environment,
        started=f"{started.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        seconds=round(seconds, 2),
        finished=finished,
        emulator=emulator,
        summary={outcome.value: found[outcome] for outcome in Outcome if found[outcome]},
        orphans=tuple(orphans),
        stacks=tuple(_row(visit) for visit in visits),
    )


def _row(visit: Visit) -> StackRow:
    return StackRow(
        stack=visit.stack,
        wave=visit.wave,
        outcome=visit.outcome.value,
        seconds=visit.seconds,
        visits=visit.visits,
        counts=counts(visit.changes),
        changes=tuple(map(_change, visit.changes)),
        message=visit.message,
        help=visit.help,
        blocked_by=visit.blocked_by,
        waiting=visit.waiting,
        notes=visit.notes,
        digest=visit.digest,
    )


def _change(change: Change) -> ChangeRow:
    lost = change.loss.text if change.loss else ""
    return ChangeRow(change.type, change.name, change.operation, change.properties, lost)


# What only looks loses nothing, and who destroys has been told before.
_CHANGING = frozenset({"preview", "up"})


def losses(report: RunReport) -> list[str]:
    """Whose data a run has lost, or would lose, with its stack; what was held back is not lost."""
    if report.operation not in _CHANGING:
        return []
    found = [(rank(each.type), row, each) for row in report.stacks for each in row.changes if each.loses]
    return [f"{row.stack} {each.loses}" for _, row, each in sorted(found, key=lambda one: one[0])]


def write_report(path: Path, report: RunReport) -> None:
    """Writes the report so that it is whole or not there, and leaves nothing else. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def markdown(report: RunReport) -> str:
    """The report for `$GITHUB_STEP_SUMMARY`: what was changed and what went wrong first."""
    title = f"{report.operation} {report.environment}"
    lines = [f"### `pagerworthy {title}`", "", f"{summary_line(report)}.", ""]
    if lost := losses(report):
        told = "would be lost" if report.operation == "preview" else "was lost"
        lines += ["> [!CAUTION]", f"> **Data {told}:**", *(f"> - {_cell(each)}" for each in lost), ""]
    shown = [row for row in report.stacks if row.outcome != Outcome.UNCHANGED.value]
    if shown:
        lines += ["| stack | outcome | changes | why |", "|---|---|---|---|"]
        lines += [f"| `{row.stack}` | {row.outcome} | {_changes(row)} | {_cell(row.message)} |" for row in shown]
        lines.append("")
    if report.orphans:
        names = ", ".join(f"`{name}`" for name in report.orphans)
        mend = command("destroy", report.environment, (), "--orphans", emulator=report.emulator)
        lines += [
            f"No entry is left of {names}: `{mend}` removes them.",
            "",
        ]
    return "\n".join(lines)


def summary_line(report: RunReport) -> str:
    """`3 changed, 14 unchanged, in 41 s`, and whether the run was stopped."""
    found = ", ".join(f"{count} {name.replace('-', ' ')}" for name, count in report.summary.items()) or "no stacks"
    stopped = "" if report.finished else ", stopped before its end"
    return f"{found}, in {report.seconds:.0f} s{stopped}"


def _changes(row: StackRow) -> str:
    return ", ".join(f"{count} {name}" for name, count in row.counts.items())


def _cell(text: str) -> str:
    """Text that cannot leave its cell, nor be read as markup."""
    kept = text.replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
    return " ".join(kept.split())[:300]
