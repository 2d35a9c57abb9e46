"""From scores to what is added to the branch; pure."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from pagerworthy.history.model import DAYS, MOST_TURNED, Day, Line, Tally, Turned, decode, encode, service_file
from pagerworthy.scoring import CriterionResult, Outcome, Scorecard, Scores

_LONGEST = 300
_Row = TypeVar("_Row", Day, Line)
_PASSES, _FAILS, _UNKNOWN = range(3)
_COUNTED: Mapping[Outcome, int] = {
    Outcome.PASS: _PASSES,
    Outcome.FAIL: _FAILS,
    Outcome.WAIVED: _FAILS,
    Outcome.UNKNOWN: _UNKNOWN,
}


class LaterError(ValueError):
    """The history goes on after the moment of a snapshot already."""


class Snapshot(msgspec.Struct, frozen=True):
    """What one run concluded, and the commit of the catalog that it judged, empty where files differed from it.

    `unread` are the services whose entries cannot be read, None where nobody can tell which there are: nothing is said
    of them, and least of all that they are gone. `now` is when it is taken: nothing was seen after that.
    """

    scores: Scores
    commit: str
    unread: frozenset[str] | None = frozenset()
    now: dt.datetime | None = None


def added(snapshot: Snapshot, read: Callable[[str], bytes], services: Iterable[str]) -> dict[str, bytes]:
    """The files that change, with their new content; empty where the moment is the last one's.

    `read` gives a file as it is, empty where there is none; `services` are those that have a file. Raises LaterError
    where the history goes on after the snapshot's moment already, and NoHistoryError for a line that is none. What is
    dated after now is left out of what is written.
    """
    as_of = snapshot.scores.as_of
    days, _ = _until_now(snapshot, read(DAYS), Day, DAYS)
    if days and days[-1].as_of == as_of:
        return {}
    if days and days[-1].as_of > as_of:
        later = f"{days[-1].as_of:%Y-%m-%d %H:%M} UTC"
        raise LaterError(f"there is a later one, of {later}")
    files: dict[str, bytes] = {}
    cards = {card.service: card for card in snapshot.scores.scorecards}
    turned: list[Turned] = []
    unread = snapshot.unread
    for name in sorted(cards.keys() if unread is None else {*cards, *services} - unread):
        path = service_file(name)
        there = read(path)
        lines, before = _until_now(snapshot, there, Line, path)
        line = line_of(lines, cards.get(name), as_of, snapshot.commit)
        if before != there:
            files[path] = before
        if line is not None:
            files[path] = before + encode([line])
            was = lines[-1].verdict if lines else ""
            if was != line.verdict:
                turned.append(Turned(name, was, line.verdict))
    files[DAYS] = encode([*days, day_of(snapshot, tuple(turned[:MOST_TURNED]) if days else None)])
    return files


def _until_now(snapshot: Snapshot, content: bytes, kind: type[_Row], path: str) -> tuple[tuple[_Row, ...], bytes]:
    """The rows of a file that are not of a time to come, and the file with no others."""
    rows = decode(content, kind, path)
    if snapshot.now is None or not any(row.as_of > snapshot.now for row in rows):
        return rows, content
    rows = tuple(row for row in rows if row.as_of <= snapshot.now)
    return rows, encode(rows)


def day_of(snapshot: Snapshot, turned: tuple[Turned, ...] | None = None) -> Day:
    """The counts of one run, and the services of which the verdict is another one than before."""
    cards = snapshot.scores.scorecards
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for card in cards:
        for result in card.results:
            if (place := _COUNTED.get(result.outcome)) is not None:
                counts[result.id][place] += 1
    return Day(
        as_of=snapshot.scores.as_of,
        commit=snapshot.commit,
        rubric=snapshot.scores.digests.rubric,
        verdicts=dict(sorted(Counter(card.verdict.value for card in cards).items())),
        rungs=dict(sorted(Counter(card.rung.word for card in cards).items())),
        criteria={name: Tally(*found) for name, found in sorted(counts.items())},
        turned=turned,
    )


def line_of(lines: tuple[Line, ...], card: Scorecard | None, as_of: dt.datetime, commit: str) -> Line | None:
    """What a service's file gets; None where it stands as its last line says."""
    last = lines[-1] if lines else None
    if card is None:
        return None if last is None or last.gone else Line(as_of=as_of, commit=commit, gone=True)
    before = {} if last is None or last.gone else standing(lines)
    now = {result.id: result.outcome.value for result in card.results}
    changed = {name: now.get(name, "") for name in sorted({*before, *now}) if before.get(name) != now.get(name)}
    line = Line(
        as_of=as_of,
        commit=commit,
        verdict=card.verdict.value,
        reason=card.reason[:_LONGEST],
        holder=card.holder,
        rung=card.rung.word,
        score=card.score,
        coverage=card.coverage,
        outcomes=changed,
        details=_details(card.results, changed) if before else {},
    )
    return None if last is not None and not changed and _stands(last) == _stands(line) else line


def standing(lines: tuple[Line, ...]) -> dict[str, str]:
    """The outcome of each criterion after these lines."""
    outcomes: dict[str, str] = {}
    for line in lines:
        if line.gone:
            outcomes = {}
        outcomes |= line.outcomes
    return {name: outcome for name, outcome in outcomes.items() if outcome}


def _stands(line: Line) -> tuple[object, ...]:
    """What makes a line another one: not the reason, which counts days."""
    return (line.verdict, line.holder, line.rung, line.score, line.coverage, line.gone)


def _details(results: Iterable[CriterionResult], changed: Mapping[str, str]) -> dict[str, str]:
    return {each.id: each.detail[:_LONGEST] for each in results if each.id in changed and each.detail}
