"""What a person sees of a run: a line for each stack that ends, and on a terminal what goes on now, by wave."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import IO

from pagerworthy.stacks.losses import rank
from pagerworthy.stacks.run.report import RunReport, losses, summary_line
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.schedule import Step
from pagerworthy.stacks.run.watch import Change, counts

Paint = Callable[..., str]

_COLOURS = {
    Outcome.CHANGED: "green",
    Outcome.REFRESHED: "green",
    Outcome.DESTROYED: "green",
    Outcome.PLANNED: "blue",
    Outcome.HELD: "yellow",
    Outcome.KEPT: "yellow",
    Outcome.DRIFTED: "yellow",
    Outcome.FAILED: "red",
    Outcome.SKIPPED: "red",
    Outcome.INTERRUPTED: "red",
    Outcome.NOT_STARTED: "red",
}
_ERASE = "\r\033[K"


class Progress:
    """Writes to a stream; `live` where it is a terminal, of which the last line is kept up to date."""

    def __init__(self, stream: IO[str], paint: Paint, *, live: bool, width: int = 110) -> None:
        self._stream = stream
        self._paint = paint
        self._live = live
        self._width = width
        self._steps: dict[str, Step] = {}
        self._running: dict[str, float] = {}
        self._ended: dict[str, Visit] = {}
        self._made: Counter[str] = Counter()

    @property
    def visits(self) -> tuple[Visit, ...]:
        """What has come of the stacks so far."""
        return tuple(self._ended.values())

    def planned(self, steps: Sequence[Step]) -> None:
        self._steps = {step.stack: step for step in steps}
        waves = max((step.wave for step in steps), default=0)
        stacks = "1 stack" if len(steps) == 1 else f"{len(steps)} stacks"
        self._line(f"{stacks} in {'1 wave' if waves == 1 else f'{waves} waves'}")

    def again(self, stacks: Sequence[str]) -> None:
        """Says why stacks come a second time."""
        self._line(f"once more, for what has come up since: {', '.join(stacks)}")

    def started(self, stack: str) -> None:
        self._running[stack] = time.monotonic()
        self.tick()

    def changed(self, stack: str, change: Change) -> None:
        """Is called by the threads of the engines: only counts."""
        del change
        self._made[stack] += 1

    def ended(self, visit: Visit) -> None:
        self._running.pop(visit.stack, None)
        self._ended[visit.stack] = visit
        # Of what has not changed, the sum at the end is enough.
        if visit.outcome is not Outcome.UNCHANGED or visit.notes:
            for line in lines_of(visit, self._paint, self._wave(visit.stack)):
                self._line(line)
        self.tick()

    def say(self, text: str) -> None:
        self._line(text)

    def tick(self) -> None:
        """Draws the last line anew: how far each wave is, and what is at work."""
        if not self._live:
            return
        waves: dict[int, list[str]] = {}
        for step in self._steps.values():
            waves.setdefault(step.wave, []).append(step.stack)
        open_waves = [
            f"wave {wave} {sum(name in self._ended for name in names)}/{len(names)}"
            for wave, names in sorted(waves.items())
            if any(name not in self._ended for name in names)
        ]
        now = time.monotonic()
        at_work = [
            f"{name} {now - since:.0f} s" + (f", {self._made[name]} done" if self._made[name] else "")
            for name, since in tuple(self._running.items())
        ]
        text = "  ".join([*open_waves[:2], "|", *at_work]) if at_work else ""
        self._stream.write(_ERASE + text[: self._width - 1])
        self._stream.flush()

    def close(self) -> None:
        if self._live:
            self._stream.write(_ERASE)
            self._stream.flush()

    def _wave(self, stack: str) -> str:
        step = self._steps.get(stack)
        return f"[{step.wave}]" if step else "[-]"

    def _line(self, text: str) -> None:
        self._stream.write((_ERASE if self._live else "") + text + "\n")
        self._stream.flush()


def lines_of(visit: Visit, paint: Paint, mark: str) -> list[str]:
    """A visit in a line, and below it what a person has to know."""
    found = counts(visit.changes)
    changes = ", ".join(
        f"{count} to {name}" if visit.outcome is Outcome.PLANNED else f"{count} {_past(name)}"
        for name, count in found.items()
    )
    words = visit.outcome.value.replace("-", " ")
    colour = _COLOURS.get(visit.outcome)
    text = f"{mark}  {visit.stack}: {paint(words, colour) if colour else words}"
    if changes:
        text += f", {changes}"
    if visit.seconds >= 0.1:
        text += f" ({visit.seconds:.1f} s)"
    lines = [text]
    if visit.message:
        lines += [f"     {line}" for line in visit.message.splitlines()]
    if visit.help:
        lines.append(f"     help: {visit.help}")
    lines += [f"     note: {note}" for note in visit.notes]
    if visit.waiting:
        stacks = sorted({each.partition(":")[0] for each in visit.waiting})
        lines.append(f"     note: left out until they are up: what it needs of {', '.join(stacks)}")
    return lines


_SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "import": "="}
_HARMLESS = 1000
LEGEND = "+ created   ~ changed   ± replaced   - deleted   = taken over"


def detail_of(visit: Visit) -> list[str]:
    """The changes of a visit, for a preview and for drift: what loses data first, then what goes or is made anew, each
    with what its properties were and are."""
    lines = []
    for each in sorted(visit.changes, key=_severity):
        told = {shift.path for shift in each.shifts}
        names = [name for name in each.properties if not any(path.startswith(name) for path in told)]
        named = f"  ({', '.join(names)})" if names else ""
        lost = f"  DATA IS LOST: {each.loss.text}" if each.loss else ""
        lines.append(f"     {_SIGNS.get(each.operation, '?')} {each.name}  {each.type}{named}{lost}")
        lines += [f"         {shift.path}: {shift.old} -> {shift.new}" for shift in each.shifts]
    return lines


def _severity(change: Change) -> int:
    return rank(change.type) if change.operation in {"replace", "delete"} else _HARMLESS


def lost_lines(report: RunReport, paint: Paint) -> list[str]:
    """Whose data is lost, before the table; nothing where none is."""
    found = losses(report)
    if not found:
        return []
    told = "DATA WOULD BE LOST:" if report.operation == "preview" else "DATA WAS LOST:"
    return [paint(told, "red", "bold"), *(f"  {each}" for each in found), ""]


def table(report: RunReport, paint: Paint) -> list[str]:
    """The table at the end: all that is not unchanged, and the sum."""
    rows = [row for row in report.stacks if row.outcome != Outcome.UNCHANGED.value]
    lines = []
    if rows:
        width = max(len(row.stack) for row in rows)
        lines = [
            f"{row.stack:<{width}}  {row.outcome.replace('-', ' '):<11}  {row.seconds:7.1f} s  "
            + " ".join(f"{name} {count}" for name, count in row.counts.items())
            for row in rows
        ]
        lines.append("")
    lines.append(paint(summary_line(report), "bold"))
    return lines


def _past(name: str) -> str:
    return {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}.get(name, name)
