"""When and why a service's verdict changed."""

from collections.abc import Iterator

import msgspec

from pagerworthy.history.model import Line
from pagerworthy.scoring import Outcome

_WORSE = frozenset({Outcome.FAIL.value, Outcome.UNKNOWN.value})


class Change(msgspec.Struct, frozen=True):
    """A criterion of which the outcome changed; empty before or after where the rubric did not have it."""

    criterion: str
    before: str
    after: str
    detail: str = ""

    @property
    def is_worse(self) -> bool:
        return self.after in _WORSE


class Turn(msgspec.Struct, frozen=True):
    """A line of a service's history beside the one before it; None before the first, and after it has gone."""

    line: Line
    before: Line | None
    changes: tuple[Change, ...]

    @property
    def is_turn(self) -> bool:
        """Whether the verdict, or who holds the pager, is another one than before."""
        before = self.before
        return before is None or (before.verdict, before.holder, before.gone) != (
            self.line.verdict,
            self.line.holder,
            self.line.gone,
        )


def turns(lines: tuple[Line, ...]) -> Iterator[Turn]:
    """A service's lines, each with what changed, the oldest first."""
    outcomes: dict[str, str] = {}
    before: Line | None = None
    for line in lines:
        if line.gone:
            yield Turn(line, before, ())
            outcomes, before = {}, line
            continue
        first = before is None or before.gone
        changes = tuple(
            Change(name, outcomes.get(name, ""), after, line.details.get(name, ""))
            for name, after in line.outcomes.items()
        )
        yield Turn(line, before, () if first else changes)
        outcomes |= line.outcomes
        before = line
