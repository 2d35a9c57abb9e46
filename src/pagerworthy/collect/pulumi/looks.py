"""What runs of `pagerworthy drift` have seen, by the reports that they wrote."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pagerworthy.collect.reports.files import ReportFile, find
from pagerworthy.evidence.text import inert

_OPERATION = "drift"
# How a look at a stack ends that has seen all of it.
_SEEN = frozenset({"unchanged", "drifted"})


class _Row(msgspec.Struct, frozen=True):
    stack: str
    outcome: str
    changes: tuple[msgspec.Raw, ...] = ()
    message: str = ""


class _Report(msgspec.Struct, frozen=True):
    operation: str
    started: dt.datetime
    emulator: str
    stacks: tuple[_Row, ...]


class Look(msgspec.Struct, frozen=True, omit_defaults=True):
    """A look at a stack in the cloud, and when it began.

    `drifted` is how many resources differed. `failed` says why nothing was seen; without a stack, of a report of which
    nobody knows what it says.
    """

    path: str
    stack: str = ""
    time: dt.datetime | None = None
    drifted: int = 0
    emulator: str = ""
    failed: str = ""


def looks_of(root: Path, patterns: Sequence[str]) -> list[Look]:
    """What the reports say that these patterns name, a row a stack; each file that is no report says so."""
    files = list(find(root, patterns))
    if not files:
        return [Look(path="drift", failed="there is no report of `pagerworthy drift` yet")]
    return [look for file in files for look in _of(file)]


def _of(file: ReportFile) -> Iterator[Look]:
    if file.fault:
        yield Look(file.path, failed=f"{file.path}: {file.fault}")
        return
    try:
        report = msgspec.json.decode(file.content, type=_Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield Look(file.path, failed=f"{file.path}: it is no report of a run: {inert(str(error), 200)}")
        return
    if report.operation != _OPERATION or report.started.tzinfo is None:
        yield Look(file.path, failed=f"{file.path}: it is no report of `pagerworthy drift`")
        return
    time = report.started.astimezone(dt.UTC)
    for row in report.stacks:
        failed = ""
        if row.outcome not in _SEEN:
            failed = f"{file.path}: it was not looked at: {inert(row.message or row.outcome, 200)}"
        drifted = len(row.changes) or int(row.outcome == "drifted")
        yield Look(file.path, inert(row.stack, 200), time, drifted, report.emulator, failed)


def latest(looks: Sequence[Look], stack: str) -> Look | None:
    """The last look at a stack, or one of which nobody knows whether it is of this stack; None where there is none.

    A report that cannot be read may say anything, and be the last: while there is one, no other counts.
    """
    unclear = next((each for each in looks if not each.stack), None)
    if unclear is not None:
        return unclear
    found = [(each.time, each.failed, each.drifted, each) for each in looks if each.stack == stack and each.time]
    # Of two at one moment, the worse one.
    return max(found, key=lambda each: each[:3])[3] if found else None
