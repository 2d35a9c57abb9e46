"""Verdicts over time: when and why a service's changed, and how many services there were of each."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pagerworthy.history import Line, Turn, line_of, telling, told, turns
from pagerworthy.scoring import Scorecard, Verdict
from pagerworthy.site import words
from pagerworthy.site.index import Index
from pagerworthy.site.moves import Moves, moves_of, state_of
from pagerworthy.site.pages import trend
from pagerworthy.site.pages.gathered import ServiceInput
from pagerworthy.site.pages.proofs import html_length
from pagerworthy.site.pages.trend import Trend

# What a service's page shows of its turns, of the criteria that changed with one, and of a sentence.
_TURNS = 4
_CHANGES = 4
_LONGEST = 200
# What the markup of a turn and of a change takes.
_TURN, _CHANGE = 220, 12
_ORDER = (
    Verdict.KEEP,
    Verdict.ACCEPT,
    Verdict.ACCEPT_WITH_CONDITIONS,
    Verdict.DEFER,
    Verdict.FREEZE,
    Verdict.HAND_BACK,
)


class TurnLine(NamedTuple):
    """When a verdict became what it was then, and why; `more` criteria changed besides."""

    when: str
    mark: str
    says: str
    stands: str
    why: str
    changes: tuple[str, ...]
    more: int


class Verdicts(NamedTuple):
    """The score over time, and the turns, the newest first; `earlier` are left out. `size` is about that in bytes."""

    score: Trend | None
    turns: tuple[TurnLine, ...]
    earlier: int
    wrong: tuple[str, ...]
    size: int


class VerdictRow(NamedTuple):
    """A verdict: how many services had it over time as a line, at first, and now."""

    mark: str
    word: str
    points: str
    then: int
    now: int


class Standing(NamedTuple):
    """How many services there were of each verdict; without `rows` there are not two moments to compare."""

    since: str
    rows: tuple[VerdictRow, ...]
    moves: Moves | None
    name: str
    wrong: tuple[str, ...]
    snapshots: int


def verdicts_of(found: ServiceInput, clock: words.Clock) -> Verdicts | None:
    """The verdicts of a service, with what is concluded now at the end; None where it has no history."""
    if not found.past_stamp:
        return None
    before, wrong = found.past.lines_and_wrong(found.service.name)
    present = line_of(before, found.card, clock.as_of, "")
    lines = (*(each for each in before if each.as_of < clock.as_of), present) if present else before
    changed = telling(turns(lines))
    shown = tuple(_turn(turn, clock) for turn in reversed(changed[-_TURNS:]))
    score = score_of(lines, found.card, clock.as_of)
    size = sum(_size(each) for each in shown) + (700 + 2 * len(score.points) if score else 0)
    return Verdicts(score, shown, len(changed) - len(shown), wrong, size)


def score_of(lines: Sequence[Line], card: Scorecard, as_of: dt.datetime) -> Trend | None:
    """The score since the service came (back); each one holds until the next. None where there are not two moments."""
    since = max((place for place, line in enumerate(lines) if line.gone), default=-1) + 1
    series = [(line.as_of, line.score / 100) for line in lines[since:]]
    series = trend.until_now(series, (as_of, card.score / 100))
    if len(series) < 2:
        return None
    (first, then), (_, now) = series[0], series[-1]
    lowest, low = min(((value, moment) for moment, value in series), key=lambda each: each[0])
    since_day = words.day_of(first).isoformat()
    says = f"Score {_score(then)} on {since_day}, {_score(now)} now"
    if lowest < min(then, now):
        says += f"; lowest {_score(lowest)} on {words.day_of(low).isoformat()}"
    return Trend(trend.line_of(series, steps=True), f"{says}.", since_day, trend.rows_of(series, _score))


def standing_of(index: Index) -> Standing:
    """How many services there were of each verdict at each snapshot, and now."""
    past = index.source.past
    as_of = index.source.scores.as_of
    now = Counter(card.verdict.value for card in index.cards.values())
    counted = [(day.as_of, day.verdicts) for day in past.days if day.verdicts and day.as_of < as_of] + [
        (as_of, dict(now))
    ]
    return Standing(
        since=words.day_of(counted[0][0]).isoformat(),
        rows=tuple(_rows(counted)) if len(counted) > 1 else (),
        moves=None if index.moved is None else moves_in(index, index.moved),
        name=past.name,
        wrong=past.wrong,
        snapshots=len(past.days),
    )


def moves_in(index: Index, names: Iterable[str]) -> Moves:
    """What has changed lately of these services."""
    turned = [index.moved[name] for name in names if name in index.moved] if index.moved else []
    labels = {
        each.service: (index.refs[each.service].label, index.refs[each.service].href)
        for each in turned
        if each.service in index.pagers
    }
    return moves_of(turned, labels)


def _rows(counted: Sequence[tuple[dt.datetime, dict[str, int]]]) -> Iterator[VerdictRow]:
    most = max((amount for _, verdicts in counted for amount in verdicts.values()), default=0) or 1
    for verdict in _ORDER:
        series = [(moment, verdicts.get(verdict.value, 0)) for moment, verdicts in counted]
        if any(amount for _, amount in series):
            state = words.VERDICTS[verdict]
            points = trend.line_of([(moment, amount / most) for moment, amount in series])
            yield VerdictRow(state.mark, state.word, points, series[0][1], series[-1][1])


def _turn(turn: Turn, clock: words.Clock) -> TurnLine:
    said = told(turn)
    mark = state_of("" if turn.line.gone else turn.line.verdict).mark
    return TurnLine(
        clock.when(turn.line.as_of),
        mark,
        words.cut(said.says, _LONGEST),
        words.cut(said.stands, _LONGEST),
        words.cut(said.why, _LONGEST),
        tuple(words.cut(each, _LONGEST) for each in said.changes[:_CHANGES]),
        max(len(said.changes) - _CHANGES, 0),
    )


def _size(turn: TurnLine) -> int:
    texts = (turn.says, turn.stands, turn.why, *turn.changes)
    return _TURN + sum(html_length(each) for each in texts) + _CHANGE * len(turn.changes)


def _score(share: float) -> str:
    return words.score(share * 100)
