"""When and why a service's verdict changed: what happened, and the same sentences for the terminal and for pages."""

from collections.abc import Iterable, Iterator

import msgspec

from pagerworthy.history.model import Line, Turned
from pagerworthy.scoring import Outcome, Verdict

_WORSE = frozenset({Outcome.FAIL.value, Outcome.UNKNOWN.value})
# From what no pager is taken with, up to what one is kept with: those without a pager first, since who hands one back
# loses.
_LADDER = (
    Verdict.DEFER,
    Verdict.ACCEPT_WITH_CONDITIONS,
    Verdict.ACCEPT,
    Verdict.HAND_BACK,
    Verdict.FREEZE,
    Verdict.KEEP,
)
_STEPS = {verdict.value: step for step, verdict in enumerate(_LADDER)}


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


class Told(msgspec.Struct, frozen=True):
    """A turn in words: what the verdict is and was, how the service stands, why, and which criteria changed.

    Those that got worse come first. `stands`, `why` and `changes` are empty where it has left the catalog.
    """

    says: str
    stands: str = ""
    why: str = ""
    changes: tuple[str, ...] = ()


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


def telling(found: Iterable[Turn]) -> list[Turn]:
    """Those with another verdict or holder than before; after them the last of all, where its reason is another one."""
    chosen: list[Turn] = []
    last: Turn | None = None
    for last in found:
        if last.is_turn:
            chosen.append(last)
    if last is not None and not last.is_turn and (not chosen or chosen[-1].line.reason != last.line.reason):
        chosen.append(last)
    return chosen


def told(turn: Turn) -> Told:
    """The turn in words, harmless on a terminal."""
    line, before = turn.line, turn.before
    if line.gone:
        return Told("no longer in the catalog")
    was = before.verdict if before and not before.gone else ""
    at = f", catalog at {line.commit[:10]}" if line.commit else ""
    changes = sorted(turn.changes, key=lambda each: (not each.is_worse, each.criterion))
    says = f"{line.verdict}, was {was}" if was not in {"", line.verdict} else line.verdict
    if not turn.is_turn:
        says = f"still {line.verdict}"
    return Told(
        says=plain(says),
        stands=plain(f"pager {line.holder}, {line.rung}, {line.score:.1f}, {_percent(line.coverage)} known{at}"),
        why=plain(line.reason),
        changes=tuple(plain(_change(each)) for each in changes),
    )


def gained(turned: Turned) -> bool | None:
    """Whether the new verdict is a better one; None where it cannot be said, because it is no verdict of ours."""
    if turned.before == turned.after or not {turned.before, turned.after} <= _STEPS.keys():
        return None
    return _STEPS[turned.after] > _STEPS[turned.before]


def plain(text: str, most: int = 400) -> str:
    """The text on one line without what does not print, at most so long: anybody may have written it."""
    flat = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in " ".join(text.split()))
    return flat if len(flat) <= most else f"{flat[: most - 3]}..."


def _change(change: Change) -> str:
    text = f"{change.criterion}: {change.after or 'gone'}, was {change.before or 'not there'}"
    return f"{text} ({change.detail})" if change.detail else text


def _percent(share: float) -> str:
    """A share from 0 to 1 in whole percent; only all is 100 %, only nothing is 0 %."""
    whole = round(share * 100)
    return f"{min(max(whole, share > 0), 99 if share < 1 else 100)} %"
