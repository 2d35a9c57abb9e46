"""Which services have another verdict than some days ago, as the history says."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pagerworthy.history import Day, Past, Turned, gained, plain
from pagerworthy.scoring import Verdict
from pagerworthy.site import words

DAYS = 7
_MOST = 12
_LONGEST = 60


class Move(NamedTuple):
    """A service and its verdict, which was another one; `label` and `href` are its name alone where it has no page."""

    label: str
    href: str
    mark: str
    word: str
    was: str


class Moves(NamedTuple):
    """What has changed in these days, in a sentence, and the services, those that lost first; `more` are left out."""

    says: str
    moves: tuple[Move, ...]
    more: int


def moved(past: Past, until: dt.datetime) -> dict[str, Turned] | None:
    """By service what has changed within the last days; None where no snapshot of them can tell."""
    days = [day for day in past.days if _is_recent(day, until) and day.turned is not None]
    if not days:
        return None
    found: dict[str, Turned] = {}
    for day in days:
        for each in day.turned or ():
            before = found[each.service].before if each.service in found else each.before
            found[each.service] = Turned(each.service, before, each.after)
    return {name: each for name, each in sorted(found.items()) if each.before != each.after}


def _is_recent(day: Day, until: dt.datetime) -> bool:
    return until - day.as_of < dt.timedelta(days=DAYS)


def moves_of(turned: Iterable[Turned], labels: Mapping[str, tuple[str, str]]) -> Moves:
    """The changes in words; `labels` have the label and the page of each service that has one."""
    found = list(turned)
    better = sum(gained(each) is True for each in found)
    worse = sum(gained(each) is False for each in found)
    came = sum(not each.before for each in found)
    left = sum(not each.after for each in found)
    other = len(found) - better - worse - came - left
    amounts = (("better", better), ("worse", worse), ("another", other), ("new", came), ("gone", left))
    parts = [f"{word} for {words.count(amount, 'service')}" for word, amount in amounts[:3] if amount]
    parts += [f"{words.count(amount, 'service')} {word}" for word, amount in amounts[3:] if amount]
    says = f"In the last {DAYS} days: {', '.join(parts)}." if parts else f"No verdict has changed in {DAYS} days."
    found.sort(key=lambda each: (gained(each) is not False, gained(each) is not True, each.service))
    shown = tuple(_move(each, labels) for each in found[:_MOST])
    return Moves(says, shown, len(found) - len(shown))


def _move(turned: Turned, labels: Mapping[str, tuple[str, str]]) -> Move:
    label, href = labels.get(turned.service, (plain(turned.service, _LONGEST), ""))
    state = state_of(turned.after)
    return Move(label, href, state.mark, state.word, state_of(turned.before).word if turned.before else "new")


def state_of(verdict: str) -> words.State:
    """A verdict of the history, which may be none of ours; empty after a service has gone."""
    if not verdict:
        return words.State("gone", "wait")
    try:
        return words.VERDICTS[Verdict(verdict)]
    except ValueError:
        return words.State(plain(verdict, _LONGEST), "unk")
